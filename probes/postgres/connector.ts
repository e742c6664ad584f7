import type { ProbeContext } from '../../src/probe.ts';
import { clean } from '../../src/values/text.ts';
import { isThisHost, parseAddress, tlsFor } from './address.ts';
import { failureOf, type Failure } from './errors.ts';
import type { Connection } from './schema.ts';
import { Session } from './session.ts';

/** Opens sessions on the server of one connection, each with the secret as it is at that moment. */
export class Connector {
  readonly #connection: Connection;
  readonly #context: ProbeContext;
  /** Of the address last used: what must not appear in any text. */
  #secrets: readonly string[] = [];
  #vantage: string;
  #host = 'unknown';
  /** The url each session was opened with. */
  readonly #urls = new WeakMap<Session, string>();

  constructor(connection: Connection, context: ProbeContext) {
    this.#connection = connection;
    this.#context = context;
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

  /** `database`: the maintenance database unless named. `statement`: ms. @throws what `failure` can read. */
  async open(signal: AbortSignal, options: { readonly database?: string | undefined; readonly statement: number }): Promise<Session> {
    const { url, tls, connect_timeout, lock_timeout } = this.#connection;
    const secret = await this.#context.secret(url);
    const found = parseAddress(secret);
    this.#secrets = [secret.reveal(), found.password];
    this.#host = isThisHost(found.host) ? 'this host' : clean(found.host.toLowerCase(), 120);
    this.#vantage = clean(`${found.user}@${found.host}:${found.port}`, 120);
    const address = { ...found, database: options.database ?? found.database };
    const limits = { connect: connect_timeout, statement: options.statement, lock: lock_timeout };
    const session = await Session.open(address, await tlsFor(address.host, tls), limits, signal);
    this.#urls.set(session, secret.reveal());
    return session;
  }

  /** Does `work` in a session of its own, which is closed whatever becomes of it. @throws what `failure` can read. */
  async within<T>(
    signal: AbortSignal,
    options: { readonly database?: string | undefined; readonly statement: number },
    work: (session: Session) => Promise<T>,
  ): Promise<T> {
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
    return failureOf(error, this.#secrets);
  }
}
