import type { ProbeContext } from '../../src/probe.ts';
import { bounded, untilAborted } from './bounded.ts';
import { assertCaller, type Caller } from './caller.ts';
import { makeClient, WAITS_MS, type Clients, type Credentials, type Service } from './clients.ts';
import { resolveCredentials } from './credentials.ts';
import { failureOf, isStale, Refused, type Failure } from './errors.ts';
import type { PaceBook } from './pace-book.ts';
import { homeRegion, type Connection } from './schema.ts';
import type { Ask, Vantage } from './vantage.ts';

/** How long an asserted caller is believed; ms. */
const BELIEVED_MS = 300_000;
/** Credentials that end sooner than this are not begun with; ms. */
const NEARLY_OVER_MS = 60_000;
/** How often one call is tried where it is throttled, each time at half the pace. */
const ATTEMPTS = 3;

type Context = Pick<ProbeContext, 'clock' | 'secret'>;

/** One set of credentials with the caller that they were asserted to be: who is asserted and who looks cannot fall apart. */
export class Session {
  readonly #connection: Connection;
  readonly #context: Context;
  readonly #paces: PaceBook;
  readonly #credentials: Credentials;
  readonly #secrets: readonly string[];
  readonly #clients = new Map<string, Promise<Clients[Service]>>();
  readonly #until: number;
  #caller: Caller | undefined;
  #stale = false;

  private constructor(connection: Connection, context: Context, paces: PaceBook, credentials: Credentials, secrets: readonly string[]) {
    this.#connection = connection;
    this.#context = context;
    this.#paces = paces;
    this.#credentials = credentials;
    this.#secrets = secrets;
    const { wall, steady } = context.clock.now();
    const ends = credentials.expiration?.getTime();
    this.#until = steady + Math.min(BELIEVED_MS, ends === undefined ? BELIEVED_MS : ends - NEARLY_OVER_MS - wall);
  }

  /** Finds credentials and asserts whose they are. @throws Refused where either cannot be done. */
  static async open(connection: Connection, context: Context, paces: PaceBook, signal: AbortSignal): Promise<Session> {
    const { clock, secret } = context;
    const secrets: string[] = [];
    let session: Session | undefined;
    try {
      const credentials = await bounded(connection.timeout, clock, signal, 'credentials', (within) =>
        resolveCredentials(connection, secret, secrets, within),
      );
      session = new Session(connection, context, paces, credentials, secrets);
      session.#caller = await assertCaller(session.#asker(homeRegion(connection), signal), connection);
      return session;
    } catch (error) {
      session?.close();
      throw new Refused(failureOf(error, secrets));
    }
  }

  /** False once its caller should be asserted anew. */
  get isGood(): boolean {
    return !this.#stale && this.#context.clock.now().steady < this.#until;
  }

  /** The looks of one `collect()` in one region, until `signal` aborts. */
  vantage(region: string, signal: AbortSignal): Vantage {
    const { account, identity, name } = this.#caller ?? { account: '', identity: {}, name: '' };
    const { clock } = this.#context;
    return {
      account,
      identity,
      name,
      region,
      ask: this.#asker(region, signal),
      in: (other) => this.vantage(other, signal),
      now: () => clock.now(),
      slowed: () => this.#paces.slowed(region),
    };
  }

  /** What a call threw, its secrets masked. Credentials that ran out are not used again. */
  failure(error: unknown): Failure {
    const failure = failureOf(error, this.#secrets);
    if (isStale(failure.code)) this.#stale = true;
    return failure;
  }

  close(): void {
    // One that could not be loaded has told whoever asked it; nobody else may be left to hear of it.
    for (const client of this.#clients.values())
      void client.then(
        (one) => one.destroy(),
        () => undefined,
      );
    this.#clients.clear();
  }

  #asker(region: string, signal: AbortSignal): Ask {
    return async (service, action, send) => {
      const what = `${service}:${action}`;
      const pace = this.#paces.of(region, what);
      // Loading it takes a while the first time, and is none of the API's time.
      const client = await untilAborted(this.#client(service, region), signal);
      for (let attempt = 1; ; attempt++) {
        await pace.turn(signal);
        try {
          const answer = await bounded(
            this.#connection.timeout + (WAITS_MS[service] ?? 0),
            this.#context.clock,
            signal,
            what,
            (abortSignal) => send(client, { abortSignal }),
          );
          pace.answered();
          return answer;
        } catch (error) {
          if (failureOf(error).reason !== 'throttled') throw error;
          pace.throttled();
          if (attempt >= ATTEMPTS) throw error;
        }
      }
    };
  }

  #client<S extends Service>(service: S, region: string): Promise<Clients[S]> {
    const key = `${service}@${region}`;
    const known = this.#clients.get(key) ?? makeClient(service, region, this.#connection, this.#credentials);
    this.#clients.set(key, known);
    return known as Promise<Clients[S]>;
  }
}
