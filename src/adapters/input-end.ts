import type { Readable } from 'node:stream';

interface Key {
  readonly name?: string | undefined;
  readonly ctrl?: boolean | undefined;
}

/**
 * For one question at a terminal: `signal` aborts where `outer` does, and where the input ends. Readline takes ^D on an empty line for the end, stops
 * reading, and tells nobody: whoever waits for an answer would wait for ever, at a terminal that no key gets through to any more.
 */
export class InputEnd implements Disposable {
  readonly #over = new AbortController();
  readonly #input: Readable;
  readonly #outer: AbortSignal;
  readonly signal = this.#over.signal;
  readonly #end = (): void => this.#over.abort();
  readonly #onKey = (_text: string | undefined, key: Key | undefined): void => {
    // In a line that holds something it deletes to the right, and reading goes on.
    if (key?.ctrl === true && key.name === 'd') setImmediate(() => this.#input.isPaused() && this.#end());
  };

  constructor(input: Readable, outer: AbortSignal) {
    this.#input = input;
    this.#outer = outer;
    if (outer.aborted || input.readableEnded) this.#end();
    outer.addEventListener('abort', this.#end);
    input.on('end', this.#end).on('keypress', this.#onKey);
  }

  [Symbol.dispose](): void {
    this.#outer.removeEventListener('abort', this.#end);
    this.#input.off('end', this.#end).off('keypress', this.#onKey);
  }
}
