import type { Hearing, Nudge, ProbeContext } from '../../../src/probe.ts';
import type { Concerned } from './concerned.ts';
import { listenTo } from './ear.ts';
import { readHappening } from './happening.ts';
import { Hush } from './hush.ts';
import type { Queue } from './queue.ts';
import type { Message } from './receive.ts';

interface Listening {
  readonly queues: readonly Queue[];
  readonly concerned: Concerned;
  readonly receive: (queue: Queue, signal: AbortSignal) => Promise<readonly Message[]>;
  readonly clock: ProbeContext['clock'];
}

/** Listens to queues of events until `signal` aborts: what on the roll is named becomes due, and what cannot be heard is told. */
export async function* listen(
  { queues, concerned, receive, clock }: Listening,
  signal: AbortSignal,
): AsyncGenerator<Nudge | Hearing, void, void> {
  const hush = new Hush((id) => concerned.listingOf(id));
  /** How each stands that has said so. */
  const standing = new Map<Queue, string | null>();
  const left = new AbortController();
  const either = AbortSignal.any([signal, left.signal]);
  let bell = Promise.withResolvers<void>();
  either.addEventListener('abort', () => bell.resolve(), { once: true });
  const ears = queues.map((queue) =>
    listenTo(
      (within) => receive(queue, within),
      {
        message: (body) => {
          const happening = readHappening(body);
          if (happening) hush.add(concerned.by(happening), clock.now().steady);
          bell.resolve();
        },
        stands: (deaf) => {
          standing.set(queue, deaf);
          bell.resolve();
        },
      },
      clock,
      either,
    ),
  );
  let told: string | null | undefined;
  try {
    while (!either.aborted) {
      bell = Promise.withResolvers();
      const hearing = howHeard(queues, standing);
      if (hearing !== undefined && hearing !== told) yield { deaf: (told = hearing) };
      const ids = hush.take(clock.now().steady);
      if (ids.length > 0) yield { ids, why: 'a message in the queue of events named it', told: true };
      await untilRung(bell.promise, hush.wait(clock.now().steady), clock);
    }
  } finally {
    left.abort();
    await Promise.all(ears);
  }
}

/** What is told of all queues together; undefined until each has said how it stands, or one that it is not heard. */
function howHeard(queues: readonly Queue[], standing: ReadonlyMap<Queue, string | null>): string | null | undefined {
  const deaf = [...standing].flatMap(([{ arn }, why]) => (why === null ? [] : [`${arn}: ${why}`]));
  if (deaf.length > 0) return deaf.toSorted().join('; ');
  return standing.size === queues.length ? null : undefined;
}

async function untilRung(ringing: Promise<void>, ms: number, clock: ProbeContext['clock']): Promise<void> {
  if (ms === Infinity) return ringing;
  const heard = new AbortController();
  await Promise.race([ringing, clock.sleep(ms, heard.signal).catch(() => undefined)]);
  heard.abort();
}
