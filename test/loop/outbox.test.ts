import assert from 'node:assert/strict';
import type { Delivery } from '../../src/ports.ts';
import { Office } from '../support/office.ts';
import { waiting } from '../support/watching.ts';

const LATER: Delivery = { kind: 'retryable', why: 'HTTP 503' };
const OK: Delivery = { kind: 'delivered', ref: 'ref-1' };

describe('the desk and the outbox', () => {
  it('hand a page to every pager, and call it paged by receipts alone (law 5)', async () => {
    const office = new Office();
    office.chat.answer = LATER;
    office.raise();
    await office.turn();
    assert.equal(office.desk.open()[0]?.phase, 'paging');
    office.chat.answer = OK;
    await office.turn(5000);
    assert.equal(office.desk.open()[0]?.phase, 'paged');
  });

  it("chat's receipt does not stop the other pager's retries, which keep id and key and back off", async () => {
    const office = new Office();
    office.oncall.answer = LATER;
    office.raise();
    await office.turn(60_000);
    assert.equal(office.chat.letters.length, 1);
    assert.ok(
      office.oncall.letters.length >= 4 && office.oncall.letters.length <= 8,
      `${office.oncall.letters.length} attempts in a minute`,
    );
    assert.equal(new Set(office.oncall.letters.map(({ id, page }) => id + page.dedup_key)).size, 1);
  });

  it('honour Retry-After', async () => {
    const office = new Office();
    office.oncall.answer = { ...LATER, afterMs: 30_000 };
    office.raise();
    await office.turn(29_000);
    assert.equal(office.oncall.letters.length, 1);
    await office.turn(2000);
    assert.equal(office.oncall.letters.length, 2);
  });

  it('try what was refused again, but rarely', async () => {
    const office = new Office();
    office.oncall.answer = { kind: 'refused', why: 'invalid routing key' };
    office.raise();
    await office.turn(299_000);
    assert.equal(office.oncall.letters.length, 1);
    await office.turn(2000);
    assert.equal(office.oncall.letters.length, 2);
    assert.equal(office.outbox.health.get('oncall')?.error, 'invalid routing key');
  });

  it('survive a pager that throws, and one that neither answers nor heeds its signal', async () => {
    const office = new Office();
    office.oncall.answer = () => Promise.reject(new Error('secret-in-error'));
    office.chat.answer = () => new Promise(() => {});
    office.raise();
    await office.turn(65_000);
    assert.equal(office.outbox.health.get('oncall')?.error, 'the pager threw');
    assert.ok(office.chat.letters.length >= 2, 'the lane is free again after a minute');
  });

  it('keep the order per key and pager: the resolve waits behind the trigger', async () => {
    const office = new Office();
    office.oncall.answer = LATER;
    office.raise();
    await office.turn();
    office.leave();
    await office.turn();
    assert.deepEqual(office.oncall.said, ['trigger first orders-db lost']);
    assert.deepEqual(office.chat.said, ['trigger first orders-db lost', 'resolve resolved orders-db lost']);
    office.oncall.answer = OK;
    await office.turn(5000);
    assert.deepEqual(office.oncall.said.slice(-2), ['trigger first orders-db lost', 'resolve resolved orders-db lost']);
    assert.deepEqual(office.desk.open(), []);
  });

  it('write one letter for a thousand members', async () => {
    const office = new Office();
    for (let index = 0; index < 1000; index++) office.raise(`db-${index}`);
    await office.turn();
    assert.deepEqual(
      office.oncall.letters.map(({ page }) => page.total),
      [1000],
    );
  });

  it('reword what waits untried rather than follow it with old news', async () => {
    const office = new Office();
    office.raise();
    office.write();
    office.raise('ledger-db');
    office.write();
    office.desk.change('orders-db', false);
    office.write();
    assert.deepEqual(waiting(office.desk.tray.undelivered()), ['trigger first to oncall', 'trigger first to chat']);
    await office.turn();
    assert.deepEqual(
      office.oncall.letters.map(({ page }) => page.total),
      [2],
    );
  });

  it('give what may have arrived another identity when it is reworded', async () => {
    const office = new Office();
    office.oncall.answer = LATER;
    office.raise();
    await office.turn();
    office.raise('ledger-db');
    office.oncall.answer = OK;
    await office.turn(5000);
    const [first, second] = office.oncall.letters;
    assert.notEqual(first?.id, second?.id);
    assert.deepEqual([second?.page.total, second?.page.event], [2, 'trigger']);
  });

  it('say nothing more of a milder incident whose graver one ended before anybody took it', async () => {
    const office = new Office();
    office.raise('orders-db', { class: 'degraded', severity: 'warning' });
    await office.turn(1000);
    office.oncall.answer = office.chat.answer = LATER;
    office.raise();
    await office.turn(1000);
    office.leave();
    await office.turn(20 * 60_000);
    office.oncall.answer = office.chat.answer = OK;
    office.oncall.letters.length = 0;
    await office.turn(20 * 60_000);
    assert.deepEqual(office.oncall.said, [
      'trigger worsened orders-db lost',
      'resolve resolved orders-db lost',
      'resolve superseded orders-db degraded',
    ]);
    assert.deepEqual(office.desk.open(), []);
  });

  it('close the milder incident as superseded once the graver is delivered, not before', async () => {
    const office = new Office();
    office.raise('orders-db', { class: 'degraded' });
    await office.turn();
    office.oncall.answer = LATER;
    office.raise();
    await office.turn();
    assert.deepEqual(office.chat.said, ['trigger first orders-db degraded', 'trigger worsened orders-db lost']);
    office.oncall.answer = OK;
    await office.turn(5000);
    assert.deepEqual(office.chat.said.slice(2), ['resolve superseded orders-db degraded']);
    assert.deepEqual(
      office.desk.open().map(({ class: kind }) => kind),
      ['lost'],
    );
  });

  it('send nothing of a milder incident that nobody heard of', async () => {
    const office = new Office();
    office.oncall.answer = office.chat.answer = LATER;
    office.raise('orders-db', { class: 'degraded', severity: 'warning' });
    await office.turn();
    office.raise('orders-db', { class: 'degraded', severity: 'critical', episode: 2 });
    await office.turn();
    office.raise();
    office.oncall.letters.length = 0;
    office.oncall.answer = office.chat.answer = OK;
    await office.turn(60_000);
    assert.deepEqual(
      office.oncall.said.filter((said) => said.startsWith('trigger')),
      ['trigger worsened orders-db lost'],
    );
    assert.equal(office.desk.open().length, 1, 'both milder ones are closed');
  });

  it('close every milder one that a graver replaces, those that the milder had replaced itself included', async () => {
    const office = new Office();
    office.raise('orders-db', { class: 'degraded', severity: 'warning' });
    await office.turn();
    office.oncall.answer = office.chat.answer = LATER;
    // In one round, so that nobody was ever asked to take the one in the middle: it has no end of its own that could end the first.
    office.raise('orders-db', { class: 'degraded', severity: 'critical', episode: 2 });
    office.raise();
    await office.turn();
    assert.equal(office.desk.open().length, 3);
    office.oncall.answer = office.chat.answer = OK;
    await office.turn(60_000);
    const ends = office.oncall.letters.filter(({ page }) => page.reason === 'superseded').map(({ page }) => page.dedup_key);
    assert.ok(ends.includes('rollcall/m/w/orders-db/degraded/1'), `the one that people know of: ${ends.join()}`);
    assert.deepEqual(
      office.desk.open().map(({ class: kind }) => kind),
      ['lost'],
    );
  });

  it('try nothing again of an incident that was replaced while its page was on its way', async () => {
    const office = new Office();
    const answer = Promise.withResolvers<Delivery>();
    office.chat.answer = office.oncall.answer = async () => answer.promise;
    office.raise('orders-db', { class: 'degraded' });
    await office.turn();
    // The page about the loss is not taken either: until it is, the milder incident stays open.
    office.raise();
    answer.resolve(LATER);
    await office.turn(30_000);
    for (const { said } of [office.oncall, office.chat])
      assert.deepEqual(
        said.filter((one) => one.endsWith('degraded')),
        ['trigger first orders-db degraded'],
      );
  });

  it('end everything where the graver harm is over before anybody heard of it', async () => {
    const office = new Office();
    office.raise('orders-db', { class: 'degraded' });
    await office.turn();
    office.oncall.answer = office.chat.answer = LATER;
    office.raise();
    await office.turn();
    office.leave();
    office.oncall.answer = office.chat.answer = OK;
    await office.turn(60_000);
    assert.deepEqual(office.desk.open(), []);
    assert.deepEqual(office.oncall.said.slice(-3).toSorted(), [
      'resolve resolved orders-db lost',
      'resolve superseded orders-db degraded',
      'trigger worsened orders-db lost',
    ]);
  });

  it('a joining resource leaves its milder incident only once the host was delivered', async () => {
    const office = new Office();
    office.raise('orders-db', { class: 'degraded' });
    await office.turn();
    office.oncall.answer = office.chat.answer = LATER;
    office.raise('ledger-db');
    office.raise();
    await office.turn();
    assert.equal(office.chat.said.filter((said) => said.startsWith('resolve')).length, 0);
    office.oncall.answer = office.chat.answer = OK;
    await office.turn(60_000);
    assert.equal(office.chat.said.at(-1), 'resolve superseded orders-db degraded');
  });

  it('hand the receiver its own name for the last message of the key', async () => {
    const office = new Office();
    office.oncall.answer = OK;
    office.raise();
    await office.turn();
    office.desk.change('orders-db', false);
    await office.turn();
    assert.deepEqual(
      office.oncall.letters.map(({ prior }) => prior),
      [undefined, 'ref-1'],
    );
  });

  it('go on after a restart from what was written: same letter, same key, order and receipts', async () => {
    const office = new Office();
    office.oncall.answer = LATER;
    office.raise();
    await office.turn();
    office.leave();
    office.write();
    const { incidents, posts } = office.desk.drain();
    const again = new Office(incidents, posts);
    await again.turn(5000);
    assert.equal(again.oncall.letters[0]?.id, office.oncall.letters[0]?.id);
    assert.deepEqual(again.oncall.said, ['trigger first orders-db lost', 'resolve resolved orders-db lost']);
    assert.deepEqual(again.chat.said, office.chat.letters.length === 2 ? [] : ['resolve resolved orders-db lost']);
  });

  it('end what a receiver may hold from before a crash, though no answer to it was ever written down', async () => {
    const office = new Office();
    office.raise('orders-db', { class: 'degraded' });
    office.write();
    // What is durable before anything leaves; then it leaves, is taken, and the process is killed.
    const { incidents, posts } = office.desk.drain();
    const again = new Office(incidents, posts);
    await again.clock.advance(1000);
    again.raise();
    await again.turn(5000);
    assert.deepEqual(again.oncall.said, ['trigger worsened orders-db lost', 'resolve superseded orders-db degraded']);
  });

  it('give what may have arrived before a crash another identity when it is reworded: its receiver would take it for the old', async () => {
    const office = new Office();
    office.raise();
    office.write();
    const { incidents, posts } = office.desk.drain();
    const again = new Office(incidents, posts);
    again.raise('ledger-db');
    await again.turn(5000);
    const [letter] = again.oncall.letters;
    assert.equal(letter?.page.total, 2);
    assert.ok(!posts.some(({ id }) => id === letter.id));
  });

  it('send the gravest first, and at most four at a time to one pager', async () => {
    const office = new Office();
    office.chat.answer = office.oncall.answer = () => new Promise(() => {});
    for (let index = 0; index < 6; index++) office.raise(`db-${index}`, { connection: `c${index}`, class: index === 5 ? 'lost' : 'blind' });
    await office.turn();
    assert.equal(office.oncall.letters.length, 4);
    assert.match(office.oncall.said[0] ?? '', /db-5 lost/);
  });
});
