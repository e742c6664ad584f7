import { BadAnswer } from '../../src/probe-kit/failure.ts';
import { Refusal } from './errors.ts';

/** One answer: a text, a number, nothing (a key that is not there), or a refusal. Of RESP2 what the questions of this probe are answered with. */
export type Reply = string | number | null | Refusal;

/** Most that a server may say in answer to one question; INFO of one with hundreds of databases is a fortieth of it. */
const MOST_MIB = 4;
const MOST_BYTES = MOST_MIB * 1024 * 1024;
const LONGEST_LINE = 64 * 1024;

/** A command as RESP has it: words of any bytes, each with its length, so that nothing in one can end it. */
export function encodeCommand(words: readonly string[]): string {
  return `*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('')}`;
}

/** Takes what comes in pieces, and gives out whole answers. */
export class Replies {
  #held: Buffer = Buffer.alloc(0);
  /** What came since, not yet put together: an answer that comes byte by byte costs no copy of it for each. */
  #pieces: Buffer[] = [];
  #size = 0;
  /** Bytes that the next answer needs before it is worth another try. */
  #needed = 1;

  /** @throws BadAnswer on what is no RESP2, and on an answer without end. */
  take(chunk: Buffer): Reply[] {
    this.#pieces.push(chunk);
    this.#size += chunk.length;
    if (this.#size < this.#needed) return [];
    this.#held = Buffer.concat([this.#held, ...this.#pieces.splice(0)]);
    const whole: Reply[] = [];
    while (this.#held.length >= this.#needed) {
      const found = this.#next();
      if (!found) break;
      whole.push(found.reply);
      this.#held = this.#held.subarray(found.length);
      this.#needed = 1;
    }
    this.#size = this.#held.length;
    return whole;
  }

  #next(): { readonly reply: Reply; readonly length: number } | undefined {
    const end = this.#held.indexOf('\r\n');
    if (end < 0) {
      if (this.#held.length > LONGEST_LINE) throw new BadAnswer('the server says a line without end');
      if (!'+-:$'.includes(String.fromCharCode(this.#held[0] ?? 0))) throw notRedis();
      this.#needed = this.#held.length + 1;
      return undefined;
    }
    const line = this.#held.toString('utf8', 1, end);
    const after = end + 2;
    switch (String.fromCharCode(this.#held[0] ?? 0)) {
      case '+':
        return { reply: line, length: after };
      case '-':
        return { reply: new Refusal(line), length: after };
      case ':':
        if (!/^-?\d{1,15}$/.test(line)) throw notRedis();
        return { reply: Number(line), length: after };
      case '$':
        return this.#bulk(line, after);
      default:
        throw notRedis();
    }
  }

  #bulk(line: string, from: number): { readonly reply: Reply; readonly length: number } | undefined {
    if (line === '-1') return { reply: null, length: from };
    if (!/^\d{1,10}$/.test(line)) throw notRedis();
    const size = Number(line);
    if (size > MOST_BYTES) throw new BadAnswer(`the server says more than ${MOST_MIB} MiB in answer to one question`);
    const length = from + size + 2;
    if (this.#held.length < length) {
      this.#needed = length;
      return undefined;
    }
    if (this.#held.toString('latin1', length - 2, length) !== '\r\n') throw notRedis();
    return { reply: this.#held.toString('utf8', from, from + size), length };
  }
}

function notRedis(): BadAnswer {
  return new BadAnswer('what answers does not speak the protocol of Redis');
}
