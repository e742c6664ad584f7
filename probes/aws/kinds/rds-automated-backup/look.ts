import { defineSet, type Reading } from '../../kind.ts';
import { exact, flag, pinOf } from '../../measure.ts';
import { automatedBackups, type AutomatedBackup } from '../../rds/automated-backups.ts';
import { parameterGroups } from '../../rds/second.ts';
import type { BackupTarget } from './target.ts';

const DAY_MS = 86_400_000;

/** How far behind RDS is at most, where all is well: it uploads what it logs every five minutes. */
const CURRENT_MS = 20 * 60_000;

const keyOf = ({ source, name }: AutomatedBackup): string => `${source} ${name}`;

function pin({ source, resourceId, created, kmsKey: kms_key }: AutomatedBackup, account: string): Record<string, string> {
  return pinOf({ account, [source === 'cluster' ? 'cluster_resource_id' : 'dbi_resource_id']: resourceId, created, kms_key });
}

/**
 * Of several under one name (those kept of a database that is gone, and those of the one that was made in its place): the one that the
 * manifest pins, else that of the database which is there, else the last to be restorable.
 */
function chosen(backups: readonly AutomatedBackup[], pinned: string | undefined): AutomatedBackup | undefined {
  return (
    backups.find(({ resourceId }) => pinned !== undefined && resourceId === pinned) ??
    backups.find(({ status }) => status !== 'retained') ??
    backups.toSorted((a, b) => (b.latest?.getTime() ?? 0) - (a.latest?.getTime() ?? 0))[0]
  );
}

function read(backups: readonly AutomatedBackup[], { key, pinned }: BackupTarget, now: number, account: string): Reading {
  const one = chosen(backups, pinned);
  if (!one) return { pin: {}, measures: {}, gone: true, say: `nothing of ${key}` };
  const { status, earliest, latest, created, days } = one;
  const newest = latest ?? created;
  const window = earliest && latest ? `restorable from ${earliest.toISOString()} to ${latest.toISOString()}` : 'restorable to no moment';
  return {
    pin: pin(one, account),
    mixed: new Set(backups.map(({ resourceId }) => resourceId)).size > 1,
    measures: {
      backup_retention: exact(days * DAY_MS, 'ms'),
      encrypted: flag(one.encrypted),
      replicated: flag(one.replicas > 0),
      // What was never restorable has been so for as long as its database is there, and has no history.
      ...(newest && { 'restorable.age': exact(Math.max(0, now - newest.getTime()), 'ms') }),
      history: exact(earliest === undefined ? 0 : Math.max(0, now - earliest.getTime()), 'ms'),
    },
    say: `${key} is ${status}, ${one.resourceId ?? 'without a resource id'}, kept for ${days} days, ${window}`,
    ...(status === 'retained' && { doom: doomOf(one) }),
  };
}

/** Kept although the database is gone: restorable until the last of it is as old as it is kept for. */
function doomOf({ source, name, resourceId = '', latest, days }: AutomatedBackup): NonNullable<Reading['doom']> {
  const restore =
    source === 'cluster'
      ? `aws rds restore-db-cluster-to-point-in-time --source-db-cluster-resource-id ${resourceId}`
      : `aws rds restore-db-instance-to-point-in-time --source-dbi-resource-id ${resourceId}`;
  return {
    what: `the DB ${source} ${name} is gone (or, of copies in another region, is copied no more) and its backups are only kept until they expire`,
    undo: `${restore} --use-latest-restorable-time`,
    ...(latest && days > 0 && { undoBefore: latest.getTime() + days * DAY_MS }),
  };
}

/** Automated backups by what they are of: those of one name, which may be those of several databases one after another. */
export const looker = defineSet<AutomatedBackup, BackupTarget>({
  of: 'set',
  list: (vantage, scope) => automatedBackups(vantage, scope === 'cluster' ? 'cluster' : 'instance'),
  keys: (one) => (one.name === '' ? [] : [keyOf(one)]),
  account: ({ owner }) => owner,
  second: parameterGroups,
  narrow: {
    call: 'the same listing, of this database alone',
    notFound: [
      'DBInstanceAutomatedBackupNotFound',
      'DBInstanceAutomatedBackupNotFoundFault',
      'DBClusterAutomatedBackupNotFound',
      'DBClusterAutomatedBackupNotFoundFault',
    ],
    ask: async (vantage, { scope, name, key }) =>
      (await Array.fromAsync(automatedBackups(vantage, scope, name))).flat().filter((one) => keyOf(one) === key),
  },
  read,
  found: (key, backups, account, now) => {
    const one = chosen(backups, undefined);
    if (!one) return undefined;
    const { source, name, days, status, earliest, latest } = one;
    const back = earliest ? now - earliest.getTime() : 0;
    const isCurrent = status === 'active' && latest !== undefined && now - latest.getTime() < CURRENT_MS;
    return {
      label: key,
      name: `${name}-automated-backup`,
      entry: { [source]: name },
      pin: pin(one, account),
      expect: {
        ...(days > 0 && { min_backup_retention: `${days}d` }),
        ...(isCurrent && { restorable_within: '30m' }),
        ...(back >= 2 * DAY_MS && { min_history: `${Math.floor((back * 0.75) / DAY_MS)}d` }),
        ...(one.encrypted && { encrypted: true }),
        ...(one.replicas > 0 && { replicated: true }),
      },
      sweep: '1m',
      facts: [`${status}, kept for ${days} days`, ...(status === 'retained' ? [`the ${source} is gone: this is what is left of it`] : [])],
    };
  },
});
