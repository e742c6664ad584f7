import assert from 'node:assert/strict';
import { createPrivateKey } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { refuseTampered } from '../../src/approval/refuse-tampered.ts';
import { ED25519, printKey } from '../../src/adapters/note-key.ts';
import { openWatcherKey, readWatcherPublic } from '../../src/adapters/watcher-key.ts';
import { digestsOf } from '../../src/approval/read-signing.ts';
import type { Settled } from '../../src/approval/settle.ts';
import { FilesError } from '../../src/files.ts';
import { SignedSite } from '../support/signed-site.ts';
import { Signer } from '../support/ssh-signer.ts';

const ids = ({ manifest }: Settled): string[] => manifest.resources.map(({ id }) => id);
/** What is watched, and why what lies there is not. */
const outcome = (settled: Settled): string => `${ids(settled).join()} ${settled.standing.tampering?.kind ?? settled.standing.state}`;
const signersDigest = async (settled: Settled): Promise<string> =>
  (await digestsOf(settled.config, settled.manifest, { ownKey: readWatcherPublic }))['signers'] ?? 'none';

describe('a manifest that people sign', () => {
  it('is taken the first time with the larger of both numbers, and says who signed', async () => {
    using site = new SignedSite();
    site.draft(['one']);
    assert.equal(outcome(await site.settle()), 'one unsigned');
    site.sign(['alice']);
    assert.equal(outcome(await site.settle()), 'one under-signed');
    site.sign(['carol']);
    const { standing } = await site.settle();
    assert.deepEqual([standing.state, standing.approval?.people, standing.approval?.sense], ['signed', ['alice', 'carol'], 'first']);
    assert.ok(standing.keep);
  });

  it('is followed by one that strengthens with one signature, by one that weakens with two', async () => {
    using site = new SignedSite();
    await site.begin();
    site.draft(['one', 'two', 'three']);
    assert.equal(outcome(await site.settle()), 'one,two unsigned');
    site.sign(['alice']);
    assert.equal(outcome(await site.settle()), 'one,two,three signed');
    site.draft(['one']);
    site.sign(['alice']);
    const kept = await site.settle();
    assert.equal(outcome(kept), 'one,two,three under-signed');
    assert.match(kept.standing.tampering?.change ?? '', /two leaves the roll; three leaves the roll/);
    site.sign(['bob']);
    assert.equal(outcome(await site.settle()), 'one signed');
  });

  it('goes on where the file is edited, emptied, broken or taken away', async () => {
    using site = new SignedSite();
    await site.begin();
    for (const [text, kind] of [
      [site.manifest.toString().replace('"two"', '"else"'), 'fork'],
      ['', 'unreadable'],
      ['resources: [', 'unreadable'],
    ] as const) {
      site.write('manifest.yaml', text);
      const settled = await site.settle();
      assert.equal(outcome(settled), `one,two ${kind}`);
      assert.throws(() => refuseTampered(settled), FilesError);
    }
    rmSync(join(site.path, 'manifest.yaml'));
    assert.equal(outcome(await site.settle()), 'one,two unreadable');
  });

  it('that is an older one, skips one, follows another or had expired is refused in a word of its own', async () => {
    using site = new SignedSite();
    await site.begin();
    const first = site.manifest;
    site.draft(['one', 'two', 'three']);
    site.sign(['alice', 'bob']);
    await site.settle();
    const refused = async (more: Record<string, unknown>): Promise<string | undefined> => {
      const sha = site.accepted?.sha256;
      site.rewrite({ resources: [site.volume('one')], manifest: { version: 3, previous: `sha256:${sha}`, ...more } });
      site.sign(['alice', 'bob']);
      const { standing } = await site.settle();
      return standing.tampering?.kind;
    };
    assert.equal(await refused({ version: 4 }), 'gap');
    assert.equal(await refused({ previous: `sha256:${'0'.repeat(64)}` }), 'fork');
    assert.equal(await refused({ expires: '2020-01-01' }), 'frozen');
    assert.equal(await refused({ manifest: 'another' }), 'other-manifest');
    assert.equal(await refused({ policy: { k: 5 } }), 'out-of-reach');
    assert.equal(await refused({ version: 2 }), 'fork');
    site.write('manifest.yaml', first.toString());
    site.sign(['alice', 'bob']);
    assert.equal((await site.settle()).standing.tampering?.kind, 'rollback');
    assert.equal(await refused({}), undefined);
  });

  it('with the signatures of an earlier one is a replay', async () => {
    using site = new SignedSite();
    await site.begin();
    const old = site.manifest;
    site.draft(['one']);
    for (const name of ['alice', 'bob'] as const) site.write(`manifest.yaml.${name}.sig`, site.keys[name].sign(old));
    assert.equal(outcome(await site.settle()), 'one,two replay');
  });

  it('counts neither a program, nor a stranger, nor a revoked key, nor another purpose, nor one person twice', async () => {
    using site = new SignedSite({
      signers: { allowed: './allowed_signers', revoked: './revoked', agents: ['bot'], people: { alice: ['alice', 'carol'] } },
    });
    site.write('revoked', `${site.keys.bob.line}\n`);
    site.draft(['one']);
    site.sign(['alice', 'bob', 'carol', 'bot', 'mallory']);
    const { tampering } = (await site.settle()).standing;
    assert.equal(tampering?.kind, 'under-signed');
    assert.match(tampering?.why ?? '', /1 of 2 people signed \(alice\)/);
    for (const why of [/bot is a program/, /bob\.sig: its key has been revoked/, /mallory\.sig: its key is of nobody/])
      assert.match(tampering?.why ?? '', why);
    site.unsign();
    site.sign(['alice', 'bob'], { namespace: 'change@rollcall' });
    assert.match((await site.settle()).standing.tampering?.why ?? '', /0 of 2.*another purpose/);
  });

  it('counts what people signed, whatever else is named as a signature beside it, and keeps none of that', async () => {
    using site = new SignedSite();
    site.draft(['one', 'two']);
    const { alice, mallory } = site.keys;
    const junk = ['none at all', mallory.sign(site.manifest), alice.sign('another text'), `${alice.sign(site.manifest)}copied`];
    for (let n = 0; n < 300; n++) site.write(`manifest.yaml.${n}.sig`, `${junk[n % junk.length]}\n${n}`);
    site.sign(['alice', 'bob']);
    const { accepted, standing } = await site.settle();
    assert.deepEqual([standing.state, standing.approval?.people], ['signed', ['alice', 'bob']]);
    assert.ok((accepted?.signatures.length ?? 99) <= 18, `${accepted?.signatures.length} signatures are kept`);
  });

  it('says so where more is named as its signatures than is read', async () => {
    using site = new SignedSite();
    await site.begin();
    site.draft(['one', 'two', 'three']);
    for (let n = 0; n < 1030; n++) site.write(`manifest.yaml.${n}.sig`, 'none');
    site.sign(['alice']);
    const { tampering } = (await site.settle()).standing;
    assert.equal(tampering?.kind, 'under-signed');
    assert.match(tampering?.why ?? '', /^0 of 1 people signed; 7 more files are named as its signatures are than are read: take away/);
    for (let n = 0; n < 7; n++) rmSync(join(site.path, `manifest.yaml.${n}.sig`));
    assert.equal(outcome(await site.settle()), 'one,two,three signed');
  });

  it('counts two names with one key for one', async () => {
    using site = new SignedSite();
    site.write('allowed_signers', `alice ${site.keys.alice.line}\nalso-alice ${site.keys.alice.line}\nbob,robert ${site.keys.bob.line}\n`);
    site.rewrite({ config: { signers: './allowed_signers' } });
    site.draft(['one']);
    site.sign(['alice', 'bob']);
    assert.deepEqual((await site.settle()).standing.approval?.people, ['alice or also-alice', 'bob or robert']);
    site.accepted = undefined;
    site.unsign();
    site.sign(['alice']);
    assert.match((await site.settle()).standing.tampering?.why ?? '', /1 of 2 people signed \(alice or also-alice\)/);
  });

  it('counts nobody by a line that names nobody', async () => {
    using site = new SignedSite();
    site.write(
      'allowed_signers',
      `* ${site.keys.mallory.line}\nalice ${site.keys.alice.line}\nb*b ${site.keys.bob.line}\nbob ${site.keys.carol.line}\n`,
    );
    site.rewrite({ config: { signers: './allowed_signers' } });
    site.draft(['one']);
    site.sign(['alice', 'bob', 'mallory']);
    assert.match((await site.settle()).standing.tampering?.why ?? '', /1 of 2 people signed \(alice\)/);
  });

  it('is judged by when it is received, whatever the key was good for before', async () => {
    using site = new SignedSite();
    site.write(
      'allowed_signers',
      `alice valid-before="20260101Z" ${site.keys.alice.line}\nbob ${site.keys.bob.line}\ncarol ${site.keys.carol.line}\n`,
    );
    site.rewrite({ config: { signers: './allowed_signers' } });
    site.draft(['one']);
    site.sign(['alice', 'bob']);
    assert.match((await site.settle(Date.UTC(2026, 5))).standing.tampering?.why ?? '', /no longer valid/);
    assert.equal((await site.settle(Date.UTC(2025, 5))).standing.state, 'signed');
    // Taken while it was good, it stays taken.
    assert.equal(outcome(await site.settle(Date.UTC(2030, 0))), 'one signed');
  });

  it('demands a touch where the policy does, and says where a security key counts backwards', async () => {
    using site = new SignedSite();
    const dave = new Signer('sk-ecdsa');
    site.write('allowed_signers', `alice ${site.keys.alice.line}\ncarol ${site.keys.carol.line}\ndave ${dave.line}\n`);
    site.rewrite({ config: { signers: './allowed_signers' } });
    const byDave = (parts = {}): string => site.write('manifest.yaml.dave.sig', dave.sign(site.manifest, parts));
    site.draft(['one', 'two'], { policy: { k: 1, weakening: 2, require_presence: true } });
    site.sign(['alice', 'carol']);
    assert.match(
      (await site.settle()).standing.tampering?.why ?? '',
      /1 of 2 people signed \(carol\); alice signed with a key that cannot show a touch/,
    );
    byDave({ flags: 0 });
    assert.match((await site.settle()).standing.tampering?.why ?? '', /dave did not touch/);
    byDave({ counter: 3 });
    assert.equal(outcome(await site.settle()), 'one,two signed');

    site.draft(['one', 'two'], { policy: { k: 1, weakening: 2, require_presence: true, require_verification: true } });
    byDave({ counter: 2 });
    assert.deepEqual((await site.settle()).standing.cloned, [dave.fingerprint]);
    site.draft(['one', 'two'], { policy: { k: 1, weakening: 2, require_presence: true, require_verification: true } });
    byDave({ counter: 9 });
    assert.match((await site.settle()).standing.tampering?.why ?? '', /PIN or a finger/);
    byDave({ counter: 9, flags: 5 });
    assert.equal(outcome(await site.settle()), 'one,two signed');
  });
});

