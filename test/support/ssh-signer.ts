/** Keys and signatures of SSH, made with node:crypto by the documented layouts: what no hardware is needed for, and what ssh-keygen would not make. */
import { createHash, createPublicKey, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';

/** A string as RFC 4251 writes it. */
export function str(content: Uint8Array | string): Buffer {
  const bytes = Buffer.from(content as Uint8Array);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

export function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

export function u64(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(value);
  return bytes;
}

/** A number as RFC 4251 writes it: no leading zeros but the one that keeps it positive. */
export function mpint(bytes: Uint8Array): Buffer {
  const start = bytes.findIndex((byte) => byte !== 0);
  const number = start < 0 ? Buffer.alloc(0) : Buffer.from(bytes.subarray(start));
  return str((number[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.of(0), number]) : number);
}

export const KEY_NAMES = ['ed25519', 'ecdsa256', 'ecdsa384', 'ecdsa521', 'rsa', 'sk-ed25519', 'sk-ecdsa'] as const;
export type KeyName = (typeof KEY_NAMES)[number];

/** What a security key says besides. */
export interface TouchParts {
  readonly flags?: number;
  readonly counter?: number;
}

export interface SignParts extends TouchParts {
  readonly namespace?: string;
  readonly hash?: 'sha256' | 'sha512';
  readonly reserved?: string;
  readonly version?: number;
  /** Instead of the key's own blob: a certificate. */
  readonly as?: Buffer;
}

const APPLICATION = 'ssh:';
const EC = {
  ecdsa256: ['prime256v1', 'nistp256', 'sha256', 32],
  ecdsa384: ['secp384r1', 'nistp384', 'sha384', 48],
  ecdsa521: ['secp521r1', 'nistp521', 'sha512', 66],
  'sk-ecdsa': ['prime256v1', 'nistp256', 'sha256', 32],
} as const;

export const NAMESPACE = 'manifest@rollcall';

/** A key that signs. */
export class Signer {
  readonly type: string;
  /** The public key's blob. */
  readonly blob: Buffer;
  /** The blob without its type: what a certificate holds after its nonce. */
  readonly body: Buffer;
  readonly #name: KeyName;
  /** Its private half. */
  readonly key: KeyObject;

  /** `given`: an Ed25519 private key that is there already. */
  constructor(name: KeyName = 'ed25519', given?: KeyObject) {
    this.#name = name;
    const { type, key, body } = make(name, given);
    this.type = type;
    this.key = key;
    this.body = body;
    this.blob = Buffer.concat([str(type), body]);
  }

  /** As it stands in `allowed_signers` and in a list of revoked keys. */
  get line(): string {
    return `${this.type} ${this.blob.toString('base64')}`;
  }

  get fingerprint(): string {
    return `SHA256:${createHash('sha256').update(this.blob).digest('base64').replace(/=+$/, '')}`;
  }

  /** An armored signature over a message. */
  sign(message: Uint8Array | string, parts: SignParts = {}): string {
    return armor(this.signBlob(message, parts));
  }

  /** The same without its armor. */
  signBlob(message: Uint8Array | string, parts: SignParts = {}): Buffer {
    const { namespace = NAMESPACE, hash = 'sha512', reserved = '', version = 1, as = this.blob } = parts;
    const digest = createHash(hash).update(message).digest();
    const signed = Buffer.concat([Buffer.from('SSHSIG'), str(namespace), str(''), str(hash), str(digest)]);
    const head = Buffer.concat([Buffer.from('SSHSIG'), u32(version), str(as), str(namespace), str(reserved), str(hash)]);
    return Buffer.concat([head, str(this.raw(signed, parts))]);
  }

  /** The inner signature blob over any bytes. */
  raw(data: Uint8Array, { flags = 1, counter = 7 }: TouchParts = {}): Buffer {
    if (this.#name === 'rsa') return Buffer.concat([str('rsa-sha2-512'), str(sign('sha512', data, this.key))]);
    if (!this.#name.startsWith('sk-')) return Buffer.concat([str(this.type), str(this.#plain(data))]);
    const said = Buffer.concat([Buffer.of(flags), u32(counter)]);
    const hash = (bytes: Uint8Array | string): Buffer => createHash('sha256').update(bytes).digest();
    return Buffer.concat([str(this.type), str(this.#plain(Buffer.concat([hash(APPLICATION), said, hash(data)]))), said]);
  }

  /** A user certificate for this key by an authority. */
  certificate(authority: Signer, parts: CertificateParts = {}): Buffer {
    const { principals = ['alice'], kind = 1, from = 0n, until = 2n ** 63n, critical = Buffer.alloc(0) } = parts;
    const name = `${this.type.replace('@openssh.com', '')}-cert-v01@openssh.com`;
    const about = Buffer.concat([str(name), str('nonce of no use'), this.body, u64(1n), u32(kind), str('test')]);
    const terms = Buffer.concat([str(Buffer.concat(principals.map(str))), u64(from), u64(until), str(critical)]);
    const content = Buffer.concat([about, terms, str(Buffer.concat([str('permit-pty'), str('')])), str(''), str(authority.blob)]);
    return Buffer.concat([content, str(authority.raw(content))]);
  }

  #plain(data: Uint8Array): Buffer {
    const curve = this.#name in EC ? EC[this.#name as keyof typeof EC] : undefined;
    if (!curve) return sign(null, data, this.key);
    const [, , hash, size] = curve;
    const fixed = sign(hash, data, { key: this.key, dsaEncoding: 'ieee-p1363' });
    return Buffer.concat([mpint(fixed.subarray(0, size)), mpint(fixed.subarray(size))]);
  }
}

export interface CertificateParts {
  readonly principals?: readonly string[];
  /** 1 for a user, 2 for a host. */
  readonly kind?: number;
  /** Seconds since 1970. */
  readonly from?: bigint;
  readonly until?: bigint;
  readonly critical?: Buffer;
}

/** The text of a signature file. */
export function armor(blob: Uint8Array): string {
  const base64 = Buffer.from(blob)
    .toString('base64')
    .replace(/(.{70})(?=.)/g, '$1\n');
  return `-----BEGIN SSH SIGNATURE-----\n${base64}\n-----END SSH SIGNATURE-----\n`;
}

function make(name: KeyName, given?: KeyObject): { readonly type: string; readonly key: KeyObject; readonly body: Buffer } {
  const application = name.startsWith('sk-') ? str(APPLICATION) : Buffer.alloc(0);
  if (name === 'rsa') {
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const { e = '', n = '' } = publicKey.export({ format: 'jwk' });
    return {
      type: 'ssh-rsa',
      key: privateKey,
      body: Buffer.concat([mpint(Buffer.from(e, 'base64url')), mpint(Buffer.from(n, 'base64url'))]),
    };
  }
  if (name === 'ed25519' || name === 'sk-ed25519') {
    const privateKey = given ?? generateKeyPairSync('ed25519').privateKey;
    const publicKey = createPublicKey(privateKey);
    const { x = '' } = publicKey.export({ format: 'jwk' });
    const type = name === 'ed25519' ? 'ssh-ed25519' : 'sk-ssh-ed25519@openssh.com';
    return { type, key: privateKey, body: Buffer.concat([str(Buffer.from(x, 'base64url')), application]) };
  }
  const [namedCurve, curve] = EC[name];
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve });
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
  const point = Buffer.concat([Buffer.of(4), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')]);
  const type = name === 'sk-ecdsa' ? 'sk-ecdsa-sha2-nistp256@openssh.com' : `ecdsa-sha2-${curve}`;
  return { type, key: privateKey, body: Buffer.concat([str(curve), str(point), application]) };
}
