/** Does `work` for every item, at most `width` at a time, and hands on each result as it comes. `work` must not throw. */
export async function* inLanes<Item, Result>(
  items: readonly Item[],
  width: number,
  work: (item: Item) => Promise<Result>,
): AsyncGenerator<Result, void, void> {
  const running = new Map<number, Promise<readonly [number, Result]>>();
  let next = 0;
  const start = (): void => {
    const at = next++;
    const item = items[at] as Item;
    running.set(
      at,
      work(item).then((result) => [at, result] as const),
    );
  };
  while (next < items.length && running.size < width) start();
  while (running.size > 0) {
    const [at, result] = await Promise.race(running.values());
    running.delete(at);
    if (next < items.length) start();
    yield result;
  }
}
