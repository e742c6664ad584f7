import type { ProbeContext } from '../../../src/probe.ts';
import { failureOf } from '../errors.ts';
import type { Message } from './receive.ts';

const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 60_000;
/** Failing for this long, what is heard of is no longer told in time, and somebody should know. */
const DEAF_MS = 60_000;
/** How much is read in a second: what is large is read slowly, so that no flood of it takes the processor from the looks. */
const CHARS_PER_MS = 1024;
/** An answer without a message that comes sooner than this did not wait for one: asked at once again it would be asked without end. */
const AT_ONCE_MS = 1000;
/** Ids of messages that are remembered: SQS hands one out twice now and then. */
const REMEMBERED = 10_000;

export interface Hears {
  /** A message that was not handed out before; its text is whoever's who may send. */
  readonly message: (body: string) => void;
  /** After each answer: how the queue stands, null where it is heard. */
  readonly stands: (deaf: string | null) => void;
}

/** Listens to one queue until `signal` aborts. Whatever fails is tried again, ever more rarely. Never rejects. */
export async function listenTo(
  receive: (signal: AbortSignal) => Promise<readonly Message[]>,
  { message, stands }: Hears,
  clock: ProbeContext['clock'],
  signal: AbortSignal,
): Promise<void> {
  const seen = new Set<string>();
  const nap = (ms: number): Promise<void> => clock.sleep(ms, signal).catch(() => undefined);
  let wait = FIRST_WAIT_MS;
  let failingSince: number | undefined;
  /** What was told first: a failure that has two faces by turns shall not be news each time. */
  let deaf: string | undefined;
  while (!signal.aborted) {
    const began = clock.now().steady;
    try {
      const messages = await receive(signal);
      [wait, failingSince, deaf] = [FIRST_WAIT_MS, undefined, undefined];
      let chars = 0;
      for (const { id, body } of messages) {
        chars += body.length;
        if (id === undefined || isNew(seen, id)) message(body);
      }
      stands(null);
      const early = messages.length === 0 && clock.now().steady - began < AT_ONCE_MS;
      await nap(early ? AT_ONCE_MS : chars / CHARS_PER_MS);
    } catch (error) {
      if (signal.aborted) return;
      const { say, reason } = failureOf(error);
      const now = clock.now().steady;
      failingSince ??= now;
      if (now - failingSince >= DEAF_MS) stands((deaf ??= `${reason}: ${say}`));
      await nap(wait);
      wait = Math.min(2 * wait, LONGEST_WAIT_MS);
    }
  }
}

function isNew(seen: Set<string>, id: string): boolean {
  if (seen.has(id)) return false;
  seen.add(id);
  for (const oldest of seen) {
    if (seen.size <= REMEMBERED) break;
    seen.delete(oldest);
  }
  return true;
}
