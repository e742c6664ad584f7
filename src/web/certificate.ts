import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { createSecureContext } from 'node:tls';
import type { Secret } from '../values/secret.ts';

/** How long before its end people are asked to renew it, ms; or a quarter of its term where that is less, for those that last for days. */
const ENDING_MS = 14 * 86_400_000;

export interface Pem {
  readonly cert: string;
  readonly key: string;
}

/** A certificate and its key, read anew when they were renewed. What does not fit together never takes the place of what does. */
export class Certificate {
  readonly #file: string;
  readonly #key: () => Promise<Secret>;
  #pem: Pem;
  #renewed: (pem: Pem) => void = () => {};
  #turn: Promise<boolean> = Promise.resolve(false);

  private constructor(file: string, key: () => Promise<Secret>, pem: Pem) {
    this.#file = file;
    this.#key = key;
    this.#pem = pem;
  }

  /** @param key its private key, read anew at every call. @throws Error in words for a person. */
  static async read(file: string, key: () => Promise<Secret>): Promise<Certificate> {
    return new Certificate(file, key, await readPair(file, key));
  }

  /** What a server of TLS is made with. */
  get context(): Pem {
    return this.#pem;
  }

  /** The first and the last moment in which it counts, and those with it that lead to the authority, ms since 1970. */
  get term(): { readonly from: number; readonly until: number } {
    const chain = chainOf(this.#pem.cert);
    const from = Math.max(...chain.map(({ validFrom }) => Date.parse(validFrom)));
    return { from, until: Math.min(...chain.map(({ validTo }) => Date.parse(validTo))) };
  }

  /** From when on people are asked to renew it. */
  get due(): number {
    return Math.min(
      ...chainOf(this.#pem.cert).map(({ validFrom, validTo }) => {
        const until = Date.parse(validTo);
        return until - Math.min(ENDING_MS, (until - Date.parse(validFrom)) / 4);
      }),
    );
  }

  /** Whether it is for this name or address. */
  isFor(host: string): boolean {
    const certificate = new X509Certificate(this.#pem.cert);
    const plain = host.replace(/^\[(.*)\]$/, '$1');
    return (isIP(plain) > 0 ? certificate.checkIP(plain) : certificate.checkHost(plain)) !== undefined;
  }

  onRenewed(renewed: (pem: Pem) => void): void {
    this.#renewed = renewed;
  }

  /** True where the files hold others than before, which then count. @throws Error where they cannot be had or do not fit; the old ones stay. */
  renew(): Promise<boolean> {
    // One after another: who began to read earlier must not put the old ones back in the place of the new.
    const done = this.#turn.then(() => this.#read());
    this.#turn = done.catch(() => false);
    return done;
  }

  async #read(): Promise<boolean> {
    const pem = await readPair(this.#file, this.#key);
    if (pem.cert === this.#pem.cert && pem.key === this.#pem.key) return false;
    this.#pem = pem;
    this.#renewed(pem);
    return true;
  }
}

function chainOf(pem: string): X509Certificate[] {
  const blocks = pem.match(/-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----[^-]*-----END (?:X509 |TRUSTED )?CERTIFICATE-----/g) ?? [];
  return blocks.map((block) => new X509Certificate(block));
}

async function readPair(file: string, readKey: () => Promise<Secret>): Promise<Pem> {
  const cert = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new Error(`the certificate ${file} cannot be read: ${error.code ?? 'unknown error'}`);
  });
  try {
    if (chainOf(cert).length === 0) throw new Error('empty');
  } catch (error) {
    throw new Error(`the certificate ${file} is none: it must be PEM, beginning with -----BEGIN CERTIFICATE-----`, { cause: error });
  }
  const key = (await readKey()).reveal();
  try {
    // OpenSSL says of a key only that it fits or does not.
    createSecureContext({ cert, key, minVersion: 'TLSv1.2' });
  } catch (error) {
    const why = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
    throw new Error(`the certificate ${file} and watchdog.tls.key do not make a pair (${why})`, { cause: error });
  }
  return { cert, key };
}
