import assert from 'node:assert/strict';
import { parseAbsoluteTime } from '../../src/signing/absolute-time.ts';
import { parseAllowedSigners } from '../../src/signing/allowed-signers.ts';
import { matchesList } from '../../src/signing/patterns.ts';
import { permits } from '../../src/signing/permits.ts';
import { isRevoked, parseRevokedKeys } from '../../src/signing/revoked-keys.ts';
import { openSignature } from '../../src/signing/sshsig.ts';
import { NAMESPACE, Signer } from '../support/ssh-signer.ts';

const NOON = Date.UTC(2026, 10, 23, 12);

/** What the first line about the signer's key says to this principal; `nobody` where no line is about both. */
function verdict(text: string, signer: Signer, principal = 'alice', at = NOON, as?: Buffer): string {
  const opened = openSignature(Buffer.from(signer.sign('m', as && { as })), Buffer.from('m'), NAMESPACE);
  assert.ok(opened.ok);
  const { lines, faults } = parseAllowedSigners(text);
  assert.deepEqual(faults, []);
  const said = lines.map((line) => permits(line, opened.signature, { principal, namespace: NAMESPACE, at }));
  if (said.includes(null)) return 'yes';
  return said.find((word) => typeof word === 'string') ?? 'nobody';
}

describe('allowed_signers', () => {
  const key = new Signer();
  const line = (before: string): string => `${before} ${key.line} a comment`;

  it('reads principals, options, key and comment, past blank lines and comments', () => {
    const { lines, faults } = parseAllowedSigners(`# people\n\n${line('alice,bob namespaces="a,b",valid-before="20300101Z"')}\r\n`);
    assert.deepEqual(faults, []);
    const [{ key: read, ...one }] = lines as [(typeof lines)[0]];
    assert.deepEqual(one, { line: 3, principals: 'alice,bob', isAuthority: false, namespaces: 'a,b', validBefore: Date.UTC(2030, 0) });
    assert.equal(read.fingerprint, key.fingerprint);
  });

  it('judges patterns, namespaces and times at the moment of receipt', () => {
    for (const [before, want] of [
      ['alice', 'yes'],
      ['*,!alice', 'nobody'],
      ['alice namespaces="manifest@*"', 'yes'],
      ['alice namespaces="git"', /namespaces/],
      ['alice valid-after="20270101Z"', /not valid yet/],
      ['alice valid-before="20260101Z"', /no longer valid/],
      ['alice valid-before="20261123120000Z"', 'yes'],
      ['alice cert-authority', 'nobody'],
    ] as const)
      if (typeof want === 'string') assert.equal(verdict(line(before), key), want, before);
      else assert.match(verdict(line(before), key), want, before);
  });

  it('takes a certificate for those it names, while it holds, from an authority that is allowed', () => {
    const [authority, now] = [new Signer('ecdsa521'), BigInt(NOON / 1000)];
    const by = (parts: Parameters<Signer['certificate']>[1], principal = 'alice', of = authority): string =>
      verdict(`*@example.org,alice cert-authority ${authority.line}`, key, principal, NOON, key.certificate(of, parts));
    assert.equal(by({}), 'yes');
    assert.equal(by({ from: now, until: now + 1n }), 'yes');
    assert.match(by({ until: now }), /expired/);
    assert.match(by({ from: now + 1n }), /not valid yet/);
    assert.match(by({ kind: 2 }), /not for a user/);
    assert.match(by({ principals: [] }), /somebody else/);
    assert.match(by({}, 'bob@example.org'), /somebody else/);
    assert.equal(by({ principals: ['mallory'] }, 'mallory'), 'nobody');
    assert.equal(by({}, 'alice', new Signer('ecdsa521')), 'nobody');
  });

  it('says of each line it cannot read what is wrong, and reads the others', () => {
    const faulty: readonly (readonly [string, RegExp])[] = [
      ['alice', /principals, options, key/],
      [key.line, /neither a key nor the options/],
      [line('alice no-such="x"'), /neither a key nor the options/],
      [line('alice cert-authority,'), /neither a key nor the options/],
      [line('alice namespaces="a",namespaces="b"'), /twice/],
      [line('alice valid-after="tomorrow"'), /no moment/],
      [line('alice valid-after="20260101Z",valid-before="20250101Z"'), /before it begins/],
      ['alice ssh-dss AAAAB3NzaC1kc3M=', /type/],
      ['alice ssh-ed25519 AAAA!', /base64/],
      [`alice ssh-rsa ${key.blob.toString('base64')}`, /another type/],
      [`alice ssh-ed25519-cert-v01@openssh.com ${key.certificate(key).toString('base64')}`, /cert-authority/],
      [line('jürgen'), /ASCII/],
    ];
    const { lines, faults } = parseAllowedSigners([...faulty.map(([text]) => text), line('alice')].join('\n'));
    assert.equal(lines.length, 1);
    assert.equal(faults.length, faulty.length);
    for (const [nth, [text, message]] of faulty.entries()) {
      assert.equal(faults[nth]?.line, nth + 1);
      assert.match(faults[nth]?.message ?? '', message, text);
    }
  });
});

describe('a list of revoked keys', () => {
  it('takes the key, the certificate about it, and whatever its authority vouches for', () => {
    const [signer, authority, other] = [new Signer(), new Signer(), new Signer()];
    const opened = openSignature(Buffer.from(signer.sign('m', { as: signer.certificate(authority) })), Buffer.from('m'), NAMESPACE);
    assert.ok(opened.ok);
    const revoked = (text: string): boolean => isRevoked(opened.signature, new Set(parseRevokedKeys(text).lines));
    assert.deepEqual([revoked(signer.line), revoked(`# x\n${authority.line} c`), revoked(other.line)], [true, true, false]);
  });

  it('refuses a binary list in words', () => {
    assert.match(parseRevokedKeys('SSHKRL\n\0\0\0\0\u0001').faults[0]?.message ?? '', /Key Revocation List/);
  });
});

describe('a list of patterns', () => {
  it('is matched without ever slowing down', () => {
    assert.equal(matchesList('a'.repeat(5000), `${'a*'.repeat(500)}b`), false);
    assert.equal(matchesList('manifest@rollcall', 'm*f?st@roll*,x'), true);
    assert.equal(matchesList('', '*'), true);
    assert.equal(matchesList('a', ''), false);
  });
});

describe('a moment of ssh-keygen', () => {
  it('is read in UTC with a Z, in the host time zone without', () => {
    assert.equal(parseAbsoluteTime('20260228Z'), Date.UTC(2026, 1, 28));
    assert.equal(parseAbsoluteTime('202602281530utc'), Date.UTC(2026, 1, 28, 15, 30));
    assert.equal(parseAbsoluteTime('20260228153007'), new Date(2026, 1, 28, 15, 30, 7).getTime());
    for (const wrong of ['', '2026', '20260230', '20261301', '2026022824', '202602282400', '20260228ZZ'])
      assert.equal(parseAbsoluteTime(wrong), undefined, wrong);
  });
});
