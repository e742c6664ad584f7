import type { Facet } from '../../../../src/probe.ts';
import type { AwsTarget } from '../../kind.ts';

export const PITR: Facet = 'protection/pitr';
export const WINDOW: Facet = 'protection/recovery_window';
export const BACKUP_COUNT: Facet = 'content/backups';
export const BACKUP_AGE: Facet = 'freshness/backup';
export const SENTINEL: Facet = 'content/sentinel';
/** What the sentinel is where there is none. */
export const NO_ITEM = 'not there';

/** One table; `key` is its name. */
export interface TableTarget extends AwsTarget {
  /** The key of the sentinel: its attributes, strings and numbers. */
  readonly sentinel?: Readonly<Record<string, string | number>>;
  /** True where backups on demand are asked for. */
  readonly backups: boolean;
}
