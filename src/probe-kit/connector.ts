import type { ProbeContext } from '../probe.ts';
import type { SecretRef } from '../values/secret.ts';
import { clean } from '../values/text.ts';
import type { Failure } from './failure.ts';
import type { Address } from './server-url.ts';
import type { ServerSettings } from './server-fields.ts';
import type { Secret } from '../values/secret.ts';
import { isThisHost, planTls, type TlsPlan } from './tls.ts';

/** How long a question may take, in ms: on the server, behind a lock, and (somewhat longer than both) on the wire. */
export interface Limits {
  readonly connect: number;
  readonly statement: number;
  readonly lock: number;
}

/** `database`: the one that the url names unless named. `statement`: ms. */
export interface OpenOptions {
  readonly database?: string | undefined;
  readonly statement: number;
}

/** A connection to a server that can be gone before it is closed. */
export interface ServerSession {
  readonly over: boolean;
  close(): Promise<void>;
}

/** What one kind of server speaks. `failure`: sorts whatever `open` and its sessions throw, `secrets` masked. */
export interface Dialect<Session extends ServerSession> {
  parse(secret: Secret): Address;
  open(address: Address, tls: TlsPlan | false, limits: Limits, signal: AbortSignal): Promise<Session>;
  failure(error: unknown, secrets: readonly string[]): Failure;
}

type Connection = ServerSettings & { readonly url: SecretRef };

/** Opens sessions on the server of one connection, each with the secret as it is at that moment. */
export class Connector<Session extends ServerSession> {
  readonly #connection: Connection;
  readonly #context: ProbeContext;
  readonly #dialect: Dialect<Session>;
  /** Of the address last used: what must not appear in any text. */
  #secrets: readonly string[] = [];
  #vantage: string;
  #host = 'unknown';
  /** The url each session was opened with. */
  readonly #urls = new WeakMap<Session, string>();

  constructor(connection: Connection, context: ProbeContext, dialect: Dialect<Session>) {
    this.#connection = connection;
    this.#context = context;
    this.#dialect = dialect;
    this.#vantage = context.connection;
  }

  /** Where the last session was asked for: `user@host:port`, or the connection's name before the first. */
  get vantage(): string {
    return this.#vantage;
  }

  /** The host that the last session was asked for; `this host` where nobody else's network lies between. */
  get host(): string {
    return this.#host;
  }

  /** @throws what `failure` can read. */
  async open(signal: AbortSignal, options: OpenOptions): Promise<Session> {
    const { url, tls, connect_timeout, lock_timeout } = this.#connection;
    const secret = await this.#context.secret(url);
    const found = this.#dialect.parse(secret);
    this.#secrets = [secret.reveal(), found.password];
    this.#host = isThisHost(found.host) ? 'this host' : clean(found.host.toLowerCase(), 120);
    this.#vantage = clean(`${found.user}@${found.host}:${found.port}`, 120);
    const address = { ...found, database: options.database ?? found.database };
    const limits = { connect: connect_timeout, statement: options.statement, lock: lock_timeout };
    const session = await this.#dialect.open(address, await planTls(address.host, tls), limits, signal);
    this.#urls.set(session, secret.reveal());
    return session;
  }

  /** Does `work` in a session of its own, which is closed whatever becomes of it. @throws what `failure` can read. */
  async within<T>(signal: AbortSignal, options: OpenOptions, work: (session: Session) => Promise<T>): Promise<T> {
    const session = await this.open(signal, options);
    try {
      return await work(session);
    } finally {
      await session.close();
    }
  }

  /** False where the url has changed since the session was opened. One that cannot be read now is for the next new session to complain of. */
  async isCurrent(session: Session): Promise<boolean> {
    const text = await this.#context.secret(this.#connection.url).then(
      (secret) => secret.reveal(),
      () => undefined,
    );
    return text === undefined || text === this.#urls.get(session);
  }

  failure(error: unknown): Failure {
    return this.#dialect.failure(error, this.#secrets);
  }
}
