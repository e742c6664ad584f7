import { BadAnswer, errorFields, type Failure } from '../../src/probe-kit/failure.ts';
import type { BlindReason } from '../../src/probe.ts';
import { redact } from '../../src/values/secret.ts';
import { clean } from '../../src/values/text.ts';

/** The server's own word, `-CODE text`. */
export class Refusal extends Error {
  readonly code: string;

  constructor(line: string) {
    super(line);
    this.code = /^[A-Z]+/.exec(line)?.[0] ?? '';
  }
}

const REASONS: Readonly<Record<string, BlindReason>> = {
  NOAUTH: 'denied',
  NOPERM: 'denied',
  WRONGPASS: 'denied',
  DENIED: 'denied', // protected mode
  LOADING: 'partial-answer',
  MASTERDOWN: 'stale-vantage',
  BUSY: 'timeout', // a script that does not end
  CLUSTERDOWN: 'unreachable',
};
/** Sentences of servers that give no code of their own for it: a full house, and passwords before Redis 6.2. */
const SENTENCES: readonly (readonly [RegExp, BlindReason])[] = [
  [/^ERR max number of clients/i, 'throttled'],
  [/^ERR (?:AUTH |invalid password|Client sent AUTH)/i, 'denied'],
];

/** Sorts an error of the server, the socket or TLS. `secrets` are masked in its text. */
export function failureOf(error: unknown, secrets: readonly string[] = []): Failure {
  const { code = '', message, name } = errorFields(error);
  const text = code === '' || message.startsWith(code) ? message : `${code}: ${message}`;
  return { reason: reasonOf(error, code, name), code, say: clean(redact(text, secrets)), filesGone: false };
}

function reasonOf(error: unknown, code: string, name: string): BlindReason {
  if (error instanceof Refusal) return REASONS[code] ?? SENTENCES.find(([sentence]) => sentence.test(error.message))?.[1] ?? 'protocol';
  if (error instanceof BadAnswer) return 'protocol';
  if (name === 'TimeoutError') return 'timeout';
  // Anything else with a code comes from the socket, the resolver, TLS or the file of a certificate.
  return code === '' ? 'threw' : 'unreachable';
}
