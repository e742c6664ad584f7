import { Socket } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import type { Client } from 'pg';
import type { Address } from '../../src/probe-kit/server-url.ts';
import type { Limits } from '../../src/probe-kit/connector.ts';
import { requestCancel } from './cancel.ts';
import { guardAnswers } from './guard-answers.ts';

/** What the wire gets on top of what the server gets, so that a server that answers at all can say itself why it did not. */
const WIRE_MS = 500;
const GOODBYE_MS = 200;
/** Written as text so that the digest of a row is the same under any default of the server, and nothing found by search_path runs. */
const SETTINGS = {
  default_transaction_read_only: 'on',
  // Named last, what a trigger on login made in pg_temp comes after the built-ins; unnamed, its types would come before them.
  search_path: 'pg_catalog, pg_temp',
  // A count that row-level security narrows would look like lost rows; off makes it an error instead.
  row_security: 'off',
  array_nulls: 'on',
  TimeZone: 'UTC',
  DateStyle: 'ISO, MDY',
  IntervalStyle: 'postgres',
  extra_float_digits: '1',
  bytea_output: 'hex',
  xmloption: 'content',
} as const;
/** A server that notices by itself that nobody waits any longer; not every platform can, and none before version 14. */
const CHECK_CLIENT = `select case when pg_catalog.current_setting('server_version_num')::int >= 140000
  then pg_catalog.set_config('client_connection_check_interval', '500ms', false) end`;

/** One connection to one database, whose every wait ends with a signal; what runs on the server then ends too. */
export class Session {
  /** Settles with the reason once the connection is gone. */
  readonly ended: Promise<Error | undefined>;
  readonly #client: Client;
  readonly #socket: Socket;
  readonly #cancel: () => void;
  readonly #countAnew: () => void;
  #over = false;

  private constructor(client: Client, socket: Socket, cancel: () => void) {
    this.#client = client;
    this.#socket = socket;
    this.#cancel = cancel;
    this.#countAnew = guardAnswers(client);
    this.ended = new Promise((resolve) => {
      const end = (error?: Error) => {
        this.#over = true;
        resolve(error);
      };
      // Unheard, an error of a connection that nobody is asking just then would end the process.
      client.on('error', end);
      client.once('end', () => end());
    });
  }

  /** Connects and says what kind of session it is to be. @throws what the driver, the socket, TLS or the signal says. */
  static async open(address: Address, tls: ConnectionOptions | false, limits: Limits, signal: AbortSignal): Promise<Session> {
    const { default: pg } = await import('pg');
    signal.throwIfAborted();
    const socket = new Socket();
    const client = new pg.Client({
      host: address.host,
      port: address.port,
      user: address.user,
      database: address.database,
      // As a function, because the driver replaces an empty one by PGPASSWORD or ~/.pgpass: credentials nobody named.
      password: () => address.password,
      ssl: tls,
      application_name: 'rollcall',
      keepAlive: true,
      keepAliveInitialDelayMillis: 10_000,
      stream: () => socket,
    });
    const session = new Session(client, socket, () => {
      const { processID: pid, secretKey: key } = client as unknown as { processID: number | null; secretKey: number | null };
      if (pid !== null && key !== null) requestCancel(address, tls, { pid, key });
    });
    try {
      await session.#bounded(
        async () => {
          await client.connect();
          await session.#configure(limits);
        },
        AbortSignal.any([signal, AbortSignal.timeout(limits.connect)]),
      );
    } catch (error) {
      socket.destroy();
      throw error;
    }
    return session;
  }

  get over(): boolean {
    return this.#over;
  }

  /** The rows of one statement. `limit`: as long as the server may take, ms; after that and a little more the connection is cut. */
  async query<Row extends object>(text: string, values: readonly unknown[], limit: number, signal: AbortSignal): Promise<Row[]> {
    const bounds = AbortSignal.any([signal, AbortSignal.timeout(limit + WIRE_MS)]);
    return this.#bounded(async () => (await this.#client.query<Row>(text, [...values])).rows, bounds);
  }

  /** Says goodbye, and leaves even where nobody answers. */
  async close(): Promise<void> {
    const gone = this.#client.end().catch(() => undefined);
    const late = AbortSignal.timeout(GOODBYE_MS);
    await this.#bounded(async () => gone, late).catch(() => undefined);
    this.#socket.destroy();
  }

  async #configure(limits: Limits): Promise<void> {
    const settings = { ...SETTINGS, statement_timeout: `${limits.statement}ms`, lock_timeout: `${limits.lock}ms` };
    await this.#client.query(
      'select pg_catalog.set_config(name, value, false) from rows from (pg_catalog.unnest($1::text[]), pg_catalog.unnest($2::text[])) as wanted(name, value)',
      [Object.keys(settings), Object.values(settings)],
    );
    await this.#client.query(CHECK_CLIENT).catch((error: unknown) => {
      if (this.#over) throw error;
    });
  }

  /** Runs `work` until the signal says stop: then the server is asked to stop too, and the connection is cut. */
  async #bounded<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    signal.throwIfAborted();
    this.#countAnew();
    const { promise: stopped, reject } = Promise.withResolvers<never>();
    const stop = () => {
      if (!this.#over) this.#cancel();
      this.#over = true;
      this.#socket.destroy();
      reject(signal.reason as Error);
    };
    signal.addEventListener('abort', stop, { once: true });
    try {
      return await Promise.race([work(), stopped]);
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }
}
