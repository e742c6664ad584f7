import { codeOf } from '../../errors.ts';
import { copyMeasures, newestOf, sayCopies } from '../../copies.ts';
import { defineSet, type Proposal, type Reading } from '../../kind.ts';
import { pinOf } from '../../measure.ts';
import { restorersOf, snapshotsOf, type RdsSnapshot } from '../../rds/snapshots.ts';
import { parameterGroups } from '../../rds/second.ts';
import { proposeCopies } from '../../propose-copies.ts';
import { sharesStep } from '../../shares.ts';
import { actionOf, keysOf, placeOf, TYPES, type SnapshotsTarget } from './target.ts';

/** Whose they are is what the newest says: older ones may be of a database that had the name before. */
function pin(snapshots: readonly RdsSnapshot[], account: string): Record<string, string> {
  const { source, resourceId } = newestOf(snapshots) ?? snapshots[0] ?? {};
  return pinOf({ account, [source === 'cluster' ? 'cluster_resource_id' : 'dbi_resource_id']: resourceId });
}

function read(snapshots: readonly RdsSnapshot[], { key }: SnapshotsTarget, now: number, account: string): Reading {
  const say = `${key}: ${sayCopies(snapshots)}`;
  return {
    pin: pin(snapshots, account),
    measures: copyMeasures(snapshots, now),
    mixed: new Set(snapshots.map(({ resourceId }) => resourceId)).size > 1,
    say,
    ...(snapshots.every(({ status }) => status === 'deleting') && {
      doom: {
        what: `all snapshots of ${key} are being deleted`,
        undo: 'a deletion that has begun cannot be stopped: what is left are other copies',
      },
    }),
  };
}

/**
 * Where some were made by hand or by a job, these are proposed: they outlive the database. Those that RDS makes itself go with it, and are what
 * `aws.rds.automated_backup` is of.
 */
function found(key: string, snapshots: readonly RdsSnapshot[], account: string, now: number): Proposal | undefined {
  const [first] = snapshots;
  if (!first || keysOf(first)[0] !== key) return undefined;
  const { source, name, origin } = first;
  const types = Map.groupBy(snapshots, ({ type }) => type);
  const type = origin === 'own' ? TYPES.find((one) => types.has(one)) : origin;
  const own = origin === 'own' && type !== undefined ? (types.get(type) ?? []) : snapshots;
  const others = snapshots.length - own.length;
  const { expect, facts } = proposeCopies(own, now);
  return {
    label: key,
    name: `${name}-${origin === 'own' ? '' : `${origin}-`}snapshots`,
    entry: { [source]: name, ...(type !== undefined && { type }) },
    pin: pin(own, account),
    expect,
    sweep: '1m',
    inspect: '1h',
    facts: [...facts, ...(others > 0 ? [`${others} more that RDS made itself, and deletes with the ${source}`] : [])],
  };
}

/** Snapshots by what they were taken of. Those with whom they are shared are asked of one by one, in an inspection. */
export const looker = defineSet<RdsSnapshot, SnapshotsTarget>({
  of: 'set',
  list: (vantage, scope) => {
    const { source, origin } = placeOf(scope);
    return snapshotsOf(vantage, source, origin);
  },
  keys: keysOf,
  // What others share is theirs.
  account: ({ origin, owner }) => (origin === 'shared' ? undefined : owner),
  second: parameterGroups,
  narrow: {
    call: 'the same listing, of this database alone',
    notFound: [],
    ask: async (vantage, { source, origin, name, key }) =>
      (await Array.fromAsync(snapshotsOf(vantage, source, origin, { name }))).flat().filter((one) => keysOf(one).includes(key)),
  },
  read,
  steps: (vantage, { source, name, sharedWith }) =>
    sharedWith === undefined
      ? []
      : [
          sharesStep({
            call: actionOf(source).replace(/s$/, 'Attributes'),
            allowed: sharedWith,
            ids: async () =>
              (await Array.fromAsync(snapshotsOf(vantage, source, 'own', { name, manual: true }))).flat().map(({ id }) => id),
            of: async (id) => {
              try {
                return await restorersOf(vantage, source, id);
              } catch (error) {
                // Deleted since it was listed.
                if (/^DB(?:Cluster)?SnapshotNotFound/.test(codeOf(error))) return [];
                throw error;
              }
            },
          }),
        ],
  found,
});
