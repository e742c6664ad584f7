import { formatDuration } from '../../src/values/duration.ts';

/**
 * SQL for how far this server is behind its primary, in seconds: null where replay is paused or nothing can be said. The age of the last
 * replayed commit means nothing on a standby that has replayed all that its live receiver got: its primary is idle.
 * Such a one has replayed more than that where it was restarted: its receiver begins anew at the start of a WAL segment.
 */
export const BEHIND = `case when not pg_catalog.pg_is_in_recovery() then 0
    when pg_catalog.pg_is_wal_replay_paused() then null
    when pg_catalog.pg_last_wal_receive_lsn() <= pg_catalog.pg_last_wal_replay_lsn()
      and exists (select from pg_catalog.pg_stat_get_wal_receiver() as receiver where receiver.pid is not null) then 0
    else extract(epoch from pg_catalog.clock_timestamp() - pg_catalog.pg_last_xact_replay_timestamp()) end::float8`;

/** Why an answer may be older than it is good for; undefined where it is not. `behind` in seconds, as `BEHIND` says it; `bound` in ms. */
export function staleness(behind: number | null, bound: number): string | undefined {
  if (behind === null) return 'a standby whose replay is paused, or that cannot say how far it is behind';
  const ms = behind * 1000;
  return ms <= bound ? undefined : `a standby ${formatDuration(ms)} behind, more than ${formatDuration(bound)}`;
}
