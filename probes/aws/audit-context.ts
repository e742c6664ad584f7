import type { Unaudited, Wanted } from '../../src/probe.ts';
import { clean } from '../../src/values/text.ts';
import type { Home } from './base-identity.ts';
import type { Failure } from './errors.ts';
import type { AwsKind, AwsTarget } from './kind.ts';
import type { Refusals } from './refusals.ts';
import type { Connection } from './schema.ts';
import type { Session } from './session.ts';

/** What one audit is made with. */
export interface Audit {
  readonly connection: Connection;
  readonly session: Session;
  readonly wanted: readonly Wanted<AwsTarget>[];
  readonly kinds: ReadonlyMap<string, AwsKind>;
  /** Whose the credentials are that the role is assumed with, or why that could not be told. */
  readonly base: Home | Failure;
  /** Policies of resources that were not let read lately. */
  readonly unread: Refusals;
  readonly signal: AbortSignal;
}

/** Could not be found out, and why. */
export function unaudited(on: string, reason: Failure['reason'], say: string): Unaudited {
  return { kind: 'unaudited', on: clean(on, 160), reason, say: clean(say, 400) };
}
