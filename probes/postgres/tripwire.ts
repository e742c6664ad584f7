import type { Nudge, ProbeContext, Wanted } from '../../src/probe.ts';
import type { PostgresConnector } from './connector.ts';
import { Mailbox } from '../../src/probe-kit/mailbox.ts';
import type { Session } from './session.ts';
import type { DatabaseTarget } from './target.ts';

type Clock = ProbeContext['clock'];

const STATEMENT_MS = 2000;
const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 30_000;
/** What ends within this is one nudge. */
const GATHER_MS = 50;
/** A restart ends all sessions within a fraction of a second: after the first nudge there is one more for all the others. */
const REST_MS = 250;
const SHARE_OF_CONNECTIONS = 10;
/** What a server says itself of a database that nobody will be let into again: not there, being dropped, or closed to connections. */
const SHUT = new Set(['3D000', '55000']);

/**
 * Holds an idle session in each wanted database that has a tripwire; the end of one is a nudge, and so is the server's word, at the next
 * attempt to hold one, that the database is shut. For a drop ends the sessions first and takes the row away about 100 ms later: a look in
 * between finds nothing wrong. A new session has to wait behind the drop's lock, so that word comes in the moment it is done.
 * At most a tenth of the server's max_connections, the first in the list. Ends when `signal` aborts; whatever fails is tried again, ever
 * more rarely.
 */
export async function* holdTripwires(
  wanted: readonly Wanted<DatabaseTarget>[],
  connector: PostgresConnector,
  clock: Clock,
  signal: AbortSignal,
): AsyncGenerator<Nudge, void, void> {
  const idsByName = new Map<string, string[]>();
  for (const { id, target } of wanted) if (target.tripwire) idsByName.set(target.name, [...(idsByName.get(target.name) ?? []), id]);
  if (idsByName.size === 0) return;
  const told: Told = { ended: new Mailbox<Nudge>(), nudges: new Mailbox<Nudge>() };
  const left = new AbortController();
  const either = AbortSignal.any([signal, left.signal]);
  const work = Promise.all([
    hold([...idsByName], connector, clock, told, either).finally(() => told.ended.end()),
    gather(told, clock, either).finally(() => told.nudges.end()),
  ]);
  try {
    yield* told.nudges;
  } finally {
    left.abort();
    await work;
  }
}

interface Told {
  /** Sessions that ended: a restart ends all of them, so they are gathered first. */
  readonly ended: Mailbox<Nudge>;
  /** What is handed on. What is shut comes here at once: no restart says that. */
  readonly nudges: Mailbox<Nudge>;
}

async function gather({ ended, nudges }: Told, clock: Clock, signal: AbortSignal): Promise<void> {
  for await (const nudge of ended) {
    await clock.sleep(GATHER_MS, signal).catch(() => undefined);
    nudges.put([nudge, ...ended.drain()].reduce((all, next) => ({ ids: [...all.ids, ...next.ids], why: all.why })));
    await clock.sleep(REST_MS, signal).catch(() => undefined);
  }
}

async function hold(
  names: readonly (readonly [string, readonly string[]])[],
  connector: PostgresConnector,
  clock: Clock,
  { ended, nudges }: Told,
  signal: AbortSignal,
): Promise<void> {
  const cap = await persist(clock, signal, () => readCap(connector, signal));
  if (cap === undefined) return;
  await Promise.all(
    names.slice(0, cap).map(async ([database, ids]) => {
      for (;;) {
        let shut = false;
        const refused = (error: unknown): void => {
          const { code, say } = connector.failure(error);
          // Once: what is shut may stay so, and is asked again and again.
          if (!shut && SHUT.has(code)) nudges.put({ ids, why: `no session can be held in database ${database}: ${say}` });
          shut ||= SHUT.has(code);
        };
        const session = await persist(clock, signal, () => connector.open(signal, { database, statement: STATEMENT_MS }), refused);
        if (!session) return;
        const error = await endOf(session, signal);
        if (signal.aborted) return;
        const why = `the session held in database ${database} ended${error ? `: ${connector.failure(error).say}` : ''}`;
        ended.put({ ids, why });
      }
    }),
  );
}

async function readCap(connector: PostgresConnector, signal: AbortSignal): Promise<number> {
  const session = await connector.open(signal, { statement: STATEMENT_MS });
  try {
    const [row] = await session.query<{ most: number }>(
      `select pg_catalog.current_setting('max_connections')::int as most`,
      [],
      STATEMENT_MS,
      signal,
    );
    return Math.floor((row?.most ?? 0) / SHARE_OF_CONNECTIONS);
  } finally {
    await session.close();
  }
}

/** Tries until it works, with twice the wait after each failure; undefined once `signal` aborts. */
async function persist<T>(
  clock: Clock,
  signal: AbortSignal,
  attempt: () => Promise<T>,
  failed: (error: unknown) => void = () => undefined,
): Promise<T | undefined> {
  for (let wait = FIRST_WAIT_MS; !signal.aborted; wait = Math.min(2 * wait, LONGEST_WAIT_MS)) {
    try {
      return await attempt();
    } catch (error) {
      // What it means is for the sweep to say: it asks the same server.
      failed(error);
      await clock.sleep(wait, signal).catch(() => undefined);
    }
  }
  return undefined;
}

async function endOf(session: Session, signal: AbortSignal): Promise<Error | undefined> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const stop = () => resolve(undefined);
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  try {
    return await Promise.race([session.ended, promise]);
  } finally {
    signal.removeEventListener('abort', stop);
    await session.close();
  }
}
