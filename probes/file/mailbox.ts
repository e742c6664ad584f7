/** Things put in by several writers, taken out by one reader as they come. */
export class Mailbox<T> implements AsyncIterable<T> {
  readonly #things: T[] = [];
  #wake: (() => void) | undefined;
  #ended = false;

  put(thing: T): void {
    this.#things.push(thing);
    this.#wake?.();
  }

  /** Nothing more comes; what is in is still given out. */
  end(): void {
    this.#ended = true;
    this.#wake?.();
  }

  async *[Symbol.asyncIterator](): AsyncIterator<T> {
    for (;;) {
      yield* this.#things.splice(0);
      if (this.#things.length > 0) continue;
      if (this.#ended) return;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}
