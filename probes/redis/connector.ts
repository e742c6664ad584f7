import type { ProbeContext } from '../../src/probe.ts';
import type { Failure } from '../../src/probe-kit/failure.ts';
import { tlsOptions } from '../../src/probe-kit/tls-options.ts';
import { isThisHost, planTls } from '../../src/probe-kit/tls.ts';
import { clean } from '../../src/values/text.ts';
import { failureOf } from './errors.ts';
import type { Connection } from './schema.ts';
import { Session } from './session.ts';

/** The user that a server has from the start: nobody need name it. */
export const DEFAULT_USER = 'default';

/** Opens sessions on the server of one connection, each with the password as it is at that moment. */
export class Connector {
  readonly #connection: Connection;
  readonly #context: ProbeContext;
  #secrets: readonly string[] = [];

  constructor(connection: Connection, context: ProbeContext) {
    this.#connection = connection;
    this.#context = context;
  }

  get user(): string {
    return this.#connection.user ?? DEFAULT_USER;
  }

  /** `user@host:port` or `user@/path/of/socket`. */
  get vantage(): string {
    const { host, port, socket } = this.#connection;
    return clean(`${this.user}@${socket ?? `${host}:${port}`}`, 120);
  }

  /** `this host` where nobody else's network lies between. */
  get host(): string {
    const { host = '', socket } = this.#connection;
    return socket !== undefined || isThisHost(host) ? 'this host' : clean(host.toLowerCase(), 120);
  }

  /**
   * Does `work` in a session of its own, which is closed whatever becomes of it; all of it within the connection's own limits.
   * @throws what `failure` can read.
   */
  async within<T>(signal: AbortSignal, work: (session: Session) => Promise<T>): Promise<T> {
    const { host = '', port, socket, user, password, tls, connect_timeout, timeout } = this.#connection;
    const bounds = AbortSignal.any([signal, AbortSignal.timeout(connect_timeout + timeout)]);
    const secret = password && (await this.#context.secret(password)).reveal();
    this.#secrets = secret === undefined ? [] : [secret];
    const address = {
      host: socket ?? host,
      port,
      ...(user !== undefined && { user }),
      ...(secret !== undefined && { password: secret }),
    };
    const session = await Session.open(address, tlsOptions(await planTls(address.host, tls)), connect_timeout, bounds);
    try {
      return await work(session);
    } finally {
      session.close();
    }
  }

  failure(error: unknown): Failure {
    return failureOf(error, this.#secrets);
  }
}
