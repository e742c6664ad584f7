/** Thrown where a structure reaches past the end of what may be read. */
export class Cut extends Error {}

/** Reads the numbers and texts of a `pg_dump` archive one after the other, through a window on the file. */
export class Cursor {
  readonly #read: (at: number, length: number) => Buffer;
  readonly #intSize: number;
  readonly #end: number;
  #at: number;
  #window: Buffer = Buffer.alloc(0);
  #from = 0;

  constructor(read: (at: number, length: number) => Buffer, at: number, intSize: number, end: number) {
    this.#read = read;
    this.#at = at;
    this.#intSize = intSize;
    this.#end = end;
  }

  get at(): number {
    return this.#at;
  }

  skip(count: number): void {
    if (count < 0 || this.#at + count > this.#end) {
      this.#at = this.#end;
      throw new Cut();
    }
    this.#at += count;
  }

  byte(): number {
    return this.number(1);
  }

  /** A little-endian number of up to eight bytes. */
  number(length: number): number {
    const from = this.#at;
    this.skip(length);
    if (from < this.#from || this.#at > this.#from + this.#window.length) {
      this.#window = this.#read(from, 8192);
      this.#from = from;
    }
    let value = 0;
    for (let i = length - 1; i >= 0; i--) value = value * 256 + (this.#window[from - this.#from + i] ?? 0);
    return value;
  }

  /** A sign byte and a number of the archive's own width. */
  int(): number {
    const negative = this.byte() !== 0;
    const value = this.number(this.#intSize);
    return negative ? -value : value;
  }

  /** Passes a text; false where it is none. */
  text(): boolean {
    const length = this.int();
    if (length < 0) return false;
    this.skip(length);
    return true;
  }
}
