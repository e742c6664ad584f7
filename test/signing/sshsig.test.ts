import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { LARGEST_SIGNATURE } from '../../src/signing/armor.ts';
import { parseAllowedSigners } from '../../src/signing/allowed-signers.ts';
import { permits } from '../../src/signing/permits.ts';
import { openSignature } from '../../src/signing/sshsig.ts';
import { createFakeRandom } from '../support/fake-random.ts';
import { mutate } from '../support/mutate-signature.ts';
import { armor, KEY_NAMES, NAMESPACE, Signer, str } from '../support/ssh-signer.ts';

const recorded = (name: string): Buffer => readFileSync(new URL(`../testdata/signing/${name}`, import.meta.url));
const MESSAGE = 'the roll';
const open = (text: string | Uint8Array, message = MESSAGE, namespace = NAMESPACE) =>
  openSignature(Buffer.from(text as string), Buffer.from(message), namespace);
const why = (opened: ReturnType<typeof open>): string => (opened.ok ? 'taken' : opened.why);

describe('a signature of SSH', () => {
  for (const name of ['ed25519', 'ecdsa256', 'ecdsa384', 'ecdsa521', 'rsa2048', 'certificate'])
    it(`by ssh-keygen with ${name} is verified, and of other bytes it is not`, () => {
      const [message, signature] = [recorded('message.txt'), recorded(`${name}.sig`)];
      const opened = openSignature(signature, message, NAMESPACE);
      assert.ok(opened.ok, why(opened));
      const claim = { principal: name === 'certificate' ? 'alice' : name, namespace: NAMESPACE, at: Date.UTC(2026, 0) };
      const { lines, faults } = parseAllowedSigners(recorded('allowed_signers').toString());
      assert.deepEqual(faults, []);
      assert.equal(lines.filter((line) => permits(line, opened.signature, claim) === null).length, 1);
      const [first = 0] = message;
      const other = Buffer.concat([Buffer.of(first ^ 1), message.subarray(1)]);
      assert.match(why(openSignature(signature, other, NAMESPACE)), /over other bytes/);
    });

  for (const name of KEY_NAMES)
    it(`with ${name} says whose it is`, () => {
      const signer = new Signer(name);
      const opened = open(signer.sign(MESSAGE));
      assert.ok(opened.ok, why(opened));
      assert.equal(opened.signature.key.fingerprint, signer.fingerprint);
      assert.deepEqual(opened.signature.key.blob, signer.blob);
    });

  it('says what a security key saw: presence, verification, counter', () => {
    for (const name of ['sk-ed25519', 'sk-ecdsa'] as const) {
      const signer = new Signer(name);
      for (const [flags, present, verified] of [
        [0, false, false],
        [1, true, false],
        [4, false, true],
        [5, true, true],
        [0x41, true, false],
      ] as const) {
        const opened = open(signer.sign(MESSAGE, { flags, counter: 4_000_000_000 }));
        assert.ok(opened.ok);
        assert.deepEqual(opened.signature.touch, { present, verified, counter: 4_000_000_000 });
      }
    }
  });

  it('with a presence that was added afterwards is refused', () => {
    const blob = new Signer('sk-ed25519').signBlob(MESSAGE, { flags: 0 });
    blob[blob.length - 5] = 1;
    assert.match(why(open(armor(blob))), /over other bytes/);
  });

  it('is refused in words that say what is wrong and repeat nothing of it', () => {
    const signer = new Signer();
    const [rsa, blob] = [new Signer('rsa'), signer.signBlob(MESSAGE)];
    const small = new Signer('ed25519').signBlob(MESSAGE, {
      as: Buffer.concat([str('ssh-rsa'), str(Buffer.of(3)), str(Buffer.alloc(64, 1))]),
    });
    for (const [text, message] of [
      ['nonsense', /does not begin/],
      ['-----BEGIN SSH SIGNATURE-----\nAAAA\n', /does not end/],
      ['-----BEGIN SSH SIGNATURE-----\nAAA\n-----END SSH SIGNATURE-----', /base64/],
      [armor(Buffer.from('SSHPIG')), /no SSH signature/],
      [armor(blob.subarray(0, -1)), /too early/],
      [armor(Buffer.concat([blob, Buffer.of(0)])), /after its end/],
      [signer.sign(MESSAGE, { version: 2 }), /later version/],
      [signer.sign(MESSAGE, { namespace: 'change@rollcall' }), /another purpose/],
      [signer.sign(MESSAGE, { hash: 'sha1' as 'sha256' }), /neither sha256 nor sha512/],
      [signer.sign(MESSAGE, { as: rsa.blob }), /neither rsa-sha2-256/],
      [signer.sign(MESSAGE, { as: new Signer('ecdsa256').blob }), /algorithm/],
      [signer.sign(MESSAGE, { as: new Signer().blob }), /not by the key it names/],
      [signer.sign(MESSAGE, { as: str('ssh-dss') }), /type/],
      [armor(small), /1024 bits/],
      ['x'.repeat(LARGEST_SIGNATURE + 1), /longer than/],
    ] as const)
      assert.match(why(open(text)), message);
  });

  it('with a point off its curve is refused', () => {
    const signer = new Signer('ecdsa256');
    const off = Buffer.from(signer.blob);
    off[off.length - 1]! ^= 1;
    assert.match(why(open(signer.sign(MESSAGE, { as: off }))), /key that is none/);
  });

  it('with a certificate is refused where the authority did not sign it, or demands what cannot be obeyed', () => {
    const [signer, authority] = [new Signer(), new Signer('sk-ecdsa')];
    const good = signer.certificate(authority);
    assert.ok(open(signer.sign(MESSAGE, { as: good })).ok);
    const forged = Buffer.from(good);
    forged[good.indexOf('alice')]! ^= 2;
    assert.match(why(open(signer.sign(MESSAGE, { as: forged }))), /authority did not sign/);
    const critical = Buffer.concat([str('force-command'), str(str('true'))]);
    assert.match(why(open(signer.sign(MESSAGE, { as: signer.certificate(authority, { critical }) }))), /critical options/);
    const crowd = Array.from({ length: 257 }, (_, nth) => `p${nth}`);
    assert.match(why(open(signer.sign(MESSAGE, { as: signer.certificate(authority, { principals: crowd }) }))), /256 principals/);
  });

  it('mutated in any way never throws, and never says more than its key signed', () => {
    const random = createFakeRandom(11);
    const signers = KEY_NAMES.map((name) => new Signer(name));
    const known = new Set(signers.map(({ fingerprint }) => fingerprint));
    let taken = 0;
    for (let nth = 0; nth < 2000; nth++) {
      const opened = open(mutate(signers[nth % signers.length]!.signBlob(MESSAGE), random));
      if (!opened.ok) continue;
      taken++;
      assert.ok(known.has(opened.signature.key.fingerprint));
      assert.ok(opened.signature.touch === undefined || opened.signature.touch.present);
    }
    assert.ok(taken > 100 && taken < 1000, `${taken} taken`);
  });
});
