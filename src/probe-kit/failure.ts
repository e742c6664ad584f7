import type { BlindReason } from '../probe.ts';

/** What went wrong, as a report may say it. `code`: the server's own, or the system's error code. */
export interface Failure {
  readonly reason: BlindReason;
  readonly code: string;
  readonly say: string;
  /** The files of the server or of the database are gone, although something still answers for them. */
  readonly filesGone: boolean;
}

/** Why one thing could not be looked at. */
export type Denial = Pick<Failure, 'reason' | 'say'>;

/** A connection that cannot even be tried: what is wrong with the url, never the url. */
export class BadAddress extends Error {}

/** What answers does not speak as such a server does, or says more than anybody could ask. */
export class BadAnswer extends Error {}

/** What any error says of itself. */
export interface ErrorFields {
  readonly code?: string;
  readonly message: string;
  readonly name: string;
}

/** Fields of an error of a driver, the socket or TLS. A host with several addresses fails with one error per address and no text of its own. */
export function errorFields(error: unknown): ErrorFields {
  if (!(error instanceof Error)) return { message: String(error), name: '' };
  const { code } = error as { code?: unknown };
  const first = error instanceof AggregateError ? (error.errors[0] as unknown) : undefined;
  const message = error.message === '' && first instanceof Error ? first.message : error.message;
  return { message, name: error.name, ...(typeof code === 'string' && { code }) };
}
