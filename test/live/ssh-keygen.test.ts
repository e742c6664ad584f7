import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseAllowedSigners } from '../../src/signing/allowed-signers.ts';
import { permits } from '../../src/signing/permits.ts';
import { isRevoked, parseRevokedKeys } from '../../src/signing/revoked-keys.ts';
import { openSignature } from '../../src/signing/sshsig.ts';
import { createFakeRandom } from '../support/fake-random.ts';
import { makeFolder, type Folder } from '../support/folder.ts';
import { mutate } from '../support/mutate-signature.ts';
import { SignedSite } from '../support/signed-site.ts';
import { armor, KEY_NAMES, NAMESPACE, Signer, str } from '../support/ssh-signer.ts';

const MESSAGE = 'schema: rollcall/manifest/v1\n';
const MUTANTS = 10_000;
/** How many oracles run at a time. */
const AT_ONCE = Math.max(2, availableParallelism());

interface Question {
  readonly signature: Uint8Array | string;
  readonly allowed: string;
  readonly principal?: string;
  readonly namespace?: string;
  readonly message?: string;
  readonly revoked?: string;
}

/** What we say: the same question as `ssh-keygen -Y verify` is asked. */
function weTake({ signature, allowed, principal = 'alice', namespace = NAMESPACE, message = MESSAGE, revoked = '' }: Question): boolean {
  const opened = openSignature(Buffer.from(signature as string), Buffer.from(message), namespace);
  if (!opened.ok || isRevoked(opened.signature, new Set(parseRevokedKeys(revoked).lines))) return false;
  const claim = { principal, namespace, at: Date.now() };
  return parseAllowedSigners(allowed).lines.some((line) => permits(line, opened.signature, claim) === null);
}

