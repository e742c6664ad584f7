import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import type { Secret } from '../values/secret.ts';

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

  /** The last moment in which it counts, ms since 1970. */
  get ends(): number {
    return Date.parse(new X509Certificate(this.#pem.cert).validTo);
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

async function readPair(file: string, readKey: () => Promise<Secret>): Promise<Pem> {
  const cert = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new Error(`the certificate ${file} cannot be read: ${error.code ?? 'unknown error'}`);
  });
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
