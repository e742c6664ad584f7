import type { AwsTarget } from '../../kind.ts';
import type { Origin, RdsSnapshot, Source } from '../../rds/snapshots.ts';

/** The types that an entry may name; the first two are of one listing. */
export const TYPES = ['manual', 'automated', 'awsbackup', 'shared'] as const;
type Type = (typeof TYPES)[number];

export interface SnapshotsTarget extends AwsTarget {
  readonly scope: string;
  readonly source: Source;
  readonly origin: Origin;
  readonly name: string;
  /** Accounts with which they may be shared; undefined: not asked. */
  readonly sharedWith: readonly string[] | undefined;
}

const CALLS: Readonly<Record<Source, string>> = { instance: 'rds:DescribeDBSnapshots', cluster: 'rds:DescribeDBClusterSnapshots' };
const ORIGINS: Readonly<Record<Origin, string>> = { own: '', awsbackup: ' managed by AWS Backup', shared: ' shared by other accounts' };

interface Place {
  readonly source: Source;
  readonly origin: Origin;
}

const PLACES: readonly Place[] = (['instance', 'cluster'] as const).flatMap((source) =>
  (['own', 'awsbackup', 'shared'] as const).map((origin) => ({ source, origin })),
);

export function scopeOf({ source, origin }: Place): string {
  return `${source} ${origin}`;
}

/** What the listing of `scope` is of. @throws Error where it is none of them */
export function placeOf(scope: string | undefined): Place {
  const place = PLACES.find((one) => scopeOf(one) === scope);
  if (!place) throw new Error(`no listing of snapshots has the scope ${scope}`);
  return place;
}

/** The call of each listing there is, by its scope. */
export const LISTINGS: Readonly<Record<string, string>> = Object.fromEntries(
  PLACES.map((place) => [scopeOf(place), `${CALLS[place.source]}${ORIGINS[place.origin]}`]),
);

/** The action that lists them. */
export function actionOf(source: Source): string {
  return CALLS[source];
}

export function originOf(type: Type | undefined): Origin {
  return type === 'awsbackup' || type === 'shared' ? type : 'own';
}

/** What a set is looked for by: `instance orders`, `instance orders manual`, `cluster orders shared 111122223333`. */
export function keyOf(source: Source, name: string, type: Type | undefined, owner: string | undefined): string {
  return [source, name, ...(type === undefined ? [] : [type]), ...(owner === undefined ? [] : [owner])].join(' ');
}

/** Every set that a snapshot is in; the first has all of its listing. */
export function keysOf({ source, origin, name, type, owner }: RdsSnapshot): string[] {
  if (name === '') return [];
  if (origin === 'own') return [keyOf(source, name, undefined, undefined), `${source} ${name} ${type}`];
  const all = keyOf(source, name, origin, undefined);
  return origin === 'shared' && owner !== undefined ? [all, keyOf(source, name, origin, owner)] : [all];
}
