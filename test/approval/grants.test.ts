import assert from 'node:assert/strict';
import { takeApproval } from '../../src/approval/take-approval.ts';
import { consumeGrant, finishGrant, issueGrant } from '../../src/approval/take-grant.ts';
import type { GrantUse } from '../../src/core/grant.ts';
import type { RequestDocument } from '../../src/core/request.ts';
import { at, MINUTE, NOW, Registrar, say } from '../support/requests.ts';

const USE: GrantUse = { action: 'drop-database', target: 'db1/orders' };

describe('a one-time grant', function () {
  this.timeout(120_000);
  let registrar: Registrar;
  let request: RequestDocument;
  let token: string;
  beforeEach(async () => {
    registrar = await Registrar.open();
    request = await registrar.ask({ action: 'execute', operation: USE.action, target: USE.target, about: 'one', from: NOW + MINUTE });
    token = await approved(request);
  });
  afterEach(() => registrar[Symbol.asyncDispose]());

  async function approved(asked: RequestDocument): Promise<string> {
    const { alice, bob } = registrar.site.keys;
    for (const key of [alice, bob]) assert.ok((await takeApproval(registrar.store, await registrar.world(), say(asked, key), at())).ok);
    const issued = await issueGrant(registrar.store, await registrar.world(), asked.id, 'cursor', at());
    assert.ok(issued.ok);
    return issued.token;
  }
  async function use(given: string, more: Partial<GrantUse> = {}, when = at(2 * MINUTE)): Promise<string> {
    const consumed = await consumeGrant(registrar.store, await registrar.world(), given, { ...USE, ...more }, when);
    return consumed.ok ? 'ok' : consumed.kind;
  }

  it('is honoured once, and refused in six ways, each a word of its own and an entry of the ledger', async () => {
    const elsewhere = token.replace('/tester/', '/other/');
    const said = [
      await use(elsewhere),
      await use(token, { action: 'truncate' }),
      await use(token, { target: 'db1/users' }),
      await use(token, {}, at(MINUTE - 1)),
      await use(token, {}, at(MINUTE)),
      await use(token),
    ];
    const late = await approved(await registrar.ask({ action: 'execute', operation: USE.action, target: USE.target }));
    said.push(await use(late, {}, at(60 * MINUTE)));
    assert.deepEqual(said, ['other-audience', 'wrong-action', 'wrong-target', 'too-early', 'ok', 'already-used', 'too-late']);
    const told = (await registrar.told()).filter((line) => /^(refusal|grant)/.test(line));
    assert.deepEqual(told, [
      'grant issued',
      'refusal other-audience',
      'refusal wrong-action',
      'refusal wrong-target',
      'refusal too-early',
      'grant used',
      'refusal already-used',
      'grant issued',
      'refusal too-late',
    ]);
    assert.equal((await registrar.store.request(request.id))?.refused, 4);
  });

  it('holds to the last millisecond of its window, and from its first on', async () => {
    assert.equal(await use(token, {}, at(60 * MINUTE - 1)), 'ok');
  });

  it('is for its target byte for byte: neither a letter that looks alike nor another case, a blank or a composed form will do', async () => {
    for (const target of ['db1/оrders', 'DB1/orders', 'db1/orders ', 'db1/orders\u0000', 'db1/o\u0301rders', 'db1/orders\u200b'])
      assert.equal(await use(token, { target }), 'wrong-target');
    assert.equal(await use(token), 'ok');
  });

  it('is nothing once it was replaced, guessed, cut, or of a request that nobody approved', async () => {
    const world = await registrar.world();
    const again = await issueGrant(registrar.store, world, request.id, 'cursor', at());
    assert.ok(again.ok);
    assert.equal(await use(token), 'unknown-token');
    for (const bad of [
      '',
      'x',
      token.slice(0, -1),
      `${token}/`,
      `${token.slice(0, -1)}_`,
      again.token.replace(request.id, '01KZZZZZZZZZZZZZZZZZZZZZZZ'),
    ])
      assert.equal(await use(bad), 'unknown-token');
    const pending = await registrar.ask({ action: 'execute', operation: USE.action, target: USE.target });
    const early = await issueGrant(registrar.store, world, pending.id, 'cursor', at());
    assert.ok(!early.ok && early.kind === 'not-approved');
    const foreign = await issueGrant(registrar.store, world, request.id, 'mallory', at());
    assert.ok(!foreign.ok && foreign.kind === 'unknown-request');
    assert.equal(await use(` ${again.token}\n`), 'ok');
  });

  it('is kept as a digest only, and stands neither in the store nor in the ledger', async () => {
    await use(token);
    const secret = token.split('/').at(-1) ?? 'none';
    const all = JSON.stringify([await registrar.store.requests(), await registrar.store.ledger(1, 100)]);
    assert.ok(!all.includes(secret));
  });

  it('is burned by exactly one of many who use it at once', async () => {
    const world = await registrar.world();
    const results = await Promise.all(Array.from({ length: 8 }, () => consumeGrant(registrar.store, world, token, USE, at(2 * MINUTE))));
    assert.equal(results.filter(({ ok }) => ok).length, 1);
  });

  it('is void where what its approvers saw is gone by then: its backup, the policy, the manifest', async () => {
    registrar.known.set('one', { verdict: 'degraded', breaches: [], expected: { identity: { device: 'one' } } });
    assert.equal(await use(token), 'not-in-force');
    registrar.known.set('one', { verdict: 'present', breaches: [], expected: { identity: { device: 'one' } } });
    registrar.site.draft(['one', 'two', 'three'], { policy: { k: 1, weakening: 2 } });
    registrar.site.sign(['alice', 'bob']);
    assert.equal(await use(token), 'not-in-force');
  });

  it('is void where the store says that people approved, and their signatures are not there', async () => {
    const record = await registrar.store.request(request.id);
    assert.ok(record);
    const [alice] = record.said;
    assert.ok(alice);
    const forged = [
      { ...record, said: [alice] },
      { ...record, said: [alice, { ...alice, votes: [{ person: 'bob', kind: 'human' as const, key: 'K' }] }] },
      { ...record, said: [alice, { ...alice, signature: say(request, registrar.site.keys.mallory).signature }] },
      { ...record, said: [alice, { ...alice, signature: say(request, registrar.site.keys.bot).signature }] },
      {
        ...record,
        said: [alice, { ...alice, decision: 'deny' as const, signature: say(request, registrar.site.keys.bob, 'deny').signature }],
      },
      { ...record, document: { ...request, need: 0 }, said: [] },
    ];
    for (const [n, one] of forged.entries()) {
      await registrar.store.commit({ requests: [{ ...one, revision: record.revision + 2 * n + 1 }] });
      assert.equal(await use(token), 'not-in-force', `forgery ${n}`);
    }
    await registrar.store.commit({ requests: [{ ...record, revision: record.revision + 2 * forged.length + 1 }] });
    assert.equal(await use(token), 'ok');
  });

  it('that was approved with a plan is for that plan', async () => {
    const plan = Buffer.from('DROP DATABASE orders');
    const planned = await registrar.ask({ action: 'execute', operation: USE.action, target: USE.target, plan });
    const another = await approved(planned);
    assert.equal(await use(another), 'other-plan');
    assert.equal(await use(another, { plan: `sha256:${'0'.repeat(64)}` }), 'other-plan');
    assert.equal(await use(another, { plan: planned.plan?.digest }), 'ok');
  });

  it('says how its command ended, once; one that was used and never ended stays to be seen', async () => {
    assert.equal(await finishGrant(registrar.store, token, 0, at()), false);
    await use(token);
    const [burned] = await registrar.store.requests();
    assert.deepEqual([burned?.execution, burned?.exit], ['PENDING', undefined]);
    assert.equal(await finishGrant(registrar.store, token, 3, at(3 * MINUTE)), true);
    assert.equal(await finishGrant(registrar.store, token, 0, at(3 * MINUTE)), false);
    const ended = await registrar.store.request(request.id);
    assert.deepEqual([ended?.execution, ended?.exit], ['FAILED', 3]);
  });
});
