import { Mailbox } from './mailbox.ts';

/**
 * Does `work` for every item, at most `width` at a time, and hands on what each says as soon as it says it. `work` must not throw, and
 * must end soon after its signal aborts: it does when `signal` does, or when the reader goes away.
 */
export async function* inLanes<Item, Said>(
  items: readonly Item[],
  width: number,
  signal: AbortSignal,
  work: (item: Item, say: (said: Said) => void, signal: AbortSignal) => Promise<void>,
): AsyncGenerator<Said, void, void> {
  const left = new AbortController();
  const either = AbortSignal.any([signal, left.signal]);
  const queue = [...items];
  const box = new Mailbox<Said>();
  const lane = async () => {
    for (let next = queue.shift(); next !== undefined && !either.aborted; next = queue.shift())
      await work(next, (said) => box.put(said), either);
  };
  const lanes = Promise.all(Array.from({ length: Math.min(width, items.length) }, lane)).finally(() => box.end());
  try {
    yield* box;
  } finally {
    left.abort();
    await lanes;
  }
}
