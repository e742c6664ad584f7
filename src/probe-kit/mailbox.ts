/** What several hands put in, read in order by one. */
export class Mailbox<T> implements AsyncIterable<T> {
  readonly #items: T[] = [];
  #ended = false;
  #wake: () => void = () => undefined;

  put(item: T): void {
    this.#items.push(item);
    this.#wake();
  }

  /** Nothing more will come; what is in it can still be read. */
  end(): void {
    this.#ended = true;
    this.#wake();
  }

  /** Takes all that is there, without waiting. */
  drain(): T[] {
    return this.#items.splice(0);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, void> {
    for (;;) {
      // One by one: what has not been read yet can still be drained.
      const next = this.#items.splice(0, 1);
      yield* next;
      if (next.length > 0) continue;
      if (this.#ended) return;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}
