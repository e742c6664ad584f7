import type { Instant } from '../../src/probe.ts';
import type { Caller } from './caller.ts';
import type { Clients, Service } from './clients.ts';

/**
 * One call: paced for its API, bounded in time, tried again where it is throttled. `send` hands the options on to the client, or the call cannot be
 * broken off. @throws what the client throws; `Late` where no answer came in time.
 */
export type Ask = <S extends Service, Answer>(
  service: S,
  action: string,
  send: (client: Clients[S], options: { readonly abortSignal: AbortSignal }) => Promise<Answer>,
) => Promise<Answer>;

/** From where one look is made: an asserted caller in one region. */
export interface Vantage extends Pick<Caller, 'account' | 'identity' | 'name'> {
  readonly region: string;
  readonly ask: Ask;
  /** The same caller in another region of the same partition. */
  in(region: string): Vantage;
  now(): Instant;
  /** What evidence says of a pace below the usual, of any API asked here; undefined at the usual one. */
  slowed(): string | undefined;
}
