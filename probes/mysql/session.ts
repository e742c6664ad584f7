import { Socket } from 'node:net';
import type { Connection as Driver, ConnectionOptions } from 'mysql2';
import type { Limits } from '../../src/probe-kit/connector.ts';
import { BadAnswer } from '../../src/probe-kit/failure.ts';
import type { Address } from '../../src/probe-kit/server-url.ts';
import { driverOptions, type DriverTls } from './driver-options.ts';
import { guardAnswers } from './guard-answers.ts';

/** What the wire gets on top of what the server gets, so that a server that answers at all can say itself why it did not. */
const WIRE_MS = 500;
const GOODBYE_MS = 200;
const KILL_MS = 1000;

export type Flavour = 'mysql' | 'mariadb';

/** Every value as the server writes it; null is NULL. */
export type Row = readonly (string | null)[];

export interface Answer {
  /** Names of the columns. */
  readonly columns: readonly string[];
  readonly rows: readonly Row[];
}

/** One connection to one server, whose every wait ends with a signal; what runs on the server then ends too. */
export class Session {
  readonly #driver: Driver;
  readonly #socket: Socket;
  readonly #kill: () => void;
  readonly #guard: ReturnType<typeof guardAnswers>;
  #flavour: Flavour = 'mysql';
  #over = false;

  private constructor(driver: Driver, socket: Socket, kill: () => void) {
    this.#driver = driver;
    this.#socket = socket;
    this.#kill = kill;
    this.#guard = guardAnswers(driver);
    const end = () => {
      this.#over = true;
    };
    // Unheard, an error of a connection that nobody is asking just then would end the process.
    driver.on('error', end);
    driver.on('end', end);
    socket.on('close', end);
  }

  /** Connects and says what kind of session it is to be. @throws what the driver, the socket, TLS or the signal says. */
  static async open(address: Address, tls: DriverTls | false, limits: Limits, signal: AbortSignal): Promise<Session> {
    const { createConnection } = await import('mysql2');
    signal.throwIfAborted();
    const socket = new Socket();
    const options = driverOptions(address, tls);
    const driver = createConnection({ ...options, stream: () => connectTo(address, socket) });
    const session = new Session(driver, socket, () => void killThread(createConnection, options, address, driver.threadId));
    try {
      await session.#bounded(
        async () => {
          await new Promise<void>((resolve, reject) => driver.connect((error) => (error ? reject(error) : resolve())));
          await session.#configure(limits);
        },
        AbortSignal.any([signal, AbortSignal.timeout(limits.connect)]),
      );
    } catch (error) {
      session.#cut();
      throw error;
    }
    return session;
  }

  get over(): boolean {
    return this.#over;
  }

  get flavour(): Flavour {
    return this.#flavour;
  }

  /** One statement. `limit`: as long as the server may take, ms; after that and a little more the connection is cut. */
  async query(sql: string, limit: number, signal: AbortSignal): Promise<Answer> {
    return this.#bounded(async () => this.#ask(sql), AbortSignal.any([signal, AbortSignal.timeout(limit + WIRE_MS)]));
  }

  /** Says goodbye, and leaves even where nobody answers. */
  async close(): Promise<void> {
    if (!this.#over) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#driver.end(() => resolve());
      AbortSignal.timeout(GOODBYE_MS).addEventListener('abort', () => resolve(), { once: true });
      await promise;
    }
    this.#cut();
  }

  async #configure({ statement, lock }: Limits): Promise<void> {
    // A comment to all but MariaDB.
    const { rows } = await this.#ask('select 1 /*M! + 1 */');
    this.#flavour = rows[0]?.[0] === '2' ? 'mariadb' : 'mysql';
    await this.#ask('set session transaction read only');
    const settings = [
      // A transaction left open would show the same for ever, and a limit by default would cut a list short.
      'autocommit = 1',
      'sql_select_limit = 18446744073709551615',
      "sql_mode = ''",
      "time_zone = '+00:00'",
      `lock_wait_timeout = ${Math.ceil(lock / 1000)}`,
      ...(this.#flavour === 'mariadb'
        ? [`max_statement_time = ${statement / 1000}`]
        : // Numbers of the catalogue as they are, not as they were yesterday.
          [`max_execution_time = ${statement}`, 'information_schema_stats_expiry = 0']),
    ];
    await this.#ask(`set session ${settings.join(', ')}`);
  }

  async #ask(sql: string): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#driver.query({ sql, rowsAsArray: true, typeCast: (field) => field.string('utf8') }, (error, rows, fields) => {
        if (error) reject(error);
        else if (!Array.isArray(rows)) resolve({ columns: [], rows: [] });
        else resolve({ columns: (fields as { name: string }[]).map(({ name }) => name), rows: rows as unknown as Row[] });
      });
    });
  }

  /** Runs `work` until the signal says stop: then the server is asked to stop too, and the connection is cut. */
  async #bounded<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    signal.throwIfAborted();
    const { promise: stopped, reject } = Promise.withResolvers<never>();
    const stop = (reason: Error) => {
      if (!this.#over) this.#kill();
      this.#cut();
      reject(reason);
    };
    const aborted = () => stop(signal.reason as Error);
    signal.addEventListener('abort', aborted, { once: true });
    const watched = this.#guard((what) => stop(new BadAnswer(what)));
    try {
      return await Promise.race([work(), stopped]);
    } finally {
      watched();
      signal.removeEventListener('abort', aborted);
    }
  }

  #cut(): void {
    this.#over = true;
    this.#driver.destroy();
    this.#socket.destroy();
  }
}

function connectTo({ host, port }: Address, socket: Socket): Socket {
  socket.setNoDelay(true).setKeepAlive(true, 10_000);
  return host.startsWith('/') ? socket.connect(host) : socket.connect(port, host);
}

/** Asks the server to end what a thread of ours is doing, on a connection of its own. Failing is silent: nobody waits for it. */
async function killThread(
  createConnection: (options: ConnectionOptions) => Driver,
  options: ConnectionOptions,
  address: Address,
  thread: number | null,
): Promise<void> {
  if (thread === null) return;
  const socket = new Socket().unref();
  const driver = createConnection({ ...options, stream: () => connectTo(address, socket) });
  guardAnswers(driver);
  const gone = () => {
    driver.destroy();
    socket.destroy();
  };
  driver.on('error', gone);
  AbortSignal.timeout(KILL_MS).addEventListener('abort', gone, { once: true });
  driver.query(`kill ${thread}`, gone);
}