describe('signatures, held against ssh-keygen', function () {
  this.timeout(300_000);
  let folder: Folder;
  let asked = 0;
  before(() => {
    folder = makeFolder();
    // A machine without ssh-keygen fails here: without the oracle nothing below says anything.
    assert.equal(spawnSync('ssh-keygen', ['-Y', 'verify'], { encoding: 'utf8' }).error, undefined, 'ssh-keygen is not installed');
  });
  after(() => folder.remove());

  const file = (name: string, content: Uint8Array | string): string => {
    const path = join(folder.path, name);
    writeFileSync(path, content, { mode: 0o600 });
    return path;
  };

  /** Ten thousand questions are about one list: it is written once. */
  const lists = new Map<string, string>();
  const remember = (allowed: string): string => {
    const path = file(`${lists.size}.allowed`, allowed);
    lists.set(allowed, path);
    return path;
  };

  async function itTakes({
    signature,
    allowed,
    principal = 'alice',
    namespace = NAMESPACE,
    message = MESSAGE,
    revoked,
  }: Question): Promise<boolean> {
    const nth = asked++;
    const list = revoked === undefined ? [] : ['-r', file(`${nth}.revoked`, revoked)];
    const args = [
      '-q',
      '-Y',
      'verify',
      '-f',
      lists.get(allowed) ?? remember(allowed),
      '-I',
      principal,
      '-n',
      namespace,
      '-s',
      file(`${nth}.sig`, signature),
      ...list,
    ];
    const child = spawn('ssh-keygen', args, { stdio: ['pipe', 'ignore', 'ignore'] });
    // It may be done before it has read the message.
    child.stdin.on('error', () => {});
    child.stdin.end(message);
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('close', resolve);
      child.once('error', reject);
    });
    return code === 0;
  }

  async function agree(question: Question, want?: boolean): Promise<void> {
    const [we, it] = [weTake(question), await itTakes(question)];
    assert.equal(we, it, `we ${we ? 'take' : 'refuse'} what ssh-keygen ${it ? 'takes' : 'refuses'}`);
    if (want !== undefined) assert.equal(we, want);
  }

  for (const type of [['ed25519'], ['ecdsa', '-b', '256'], ['ecdsa', '-b', '384'], ['ecdsa', '-b', '521'], ['rsa', '-b', '2048']])
    for (const hash of ['sha256', 'sha512'])
      it(`takes what ssh-keygen signs with ${type.join(' ')} and ${hash}`, async () => {
        const key = join(folder.path, `${type.join('')}-${hash}`);
        const message = file(`${type.join('')}-${hash}.message`, MESSAGE);
        const run = (...args: string[]) => assert.equal(spawnSync('ssh-keygen', args, { stdio: 'ignore' }).status, 0, args.join(' '));
        run('-q', '-t', ...type, '-N', '', '-f', key);
        run('-q', '-Y', 'sign', '-n', NAMESPACE, '-O', `hashalg=${hash}`, '-f', key, message);
        const question = { signature: readFileSync(`${message}.sig`), allowed: `alice ${readFileSync(`${key}.pub`, 'utf8')}` };
        await agree(question, true);
        await agree({ ...question, message: `${MESSAGE} ` }, false);
        await agree({ ...question, principal: 'bob' }, false);
        await agree({ ...question, namespace: 'change@rollcall' }, false);
      });

  for (const name of KEY_NAMES)
    it(`agrees about signatures of node:crypto with ${name}`, async () => {
      const signer = new Signer(name);
      const allowed = `alice ${signer.line} comment\n`;
      await agree({ signature: signer.sign(MESSAGE), allowed }, true);
      await agree({ signature: signer.sign(MESSAGE, { hash: 'sha256' }), allowed }, true);
      await agree({ signature: signer.sign(MESSAGE, { reserved: 'later' }), allowed }, true);
      await agree({ signature: signer.sign(MESSAGE, { version: 0 }), allowed }, true);
      await agree({ signature: signer.sign(MESSAGE, { version: 2 }), allowed }, false);
      await agree({ signature: signer.sign('other'), allowed }, false);
      await agree({ signature: signer.sign(MESSAGE), allowed, revoked: `# gone\n${signer.line}\n` }, false);
      await agree({ signature: signer.sign(MESSAGE), allowed, revoked: `${new Signer().line}\n` }, true);
    });

  it('agrees that flags and counter of a security key are signed, whatever they say', async () => {
    for (const name of ['sk-ed25519', 'sk-ecdsa'] as const) {
      const signer = new Signer(name);
      for (const flags of [0, 1, 4, 5, 0xff])
        await agree({ signature: signer.sign(MESSAGE, { flags, counter: 0xffffffff }), allowed: `alice ${signer.line}` }, true);
      const blob = signer.signBlob(MESSAGE, { flags: 0 });
      blob[blob.length - 5] = 1;
      await agree({ signature: armor(blob), allowed: `alice ${signer.line}` }, false);
    }
  });

  it('agrees about certificates', async () => {
    const now = BigInt(Math.floor(Date.now() / 1000));
    for (const name of KEY_NAMES) {
      const [signer, authority] = [new Signer(name), new Signer(name === 'rsa' ? 'rsa' : 'ecdsa384')];
      const allowed = `*@example.org,alice cert-authority ${authority.line}\n`;
      const by = (as: Buffer, more: Partial<Question> = {}): Question => ({ signature: signer.sign(MESSAGE, { as }), allowed, ...more });
      const good = signer.certificate(authority);
      await agree(by(good), true);
      await agree(by(good, { allowed: `alice ${authority.line}` }), false);
      await agree(by(good, { allowed: `alice ${signer.line}` }), false);
      await agree(by(good, { principal: 'bob@example.org' }), false);
      await agree(by(good, { revoked: authority.line }), false);
      await agree(by(good, { revoked: signer.line }), false);
      await agree(by(signer.certificate(new Signer('ed25519'))), false);
      await agree(by(signer.certificate(authority, { principals: [] })), false);
      await agree(by(signer.certificate(authority, { principals: ['a', 'bob@example.org'] }), { principal: 'bob@example.org' }), true);
      await agree(by(signer.certificate(authority, { kind: 2 })), false);
      await agree(by(signer.certificate(authority, { until: now - 60n })), false);
      await agree(by(signer.certificate(authority, { from: now + 3600n })), false);
      const forged = Buffer.from(good);
      forged[forged.length - 20]! ^= 1;
      await agree(by(forged), false);
    }
  });

  it('agrees about every option of allowed_signers', async () => {
    const signer = new Signer();
    const signature = signer.sign(MESSAGE);
    const line = (before: string): Question => ({ signature, allowed: `${before} ${signer.line}\n` });
    for (const [before, want] of [
      ['alice namespaces="manifest@rollcall"', true],
      ['alice namespaces="file,manifest@*"', true],
      ['alice NAMESPACES="git,!manifest@rollcall,*"', false],
      ['alice namespaces="change@rollcall"', false],
      ['alice namespaces=""', false],
      ['alice valid-after="20200101"', true],
      ['alice valid-after="29990101Z"', false],
      ['alice valid-before="20200101000000Z"', false],
      ['alice valid-after="202001010000",valid-before="29990101UTC",namespaces="*"', true],
      ['alice cert-authority', false],
      ['a*e', true],
      ['*', true],
      ['*,!alice', false],
      ['bob,alice', true],
      ['"bob,alice"', true],
      ['al?ce', true],
      ['al?', false],
      ['ALICE', false],
      ['bob', false],
      ['  \talice', true],
      ['#alice', false],
      ['alice namespaces="a" ,valid-after="20200101"', false],
      ['alice unknown="x"', false],
      ['alice valid-after="2020-01-01"', false],
      ['alice valid-after="20250101",valid-before="20240101"', false],
      ['alice namespaces="manifest@rollcall",namespaces="x"', false],
    ] as const)
      await agree(line(before), want).catch((error: unknown) => assert.fail(`${before}: ${String(error)}`));
  });

  it('agrees about spellings that say the same', async () => {
    const signer = new Signer();
    const allowed = `alice ${signer.line}\n`;
    const text = signer.sign(MESSAGE);
    for (const [spelling, want] of [
      [text.replaceAll('\n', '\r\n'), false],
      [text.replace(/\n(?=.)/g, '\r\n').replace('\r\n', '\n'), true],
      [`${text}trailing words\n`, true],
      [text.replace(/\n(?=[A-Za-z])/g, '\n \t'), true],
      [text.trimEnd(), true],
      [` ${text}`, false],
      [text.replace('BEGIN SSH', 'BEGIN  SSH'), false],
      [text.replace('\n-----END', '-----END'), false],
      [text.replace(/\n-----END[^]*/, '\n'), false],
      [text.replace('\nU1NIU', '\nU1NI\0U'), false],
      ['', false],
    ] as const)
      await agree({ signature: spelling, allowed }, want).catch((error: unknown) =>
        assert.fail(`${JSON.stringify(spelling)}: ${String(error)}`),
      );
  });

  it('lets two people sign a manifest as docs/signing.md says', async () => {
    using site = new SignedSite({ signers: { allowed: './allowed_signers' } });
    const run = (...args: string[]) =>
      assert.equal(spawnSync('ssh-keygen', args, { stdio: 'ignore', cwd: site.path }).status, 0, args.join(' '));
    const lines = ['ed25519', 'ecdsa'].map((type) => {
      run('-q', '-t', type, '-N', '', '-C', type, '-f', `./${type}.key`);
      return `${type} namespaces="manifest@rollcall,change@rollcall" ${readFileSync(join(site.path, `${type}.key.pub`), 'utf8')}`;
    });
    site.write('allowed_signers', lines.join(''));
    site.draft(['one']);
    for (const type of ['ed25519', 'ecdsa']) {
      run('-Y', 'sign', '-n', NAMESPACE, '-f', `./${type}.key`, 'manifest.yaml');
      renameSync(join(site.path, 'manifest.yaml.sig'), join(site.path, `manifest.yaml.${type}.sig`));
    }
    assert.deepEqual((await site.settle()).standing.approval?.people, ['ecdsa', 'ed25519']);
  });

  it('refuses what ssh-keygen takes in four cases, as it says', async () => {
    const [signer, authority] = [new Signer(), new Signer()];
    const critical = signer.certificate(authority, { critical: Buffer.concat([str('force-command'), str(str('/bin/true'))]) });
    const byCertificate = { signature: signer.sign(MESSAGE, { as: critical }), allowed: `alice cert-authority ${authority.line}` };
    const long = { signature: signer.sign(MESSAGE, { reserved: 'x'.repeat(60_000) }), allowed: `alice ${signer.line}` };
    const foreign = { signature: signer.sign(MESSAGE), allowed: `jürgen ${signer.line}`, principal: 'jürgen' };
    const unsure = { signature: malleated(signer.signBlob(MESSAGE)), allowed: `alice ${signer.line}` };
    for (const question of [byCertificate, long, foreign, unsure])
      assert.deepEqual([weTake(question), await itTakes(question)], [false, true]);
  });

  it(`takes the same of ${MUTANTS} mutated signatures, and ends with every one`, async function () {
    // A process each: two minutes on two cores that others use too.
    this.timeout(900_000);
    const random = createFakeRandom(5);
    const authority = new Signer('ecdsa256');
    const signers = KEY_NAMES.map((name) => new Signer(name));
    const allowed = [...signers.map(({ line }) => `alice ${line}`), `alice cert-authority ${authority.line}`, ''].join('\n');
    const bases = signers.flatMap((signer) => [
      signer.signBlob(MESSAGE),
      signer.signBlob(MESSAGE, { hash: 'sha256' }),
      signer.signBlob(MESSAGE, { as: signer.certificate(authority) }),
    ]);
    const questions = Array.from({ length: MUTANTS }, (_, nth): Question => ({
      signature: mutate(bases[nth % bases.length]!, random),
      allowed,
    }));
    const ours = questions.map(weTake);
    // Both sides are met: a fuzz of which everything is refused at the first byte says nothing.
    const taken = ours.filter(Boolean).length;
    assert.ok(taken > MUTANTS / 50 && taken < MUTANTS / 2, `${taken} taken`);
    const queue = questions.map((question, nth) => ({ question, we: ours[nth] }));
    const disagreed: string[] = [];
    const work = async (): Promise<void> => {
      for (let next = queue.pop(); next; next = queue.pop())
        if ((await itTakes(next.question)) !== next.we)
          disagreed.push(`we ${next.we ? 'take' : 'refuse'} ${JSON.stringify(next.question.signature)}`);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    assert.equal(disagreed.length, 0, `${disagreed.length}: ${disagreed.slice(0, 3).join('\n')}`);
  });
});

/** The same Ed25519 signature with the group's order added to S: RFC 8032 §5.1.7 refuses it, OpenSSH 9.2 does not look. */
function malleated(blob: Buffer): string {
  const order = 2n ** 252n + 27742317777372353535851937790883648493n;
  const start = blob.length - 32;
  const s = BigInt(`0x${Buffer.from(blob.subarray(start)).reverse().toString('hex')}`) + order;
  Buffer.from(s.toString(16).padStart(64, '0'), 'hex').reverse().copy(blob, start);
  return armor(blob);
}
