import type { Nudge, ProbeContext, Wanted } from '../../src/probe.ts';
import type { Connector } from './connector.ts';
import { Mailbox } from './mailbox.ts';
import type { Session } from './session.ts';
import type { DatabaseTarget } from './target.ts';

type Clock = ProbeContext['clock'];

const STATEMENT_MS = 2000;
const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 30_000;
/** What ends within this is one nudge: a forced drop goes on for longer than that after it has ended the session. */
const GATHER_MS = 50;
/** A restart ends all sessions within a fraction of a second: after the first nudge there is one more for all the others. */
const REST_MS = 250;
const SHARE_OF_CONNECTIONS = 10;

/**
 * Holds an idle session in each wanted database that has a tripwire; the end of one is a nudge. At most a tenth of the server's
 * max_connections, the first in the list. Ends when `signal` aborts; whatever fails is tried again, ever more rarely.
 */
export async function* holdTripwires(
  wanted: readonly Wanted<DatabaseTarget>[],
  connector: Connector,
  clock: Clock,
  signal: AbortSignal,
): AsyncGenerator<Nudge, void, void> {
  const idsByName = new Map<string, string[]>();
  for (const { id, target } of wanted) if (target.tripwire) idsByName.set(target.name, [...(idsByName.get(target.name) ?? []), id]);
  if (idsByName.size === 0) return;
  const box = new Mailbox<Nudge>();
  const left = new AbortController();
  const either = AbortSignal.any([signal, left.signal]);
  const work = hold([...idsByName], connector, clock, box, either).finally(() => box.end());
  try {
    for await (const nudge of box) {
      await clock.sleep(GATHER_MS, either).catch(() => undefined);
      yield [nudge, ...box.drain()].reduce((all, next) => ({ ids: [...all.ids, ...next.ids], why: all.why }));
      await clock.sleep(REST_MS, either).catch(() => undefined);
    }
  } finally {
    left.abort();
    await work;
  }
}

async function hold(
  names: readonly (readonly [string, readonly string[]])[],
  connector: Connector,
  clock: Clock,
  box: Mailbox<Nudge>,
  signal: AbortSignal,
): Promise<void> {
  const cap = await persist(clock, signal, () => readCap(connector, signal));
  if (cap === undefined) return;
  await Promise.all(
    names.slice(0, cap).map(async ([database, ids]) => {
      for (;;) {
        const session = await persist(clock, signal, () => connector.open(signal, { database, statement: STATEMENT_MS }));
        if (!session) return;
        const error = await endOf(session, signal);
        if (signal.aborted) return;
        const why = `the session held in database ${database} ended${error ? `: ${connector.failure(error).say}` : ''}`;
        box.put({ ids, why });
      }
    }),
  );
}

async function readCap(connector: Connector, signal: AbortSignal): Promise<number> {
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
async function persist<T>(clock: Clock, signal: AbortSignal, attempt: () => Promise<T>): Promise<T | undefined> {
  for (let wait = FIRST_WAIT_MS; !signal.aborted; wait = Math.min(2 * wait, LONGEST_WAIT_MS)) {
    try {
      return await attempt();
    } catch {
      // Why it failed is for the sweep to say: it asks the same server.
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
