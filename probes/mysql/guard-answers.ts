import type { Connection as Driver } from 'mysql2';
import { BadAnswer } from '../../src/probe-kit/failure.ts';

/** Most that a server may say in answer to one question; a list of a hundred thousand databases takes less than half of it. */
const MOST_MIB = 64;
const EVERY_MS = 50;

/** The driver's own way from the parser to whoever asked. */
interface Internals {
  handlePacket: (packet: { readonly sequenceId: number } | undefined) => void;
  readonly sequenceId: number;
  /** What is being asked, if anything. */
  readonly _command: unknown;
  readonly stream: { readonly bytesRead?: number; destroy(error: Error): unknown };
}

/**
 * Stands between the driver's parser and its commands, which throw at the socket what they cannot read: unheard, that would end the
 * process. A server that speaks nonsense loses its connection instead. Returns what begins to count the bytes of an answer, and calls
 * `tooMuch` where it has no end; that returns what ends the counting.
 */
export function guardAnswers(driver: Driver): (tooMuch: (what: string) => void) => () => void {
  const internals = driver as unknown as Internals;
  const handle = internals.handlePacket.bind(driver);
  internals.handlePacket = (packet) => {
    try {
      // The driver would only print that, and go on.
      if (packet && internals._command && packet.sequenceId !== internals.sequenceId) throw new RangeError('packets out of order');
      handle(packet);
    } catch (error) {
      const why = error instanceof Error && !(error instanceof RangeError) && !(error instanceof TypeError) ? `: ${error.message}` : '';
      internals.stream.destroy(new BadAnswer(`the server does not speak as a MySQL does${why}`));
    }
  };
  return (tooMuch) => {
    const before = internals.stream.bytesRead ?? 0;
    const timer = setInterval(() => {
      if ((internals.stream.bytesRead ?? 0) - before > MOST_MIB * 1024 ** 2)
        tooMuch(`the server says more than ${MOST_MIB} MiB in answer to one question`);
    }, EVERY_MS);
    return () => clearInterval(timer);
  };
}
