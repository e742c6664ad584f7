import assert from 'node:assert/strict';
import { readApproval, readRequest } from '../../src/approval/read-request.ts';
import { takeApproval } from '../../src/approval/take-approval.ts';
import { sayRequest } from '../../src/core/request-words.ts';
import type { RequestDocument } from '../../src/core/request.ts';
import { at, MINUTE, NOW, Registrar, say } from '../support/requests.ts';
import { Signer } from '../support/ssh-signer.ts';

describe('a change request', function () {
  this.timeout(120_000);
  let registrar: Registrar;
  beforeEach(async () => {
    registrar = await Registrar.open();
  });
  afterEach(() => registrar[Symbol.asyncDispose]());

  const take = async (...given: Parameters<typeof say>) => takeApproval(registrar.store, await registrar.world(), say(...given), at());
  const keys = () => registrar.site.keys;
  const state = async ({ id }: RequestDocument) => {
    const record = await registrar.store.request(id);
    return `${record?.status} ${record?.code ?? ''}`.trim();
  };

  it('is approved by as many people as must sign what weakens, and each is an entry of the ledger', async () => {
    const request = await registrar.ask();
    assert.equal(request.need, 2);
    assert.equal((await take(request, keys().alice)).ok, true);
    assert.equal(await state(request), 'PENDING');
    const heard = await take(request, keys().carol);
    assert.ok(heard.ok);
    assert.deepEqual(heard.record.people, ['alice', 'carol']);
    assert.equal(await state(request), 'APPROVED');
    assert.deepEqual(await registrar.told(), ['request asked', 'approval approved', 'approval approved']);
  });

  it('binds the manifest, the next version, identity, observation, policy, requester, window, nonce and audience', async () => {
    const request = await registrar.ask();
    assert.deepEqual(request.base, { version: 1, digest: `sha256:${registrar.site.sha256}` });
    assert.deepEqual([request.sequence, request.identity, request.max_uses], [2, { device: 'one' }, 1]);
    assert.deepEqual(request.audience, { watchdog: 'tester', manifest: 'site' });
    for (const digest of [request.observation, request.policy]) assert.match(String(digest), /^sha256:[0-9a-f]{64}$/);
    assert.notEqual((await registrar.ask()).nonce, request.nonce);
    assert.deepEqual(readRequest(structuredClone(request)), request);
  });

  it('ends with one who denies, with whatever key of a person', async () => {
    const request = await registrar.ask();
    assert.ok((await take(request, keys().alice)).ok);
    assert.equal((await take(request, keys().carol, 'deny', { flags: 0 })).ok, false, 'a key that nobody touched is nobody');
    assert.ok((await take(request, keys().bob, 'deny')).ok);
    assert.equal(await state(request), 'FAILED REJECTED');
    const late = await take(request, keys().carol);
    assert.ok(!late.ok && late.kind === 'closed');
  });

  it('is approved neither by who asked, whatever the letters of the name, nor by one person twice', async () => {
    for (const name of ['alice', 'Alice', 'ａlice']) {
      const own = await registrar.ask({ requester: { name, kind: 'human', known: 'token' } });
      const refused = await take(own, keys().alice);
      assert.ok(!refused.ok && refused.kind === 'requester', name);
    }
    const request = await registrar.ask();
    assert.ok((await take(request, keys().bob)).ok);
    const again = await take(request, keys().bob);
    assert.ok(!again.ok && again.kind === 'repeated');
  });

  it("never counts a program's key, also where the line gives it a person's name as well", async () => {
    const request = await registrar.ask();
    const bot = await take(request, keys().bot);
    assert.ok(!bot.ok && bot.kind === 'nobody' && /program/.test(bot.why));
    const world = await registrar.world();
    const line = world.signers.lines.find(({ principals }) => principals === 'bot');
    assert.ok(line);
    const both = { ...world, signers: { ...world.signers, lines: [...world.signers.lines, { ...line, principals: 'dave' }] } };
    const dressed = await takeApproval(registrar.store, both, say(request, keys().bot), at());
    assert.ok(!dressed.ok && dressed.kind === 'nobody');
  });

  it('asks for a touch where the policy does, and takes none for granted', async () => {
    await registrar[Symbol.asyncDispose]();
    registrar = await Registrar.open({ policy: { k: 1, weakening: 2, require_presence: false } });
    const request = await registrar.ask();
    const untouched = await take(request, keys().carol, 'approve', { flags: 0 });
    assert.ok(!untouched.ok && /did not touch/.test(untouched.why));
    const world = await registrar.world();
    const strict = { ...world, policy: { ...world.policy, requirePresence: true } };
    const plain = await takeApproval(registrar.store, strict, say(request, keys().alice), at());
    assert.ok(!plain.ok && /require_presence/.test(plain.why));
    const touched = await takeApproval(registrar.store, strict, say(request, keys().carol), at());
    assert.ok(touched.ok);
  });

  it('says of a security key that counts backwards, over whatever it signed, that there may be two of it', async () => {
    const cloned = async (counter: number) => {
      const request = await registrar.ask();
      const heard = await take(request, keys().carol, 'approve', { counter });
      assert.ok(heard.ok);
      return heard.record.cloned ?? [];
    };
    assert.deepEqual(await cloned(8), []);
    assert.deepEqual(await cloned(12), []);
    assert.deepEqual(await cloned(12), [keys().carol.fingerprint]);
    assert.deepEqual(await cloned(11), [keys().carol.fingerprint]);
    assert.deepEqual(await cloned(13), []);
  });

  it('refuses a signature for another request, another watcher, too late or twice, each in a word of its own and in the ledger', async () => {
    const [request, other] = [await registrar.ask(), await registrar.ask()];
    const moved = { ...say(request, keys().alice), request: other };
    const world = await registrar.world();
    const kinds: string[] = [];
    const offer = async (approval: ReturnType<typeof say>, wall = at()) => {
      const heard = await takeApproval(registrar.store, world, approval, wall);
      kinds.push(heard.ok ? 'ok' : heard.kind);
    };
    await offer(moved);
    await offer(say({ ...request, audience: { watchdog: 'elsewhere', manifest: 'site' } }, keys().alice));
    await offer(say({ ...request, id: '01KZZZZZZZZZZZZZZZZZZZZZZZ' }, keys().alice));
    await offer(say({ ...request, target: 'two' }, keys().alice));
    await offer(say({ ...request, nonce: 'f'.repeat(64) }, keys().alice));
    await offer(say(request, keys().mallory));
    await offer(say(request, keys().alice, 'approve', { namespace: 'manifest@rollcall' }));
    await offer({ ...say(request, keys().alice, 'deny'), decision: 'approve' });
    await offer(say(request, keys().alice));
    await offer(say(request, keys().alice));
    await offer(say(request, keys().bob), at(60 * MINUTE));
    await offer(say(request, keys().bob), at(60 * MINUTE));
    assert.deepEqual(kinds, [
      'nobody',
      'other-audience',
      'unknown-request',
      'altered',
      'altered',
      'nobody',
      'nobody',
      'nobody',
      'ok',
      'repeated',
      'expired',
      'closed',
    ]);
    const refusals = (await registrar.told()).filter((line) => line.startsWith('refusal'));
    assert.deepEqual(
      refusals,
      kinds.filter((kind) => kind !== 'ok').map((kind) => `refusal ${kind}`),
    );
    assert.equal(await state(request), 'FAILED EXPIRED');
  });

  it('judges keys at the moment of receipt: one revoked since, or not valid any more, signs nothing, whatever its owner says of the time', async () => {
    const request = await registrar.ask();
    const world = await registrar.world();
    const revoked = { ...world, signers: { ...world.signers, revoked: new Set([keys().alice.fingerprint]) } };
    const refused = await takeApproval(registrar.store, revoked, say(request, keys().alice), at());
    assert.ok(!refused.ok && /revoked/.test(refused.why));
    const lines = world.signers.lines.map((line) => ({ ...line, validBefore: NOW - 1000 }));
    const late = await takeApproval(registrar.store, { ...world, signers: { ...world.signers, lines } }, say(request, keys().alice), at());
    assert.ok(!late.ok && /no longer valid/.test(late.why));
  });

  it('is void where the world moved between review and signature, the signers, the policy or the manifest', async () => {
    const moves: [string, () => Promise<void>][] = [
      [
        'as it was shown',
        async () => void registrar.known.set('one', { verdict: 'degraded', breaches: [], expected: { identity: { device: 'one' } } }),
      ],
      [
        'another identity',
        async () => void registrar.known.set('one', { verdict: 'present', breaches: [], expected: { identity: { device: 'X' } } }),
      ],
      [
        'another manifest',
        async () => {
          registrar.site.draft(['one', 'two', 'three'], { policy: { k: 1, weakening: 2 } });
          registrar.site.sign(['alice', 'bob']);
        },
      ],
    ];
    for (const [what, move] of moves) {
      const request = await registrar.ask();
      assert.ok((await take(request, keys().alice)).ok);
      await move();
      const heard = await take(request, keys().bob);
      assert.ok(!heard.ok && heard.kind === 'moved', what);
      assert.match(heard.why, new RegExp(what));
      assert.equal(await state(request), 'FAILED CONFIGURATION_CHANGED');
      registrar.known.set('one', { verdict: 'present', breaches: [], expected: { identity: { device: 'one' } } });
    }
    const request = await registrar.ask();
    const world = await registrar.world();
    const others = { ...world, inForce: { ...world.inForce, policy: `sha256:${'0'.repeat(64)}` } };
    const heard = await takeApproval(registrar.store, others, say(request, keys().alice), at());
    assert.ok(!heard.ok && heard.kind === 'moved' && /other people/.test(heard.why));
  });

  it('whose plan is a manifest must change what the action says, and nothing else', async () => {
    const { site } = registrar;
    const before = site.manifest;
    const plan = (names: readonly string[], more: object = {}) => {
      site.draft(names, { policy: { k: 1, weakening: 2 }, ...more });
      const bytes = site.manifest;
      site.write('manifest.yaml', before.toString());
      return bytes;
    };
    site.sign(['alice', 'bob']);
    const retire = plan(['two']);
    site.sign(['alice', 'bob']);
    const request = await registrar.ask({ action: 'retire', plan: retire });
    assert.equal(request.change, 'one leaves the roll');
    assert.equal(request.plan?.bytes, retire.length);
    const version = (text: Buffer) => Buffer.from(text.toString().replace(/"version": \d+/, '"version": 2'));
    const fails = (action: 'retire' | 'weaken' | 'change-policy', bytes: Buffer, why: RegExp) =>
      assert.rejects(registrar.ask({ action, plan: bytes, target: action === 'change-policy' ? 'site' : 'one' }), why);
    await fails('retire', version(plan([])), /no manifest|two leaves/);
    await fails('retire', version(plan(['one', 'two'])), /does not retire one/);
    await fails('retire', version(plan(['two'], { policy: { k: 1, weakening: 1 } })), /does more than retire one: policy\.weakening/);
    await fails('weaken', version(plan(['two'])), /does more than weaken one: one leaves the roll/);
    await fails('change-policy', version(plan(['two'], { policy: { k: 1, weakening: 1 } })), /one leaves the roll/);
    await fails('retire', plan(['two']), /must be version 2/);
    const policy = await registrar.ask({
      action: 'change-policy',
      target: 'site',
      plan: version(plan(['one', 'two'], { policy: { k: 1, weakening: 1 } })),
    });
    assert.match(policy.change ?? '', /policy.weakening from 2 to 1/);
  });

  it('cannot be made of what is not on the roll, is not there, has no identity, no reason, or a window that is none', async () => {
    await assert.rejects(registrar.ask({ target: 'three' }), /not on the roll/);
    await assert.rejects(registrar.ask({ reason: ' ' }), /needs a reason/);
    await assert.rejects(registrar.ask({ until: NOW }), /ends before it begins/);
    await assert.rejects(registrar.ask({ until: NOW + 31 * 24 * 60 * MINUTE }), /more than 30 days/);
    await assert.rejects(registrar.ask({ action: 'retire' }), /needs a plan/);
    await assert.rejects(registrar.ask({ action: 'execute' }), /needs an operation/);
    registrar.known.set('one', { verdict: 'present', breaches: [], expected: { identity: {} } });
    await assert.rejects(registrar.ask(), /no identity is held of one/);
    registrar.known.set('one', { verdict: 'absent', breaches: [], expected: { identity: { device: 'one' } } });
    await assert.rejects(registrar.ask(), /one is absent, not present/);
  });

  it('takes two people at least where nobody can tell who asked', async () => {
    await registrar[Symbol.asyncDispose]();
    registrar = await Registrar.open({ policy: { k: 1, weakening: 1 } });
    assert.equal((await registrar.ask()).need, 1);
    assert.equal((await registrar.ask({ requester: { name: 'somebody', kind: 'human', known: 'host' } })).need, 2);
  });

  it('is read in plain words, with every letter that only looks like another shown by its number', async () => {
    const request = await registrar.ask({
      action: 'execute',
      operation: 'drop-database',
      target: 'db1/оrders\u202e',
      about: 'one',
      plan: Buffer.from('DROP DATABASE\n\u202eorders'),
      reason: 'harmless\nit takes     0 people',
    });
    const lines = sayRequest(request);
    assert.deepEqual(
      lines.filter((line) => !/^[ -~]*$/.test(line)),
      [],
    );
    const text = lines.join('\n');
    assert.match(text, /^wants to {5}do "drop-database" to "db1\/\\u\{43e\}rders\\u\{202e\}", once$/m);
    assert.match(text, /^BEWARE/m);
    assert.match(text, /^asked by {5}cursor, A PROGRAM$/m);
    assert.match(text, /^because {6}"harmless it takes     0 people"$/m);
    assert.match(text, /^protected by NOTHING/m);
    assert.match(text, /^ {2}\| \\u\{202e\}orders$/m);
    assert.match(text, /^it takes {5}2 people/m);
    for (const part of [request.nonce, request.policy, request.base.digest, request.plan?.digest ?? 'none', request.window.until])
      assert.ok(text.includes(part));
  });

  it('from outside holds nothing that is not shown, and no approval anything that is not known', async () => {
    const request = await registrar.ask();
    const file = say(request, new Signer());
    assert.deepEqual(readApproval(structuredClone(file)), file);
    assert.equal(readRequest({ ...request, note: 'hidden' }), undefined);
    assert.equal(readRequest({ ...request, max_uses: 2 }), undefined);
    assert.equal(readApproval({ ...file, request: { ...request, window: { ...request.window, again: true } } }), undefined);
    assert.equal(readApproval(null), undefined);
  });
});
