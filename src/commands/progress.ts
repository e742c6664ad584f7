import type { Io } from './io.ts';
import { clean } from '../values/text.ts';

const WIDEST = 100;
const ERASE = '\r\u001b[K';

/** One line on a terminal that is written over and over; nothing where nobody looks at one. */
export class ProgressLine implements Disposable {
  readonly #io: Pick<Io, 'err' | 'showsProgress'>;
  #shown = false;

  constructor(io: Pick<Io, 'err' | 'showsProgress'>) {
    this.#io = io;
  }

  show(text: string): void {
    if (!this.#io.showsProgress) return;
    this.#shown = true;
    this.#io.err(`${ERASE}${clean(text, WIDEST)}`);
  }

  [Symbol.dispose](): void {
    if (this.#shown) this.#io.err(ERASE);
    this.#shown = false;
  }
}
