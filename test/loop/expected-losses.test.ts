import assert from 'node:assert/strict';
import { openStore, type SqliteStore } from '../../src/adapters/store-sqlite.ts';
import type { RequestDocument } from '../../src/core/request.ts';
import type { InForce, RequestRecord } from '../../src/core/request-state.ts';
import { formatInstant } from '../../src/core/wording.ts';
import type { Watch } from '../../src/loop/watch.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { makeFolder, type Folder } from '../support/folder.ts';
import { makeResource } from '../support/roll.ts';
import { makePlan, RecordingPager, ScriptedLink, startWatch } from '../support/watching.ts';

const MINUTE = 60_000;
const START = Date.UTC(2026, 0, 1);
const IN_FORCE: InForce = { manifest: 'sha256:m', policy: 'sha256:p' };
const ID = '01KAAAAAAAAAAAAAAAAAAAAAAA';

/** Alice and bob approved that orders-db goes once, between two and twenty minutes after the start. */
function approved(document: Partial<RequestDocument> = {}, record: Partial<RequestRecord> = {}): RequestRecord {
  return {
    id: ID,
    revision: 1,
    document: {
      schema: 'rollcall/request/v1',
      id: ID,
      audience: { watchdog: 'w', manifest: 'm' },
      base: { version: 1, digest: IN_FORCE.manifest },
      sequence: 2,
      action: 'expect-loss',
      target: 'orders-db',
      about: 'orders-db',
      identity: { server: 'A', oid: '1' },
      plan: null,
      observed: null,
      observation: null,
      requester: { name: 'cursor', kind: 'agent', known: 'token' },
      reason: 'moved',
      window: { from: formatInstant(START + 2 * MINUTE), until: formatInstant(START + 20 * MINUTE) },
      nonce: '0'.repeat(64),
      policy: String(IN_FORCE.policy),
      need: 2,
      max_uses: 1,
      ...document,
    },
    status: 'APPROVED',
    execution: 'PENDING',
    said: [],
    people: ['alice', 'bob'],
    refused: 0,
    ...record,
  };
}