describe('the signers', () => {
  it('edited on the disk change nothing but what is said, until a manifest signed by the old ones binds them', async () => {
    using site = new SignedSite();
    await site.begin();
    site.allow(['mallory', 'bot']);
    site.draft([]);
    site.rewrite({ resources: [site.volume('mine')] });
    site.sign(['mallory']);
    const tampered = await site.settle();
    assert.equal(outcome(tampered), 'one,two under-signed');
    assert.match(tampered.standing.signersChanged ?? '', /\+ mallory SHA256:.*- alice SHA256:/);
    assert.throws(() => refuseTampered(tampered), /RC_MANIFEST_UNDERSIGNED[^]*RC_SIGNERS_CHANGED/);

    const signers = await signersDigest(tampered);
    const bind = (): void =>
      site.rewrite({
        resources: [site.volume('one'), site.volume('two')],
        manifest: { version: 2, previous: `sha256:${site.accepted?.sha256}`, policy: { k: 1, weakening: 1, signers } },
      });
    bind();
    site.sign(['alice']);
    assert.equal(outcome(await site.settle()), 'one,two under-signed');
    site.sign(['bob']);
    const taken = await site.settle();
    assert.deepEqual([outcome(taken), taken.standing.signersChanged], ['one,two signed', undefined]);

    site.rewrite({
      resources: [site.volume('one')],
      manifest: { version: 3, previous: `sha256:${site.sha256}`, policy: { k: 1, weakening: 1 } },
    });
    site.sign(['alice', 'bob']);
    assert.equal(outcome(await site.settle()), 'one,two under-signed', 'who signed before does not any more');
    site.sign(['mallory']);
    assert.equal(outcome(await site.settle()), 'one signed');
  });

  it('taken out of config.yaml hold on, until a signed manifest gives them up', async () => {
    using site = new SignedSite();
    await site.begin();
    const config = { watchdog: { name: 'tester', state: './state', listen: 'off' } };
    site.rewrite({ config });
    assert.match((await site.settle()).standing.signersChanged ?? '', /no signers any more/);
    site.draft(['one']);
    assert.equal(outcome(await site.settle()), 'one,two unsigned');
    site.draft(['one'], { version: 2, previous: `sha256:${site.accepted?.sha256}`, policy: { signers: 'none' } });
    site.sign(['alice', 'bob']);
    assert.equal(outcome(await site.settle()), 'one unsigned');
    site.rewrite({ resources: [site.volume('free')], manifest: { version: 9 } });
    assert.equal(outcome(await site.settle()), 'free unsigned');
  });

  it('that a key was taken from are so at once; to give it back is a change of signers', async () => {
    using site = new SignedSite({ signers: { allowed: './allowed_signers', revoked: './revoked', agents: ['bot'] } });
    site.write('revoked', '');
    await site.begin();
    site.write('revoked', `${site.keys.alice.line}\n`);
    site.draft(['one', 'two', 'three']);
    site.sign(['alice']);
    const refused = await site.settle();
    assert.equal(outcome(refused), 'one,two under-signed');
    assert.equal(refused.standing.signersChanged, undefined, 'a revocation only takes away');
    site.write('revoked', '');
    const back = await site.settle();
    assert.equal(outcome(back), 'one,two under-signed');
    assert.match(back.standing.signersChanged ?? '', /- revoked SHA256:/);
  });

  /** The key of a watcher that has started once, in the hands of whoever owns its host. */
  const ownKey = (site: SignedSite): Signer => {
    mkdirSync(site.state, { recursive: true });
    openWatcherKey(site.state, 'tester');
    return new Signer('ed25519', createPrivateKey(readFileSync(join(site.state, 'watcher.key'))));
  };

  it("that have the watcher's own key among them are refused with the line, as an authority for certificates too", async () => {
    using site = new SignedSite();
    const own = ownKey(site);
    for (const line of [`erin ${own.line}`, `*@example.org cert-authority ${own.line}`]) {
      site.write('allowed_signers', `bot ${site.keys.bot.line}\n${line}\n`);
      site.draft(['one']);
      await assert.rejects(site.settle(), /allowed_signers:2:1 .*has the watcher's own key.*RC_SIGNERS_WATCHER/);
    }
    site.allow(['alice', 'bob', 'bot']);
    await site.begin();
    site.write('allowed_signers', `bot ${site.keys.bot.line}\nerin ${own.line}\n`);
    assert.match((await site.settle()).standing.signersChanged ?? '', /cannot be read: line 2: has the watcher's own key/);
  });

  it("are never more by the watcher's own key, also where it was taken for a person's before it was the watcher's", async () => {
    using site = new SignedSite();
    const erin = new Signer();
    site.allow(['alice', 'bob', 'bot']);
    site.write('allowed_signers', `${readFileSync(join(site.path, 'allowed_signers'), 'utf8')}erin ${erin.line}\n`);
    site.draft(['one', 'two']);
    site.sign(['alice', 'bob']);
    await site.settle();
    const next = (): void => {
      site.draft(['one']);
      site.sign(['alice']);
      site.write('manifest.yaml.erin.sig', erin.sign(site.manifest));
    };
    next();
    assert.equal(outcome(await site.settle()), 'one signed');
    site.draft(['one', 'two']);
    site.sign(['alice', 'bob']);
    await site.settle();
    mkdirSync(site.state, { recursive: true });
    site.write('state/watcher.pub', `${printKey('rollcall/tester', erin.key, ED25519)}\n`);
    next();
    const refused = await site.settle();
    assert.equal(outcome(refused), 'one,two under-signed');
    assert.match(refused.standing.tampering?.why ?? '', /manifest\.yaml\.erin\.sig: its key is the watcher's own, which signs for nobody/);
  });

  it('that cannot be read are complaints with their lines at first, and a page once a manifest is in force', async () => {
    using site = new SignedSite({ signers: { allowed: './allowed_signers', agents: ['nobody'] } });
    site.draft(['one']);
    await assert.rejects(site.settle(), /has no principal nobody.*RC_SIGNERS_PRINCIPAL/);
    site.rewrite({ config: { signers: './allowed_signers' } });
    site.write('allowed_signers', `alice ${site.keys.alice.line}\nbob nonsense\n`);
    await assert.rejects(site.settle(), /allowed_signers:2:1 .*RC_SIGNERS_LINE/);
    site.allow(['alice', 'bob']);
    site.sign(['alice', 'bob']);
    await site.settle();
    site.write('allowed_signers', 'rubbish\n');
    const settled = await site.settle();
    assert.match(settled.standing.signersChanged ?? '', /cannot be read: line 1/);
    assert.equal(outcome(settled), 'one signed');
  });

  it('that there are none of leave the manifest as it is', async () => {
    using site = new SignedSite();
    site.rewrite({ config: {}, resources: [site.volume('one')] });
    const settled = await site.settle();
    assert.equal(outcome(settled), 'one unsigned');
    refuseTampered(settled);
  });
});
