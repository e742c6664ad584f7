import type { Client } from 'pg';
import { BadAnswer } from '../../src/probe-kit/failure.ts';

/** Most that a server may say in answer to one question; a list of a hundred thousand databases takes less than half of it. */
const MOST_MIB = 64;
const MOST_BYTES = MOST_MIB * 1024 * 1024;
/** A message's type, and its length with the length's own four bytes. */
const HEADER = 5;

type Listener = (chunk: Buffer) => void;

interface Stream {
  on(event: string, listener: Listener): unknown;
  destroy(error: Error): unknown;
}

/** The driver's own way of reading a connection: on the socket or, after the handshake, on TLS. */
interface Connection {
  attachListeners: (stream: Stream) => void;
}

/**
 * Stands between the socket and the driver's parser, which believes every length it is told and throws at the socket where one is a lie:
 * unheard, that would end the process. A server that speaks nonsense, or without end, loses its connection instead.
 * Returns what begins the count of bytes anew, to be called before each question.
 */
export function guardAnswers(client: Client): () => void {
  const { connection } = client as unknown as { connection: Connection };
  const attach = connection.attachListeners.bind(connection);
  let heard = 0;
  const guarded = (stream: Stream, listener: Listener): Listener => {
    const longest = measureMessages();
    return (chunk) => {
      heard += chunk.length;
      const length = longest(chunk);
      if (heard > MOST_BYTES || length > MOST_BYTES) {
        stream.destroy(new BadAnswer(`the server says more than ${MOST_MIB} MiB in answer to one question`));
        return;
      }
      try {
        // The parser would go round for ever over a message that is shorter than its own length.
        if (Number.isNaN(length)) throw new RangeError('a message without room for its length');
        listener(chunk);
      } catch {
        stream.destroy(new BadAnswer('the server does not speak the PostgreSQL protocol'));
      }
    };
  };
  connection.attachListeners = (stream: Stream) =>
    attach({
      on: (event, listener) => stream.on(event, event === 'data' ? guarded(stream, listener) : listener),
      destroy: (error) => stream.destroy(error),
    });
  return () => {
    heard = 0;
  };
}

/** Follows the messages from chunk to chunk: the longest announced in each, in bytes; NaN where one is none. */
function measureMessages(): (chunk: Buffer) => number {
  const header = Buffer.alloc(HEADER);
  let [filled, left] = [0, 0];
  // The last two bytes of the message under way, so that a message of none does not end in zeros, and one of a single zero does.
  let [before, last] = [1, 0];
  /** ErrorResponse and NoticeResponse are lists that a zero ends; the parser reads on for ever over one that does not end. */
  const isEndless = (): boolean => left === 0 && /[EN]/.test(String.fromCharCode(header[0] ?? 0)) && (before !== 0 || last !== 0);
  return (chunk) => {
    let longest = 0;
    for (let at = 0; at < chunk.length;) {
      if (left > 0) {
        const end = Math.min(chunk.length, at + left);
        for (const byte of chunk.subarray(Math.max(at, end - 2), end)) [before, last] = [last, byte];
        left -= end - at;
        at = end;
        if (isEndless()) return Number.NaN;
        continue;
      }
      header[filled++] = chunk[at++] ?? 0;
      if (filled < HEADER) continue;
      filled = 0;
      const length = header.readInt32BE(1);
      if (length < HEADER - 1) return Number.NaN;
      longest = Math.max(longest, length);
      left = length - (HEADER - 1);
      [before, last] = [1, 0];
      if (isEndless()) return Number.NaN;
    }
    return longest;
  };
}