describe('an approved loss', function () {
  this.timeout(120_000);
  let folder: Folder;
  let store: SqliteStore;
  let clock: FakeClock;
  let link: ScriptedLink;
  let pager: RecordingPager;
  let watch: Watch;

  beforeEach(async () => {
    folder = makeFolder();
    store = await openStore(folder.path);
    clock = new FakeClock(START);
    link = new ScriptedLink();
    pager = new RecordingPager('oncall');
  });
  afterEach(async () => {
    await end();
    await store.close();
    folder.remove();
  });

  const resources = [makeResource(), makeResource({ id: 'users-db' })];
  async function begin(isProven = () => true): Promise<void> {
    const plan = { ...makePlan(resources, { link, pagers: [pager] }), inForce: IN_FORCE };
    watch = await startWatch(plan, clock, store, undefined, undefined, isProven);
  }
  async function end(): Promise<void> {
    const progress = { over: false };
    const stopping = watch.stop().finally(() => (progress.over = true));
    for (let turn = 0; !progress.over && turn < 200; turn++) await clock.advance(100);
    await stopping;
  }
  const until = (minutes: number) => clock.advance(START + minutes * MINUTE - clock.now().wall);
  const told = () => pager.said.filter((said) => !said.includes('@watchdog'));
  const ownWords = () => [
    ...new Set(pager.letters.filter(({ page }) => page.dedup_key.includes('@watchdog')).map(({ page }) => page.summary)),
  ];
  const request = () => store.request(ID);
  const printed = () => watch.status().resources.find(({ id }) => id === 'orders-db');

  it('is not paged, once, and shows as such; the approval itself was told', async () => {
    await store.commit({ requests: [approved()] });
    await begin();
    await until(5);
    assert.match(ownWords().join(), /people approved: .*expect-loss orders-db.*alice, bob/);
    link.answers.set('orders-db', 'gone');
    await until(15);
    assert.deepEqual(told(), []);
    assert.equal(printed()?.verdict, 'absent');
    assert.deepEqual(printed()?.approved_loss?.people, ['alice', 'bob']);
    const record = await request();
    assert.deepEqual([record?.execution, typeof record?.lost], ['EXECUTED', 'number']);
    await until(40);
    assert.deepEqual(told(), []);
    assert.ok(!ownWords().some((words) => words.includes('did not come')));
  });

  it('is one: another resource at the same moment is paged, and so is the same one once it came back and went again', async () => {
    await store.commit({ requests: [approved()] });
    await begin();
    await until(5);
    link.answer = 'gone';
    await until(6);
    assert.deepEqual(told(), ['trigger first users-db lost']);
    link.answer = 'good';
    await until(10);
    assert.equal(printed()?.approved_loss, undefined);
    link.answers.set('orders-db', 'gone');
    await until(11);
    assert.equal(told().at(-1), 'trigger first orders-db lost');
  });

  for (const [what, from, record] of [
    ['a minute before its window', 1, approved()],
    ['a minute after its window', 21, approved()],
    ['of another identity', 5, approved({ identity: { server: 'A', oid: '2' } })],
    ['that was asked for another watch of other people', 5, approved({ policy: 'sha256:other' })],
    ['that was asked under another manifest', 5, approved({ base: { version: 0, digest: 'sha256:old' } })],
    ['that too few have approved', 5, approved({}, { status: 'PENDING', people: ['alice'] })],
    ['that was denied', 5, approved({}, { status: 'FAILED', code: 'REJECTED' })],
    ['that is for an executor and not for the watcher', 5, approved({ action: 'execute', operation: 'drop' })],
  ] as const)
    it(`${what} is paged`, async () => {
      await store.commit({ requests: [record] });
      await begin();
      await until(from);
      link.answers.set('orders-db', 'gone');
      await until(from + 1);
      assert.deepEqual(told(), ['trigger first orders-db lost']);
    });

  it('that the store says people approved, without their signatures, is paged', async () => {
    await store.commit({ requests: [approved()] });
    await begin(() => false);
    await until(5);
    assert.match(ownWords().join(), /their signatures are not there: /);
    assert.ok(!ownWords().some((words) => words.includes('people approved: ')));
    link.answers.set('orders-db', 'gone');
    await until(6);
    assert.deepEqual(told(), ['trigger first orders-db lost']);
  });

  it('that another one takes the place of is paged', async () => {
    await store.commit({ requests: [approved()] });
    await begin();
    await until(5);
    link.answers.set('orders-db', 'gone');
    await until(6);
    assert.deepEqual(told(), []);
    link.answers.set('orders-db', 'impostor');
    await until(7);
    assert.deepEqual(told(), ['trigger first orders-db lost']);
  });

  it('whose place another one took at once is paged', async () => {
    await store.commit({ requests: [approved()] });
    await begin();
    await until(5);
    link.answers.set('orders-db', 'impostor');
    await until(6);
    assert.deepEqual(told(), ['trigger first orders-db lost']);
  });

  it('that happened while it was still being decided is paged, also where the approval comes a moment later', async () => {
    await begin();
    await until(3);
    link.answers.set('orders-db', 'gone');
    await clock.advance(1000);
    await store.commit({ requests: [approved()] });
    await until(5);
    assert.deepEqual(told(), ['trigger first orders-db lost']);
  });

  it('stays quiet over a restart, and is expected once over a restart too', async () => {
    await store.commit({ requests: [approved()] });
    await begin();
    await until(5);
    link.answers.set('orders-db', 'gone');
    await until(6);
    await end();
    await begin();
    await until(8);
    assert.deepEqual(told(), []);
    link.answers.delete('orders-db');
    await until(12);
    link.answers.set('orders-db', 'gone');
    await until(13);
    assert.deepEqual(told(), ['trigger first orders-db lost']);
  });

  it('that did not come by its end is told of, and expected no more by a clock that is set back', async () => {
    await store.commit({ requests: [approved()] });
    await begin();
    await until(21);
    assert.match(ownWords().join('\n'), /did not come: .*not used within its window/);
    assert.equal((await request())?.execution, 'FAILED');
    clock.stepWall(-11 * MINUTE);
    await clock.advance(MINUTE);
    link.answers.set('orders-db', 'gone');
    await clock.advance(MINUTE);
    assert.deepEqual(told(), ['trigger first orders-db lost']);
  });

  it('is not expected longer by a clock that is set back while it is', async () => {
    await store.commit({ requests: [approved()] });
    await begin();
    await until(5);
    clock.stepWall(-3 * MINUTE);
    await clock.advance(16 * MINUTE);
    link.answers.set('orders-db', 'gone');
    await clock.advance(MINUTE);
    assert.deepEqual(told(), ['trigger first orders-db lost']);
  });

  it('is void, and told of, once another manifest is in force; what nobody decided in time is over without a word', async () => {
    await store.commit({
      requests: [
        approved({ base: { version: 0, digest: 'sha256:old' } }),
        { ...approved({}, { status: 'PENDING' }), id: `${ID.slice(0, -1)}B` },
      ],
    });
    await begin();
    await until(21);
    assert.match(ownWords().join('\n'), /is void: .*another manifest is in force/);
    assert.equal((await request())?.code, 'CONFIGURATION_CHANGED');
    assert.equal((await store.request(`${ID.slice(0, -1)}B`))?.code, 'EXPIRED');
    assert.equal(
      ownWords().some((words) => words.includes('EXPIRED')),
      false,
    );
  });

  it('of which the token was used and nobody said how it ended is told of at its end, and so is a token that was refused', async () => {
    await store.commit({ requests: [approved({ action: 'execute', operation: 'drop' }, { burned: START, refused: 1 })] });
    await begin();
    await until(3);
    assert.match(ownWords().join('\n'), /tried and refused: /);
    await until(21);
    assert.match(ownWords().join('\n'), /nobody said how it ended: /);
  });

  it('of what is retired is quiet until the next manifest takes it off the roll, and done with that', async () => {
    const retire = approved({ action: 'retire', plan: { digest: 'sha256:next', bytes: 1 } });
    await store.commit({ requests: [retire] });
    await begin();
    await until(5);
    link.answers.set('orders-db', 'gone');
    await until(6);
    assert.deepEqual([told(), (await request())?.execution, typeof (await request())?.lost], [[], 'PENDING', 'number']);
    const rest = makePlan(resources.slice(1), { link, pagers: [pager], version: 2 });
    const reloading = watch.reload({ ...rest, inForce: { ...IN_FORCE, manifest: 'sha256:next' } });
    await clock.advance(3000);
    await reloading;
    await until(7);
    const record = await request();
    assert.deepEqual([told(), record?.execution, typeof record?.loaded], [[], 'EXECUTED', 'number']);
    await until(30);
    assert.ok(!ownWords().some((words) => /did not come|is void/.test(words)));
  });

  it('of what is retired, without its manifest, is told of as that', async () => {
    await store.commit({ requests: [approved({ action: 'retire', plan: { digest: 'sha256:next', bytes: 1 } })] });
    await begin();
    await until(5);
    link.answers.set('orders-db', 'gone');
    await until(21);
    assert.match(ownWords().join('\n'), /the loss came, and the next manifest did not/);
    assert.deepEqual(told(), []);
  });

  it('says when it would be expected: once its resource was seen since the approval, within the window', async () => {
    await store.commit({ requests: [approved()] });
    await begin();
    await until(1);
    assert.deepEqual(watch.status().armed, []);
    await until(3);
    assert.deepEqual(watch.status().armed, [ID]);
    link.answers.set('orders-db', 'gone');
    await until(4);
    assert.deepEqual(watch.status().armed, []);
  });
});
