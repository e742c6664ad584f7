import { ROLES, type Role, type World } from './world.ts';

/** What one role has cost the watched server since it was last asked to forget. */
export interface ServerLoad {
  readonly statements: number;
  /** Of them, those that read the list of databases: each looks at all of them once. */
  readonly listings: number;
  /** Seconds the server spent on them, without logins. */
  readonly seconds: number;
  readonly connections: number;
}

/** Reads the counters of a role: statements from pg_stat_statements, logins from the server's log. */
export async function readLoad(world: World, role: Role): Promise<ServerLoad> {
  const { rows } = await world.admin.query<{ statements: number; listings: number; seconds: number }>(
    `SELECT coalesce(sum(calls), 0)::int AS statements,
            coalesce(sum(calls) FILTER (WHERE query LIKE '%pg_database%'), 0)::int AS listings,
            coalesce(sum(total_exec_time + total_plan_time), 0) / 1000 AS seconds
     FROM pg_stat_statements s JOIN pg_roles r ON r.oid = s.userid WHERE r.rolname = $1`,
    [ROLES[role]],
  );
  const connections = world.server.log.split(`connection authorized: user=${ROLES[role]} `).length - 1;
  const [row] = rows;
  if (!row) throw new Error('no counters');
  return { ...row, connections };
}

export function since(now: ServerLoad, then: ServerLoad): ServerLoad {
  return {
    statements: now.statements - then.statements,
    listings: now.listings - then.listings,
    seconds: now.seconds - then.seconds,
    connections: now.connections - then.connections,
  };
}
