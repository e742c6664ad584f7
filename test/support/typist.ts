import { PassThrough, Writable } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';

const PATIENCE_MS = 90_000;

/** A person at a terminal of two streams: waits for what is asked, and types. */
export class Typist {
  readonly input = new PassThrough();
  readonly output: Writable;
  #shown = '';
  #read = 0;
  #heard: () => void = () => {};

  constructor() {
    this.output = new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        this.#shown += chunk.toString();
        this.#heard();
        done();
      },
    });
  }

  /** All that was shown, control sequences and all. */
  get shown(): string {
    return this.#shown;
  }

  /** Whether the last that was done with the cursor was to show it. */
  get showsCursor(): boolean {
    return this.#shown.lastIndexOf('\u001b[?25h') > this.#shown.lastIndexOf('\u001b[?25l');
  }

  /** Waits until `asked` is shown with its list, and takes the option that begins with `label`, or there presses another key. */
  async choose(asked: string, label: string, key: string = KEYS.enter): Promise<void> {
    // Through a terminal the end of the list before may come after the answer to it: what counts stands below the question.
    const below = (): string => this.#fresh().slice(Math.max(0, this.#fresh().lastIndexOf(asked)));
    await this.#until(asked);
    await this.#until(label, below);
    const options = [...below().matchAll(/[●○] (.*)/g)].map(([, text = '']) => text);
    const nth = options.findIndex((text) => text.startsWith(label));
    this.#type(KEYS.down.repeat(nth) + key);
  }

  /** Waits until `asked` is shown after what was last answered, then types `keys`, Enter included where it is wanted. */
  async answer(asked: string, keys: string): Promise<void> {
    await this.#until(asked);
    this.#type(keys);
  }

  #fresh(): string {
    return stripVTControlCharacters(this.#shown.slice(this.#read));
  }

  #type(keys: string): void {
    this.#read = this.#shown.length;
    this.input.write(keys);
  }

  async #until(asked: string, shown = (): string => this.#fresh()): Promise<void> {
    const late = Date.now() + PATIENCE_MS;
    while (!shown().includes(asked)) {
      if (Date.now() > late) throw new Error(`not asked: ${asked}\n${stripVTControlCharacters(this.#shown)}`);
      await Promise.race([new Promise<void>((resolve) => (this.#heard = resolve)), new Promise((resolve) => setTimeout(resolve, 200))]);
    }
  }
}

/** What a terminal sends for the key. */
export const KEYS = {
  enter: '\r',
  down: '\u001b[B',
  left: '\u001b[D',
  cancel: '\u0003',
  eof: '\u0004',
  erase: '\u007f'.repeat(80),
} as const;
