import type { Session } from './session.ts';
import type { TableName } from './table-name.ts';

/** A role that somebody is, or can become: by inheritance, by SET ROLE or by granting it to itself. */
export interface Role {
  readonly name: string;
  readonly oid: string;
  readonly super: boolean;
  readonly createdb: boolean;
  readonly createrole: boolean;
  readonly replication: boolean;
  readonly bypassrls: boolean;
}

/** Somebody and everybody whom it can become, itself first; nobody where there is no such role. A superuser need become nobody. */
export interface Subject {
  readonly name: string;
  readonly roles: readonly Role[];
}

/** A right on an object as its access list has it, or that the grantee owns it (`OWNER`). */
export interface Power {
  readonly kind: 'database' | 'schema' | 'table' | 'sequence' | 'function' | 'parameter';
  /** As SQL names it, quoted by the server. */
  readonly object: string;
  /** As the catalogue has them, where it is a table or in one. */
  readonly schema?: string;
  readonly name: string;
  readonly rights: readonly string[];
  /** The role that has it; PUBLIC is `0`. */
  readonly grantee: string;
  /** Of a function: whether a superuser owns it. */
  readonly superOwned?: boolean;
}

/** The server as whoever audits sees it. */
export interface Server {
  readonly system: string;
  readonly user: string;
  readonly databases: readonly { readonly name: string; readonly lets: boolean }[];
}

export const PUBLIC = '0';
/** More than anybody reads; what is cut off is the least grave, and said. */
export const MOST = 2000;

const SERVER = `
select system.system_identifier::text as system, current_user::text as "user",
  (select pg_catalog.json_agg(pg_catalog.json_build_object('name', d.datname,
      'lets', d.datallowconn and d.datconnlimit <> -2 and pg_catalog.has_database_privilege(d.oid, 'CONNECT')) order by d.datname)
    from pg_catalog.pg_database d where not d.datistemplate) as databases
from pg_catalog.pg_control_system() as system`;

const SUBJECTS = `
select w.name, coalesce((select pg_catalog.json_agg(pg_catalog.json_build_object('name', r.rolname, 'oid', r.oid::text, 'super', r.rolsuper,
      'createdb', r.rolcreatedb, 'createrole', r.rolcreaterole, 'replication', r.rolreplication, 'bypassrls', r.rolbypassrls)
      order by r.oid <> s.oid, r.rolname)
    from pg_catalog.pg_roles r where r.oid = s.oid
      or (not s.rolsuper and r.rolname <> 'pg_database_owner' and pg_catalog.pg_has_role(s.oid, r.oid, 'MEMBER'))), '[]') as roles
from pg_catalog.unnest($1::text[]) with ordinality as w(name, nth) left join pg_catalog.pg_roles s on s.rolname = w.name order by w.nth`;

// By the access lists and owners themselves: they say through whom, which the functions of the has_ family do not.
const OUTSIDE = `
select 'database' as kind, pg_catalog.quote_ident(d.datname) as object, d.datname::text as name, array['OWNER'] as rights,
  d.datdba::text as grantee
from pg_catalog.pg_database d where d.datdba::text = any ($1::text[])
union all
select 'database', pg_catalog.quote_ident(d.datname), d.datname::text, array['CREATE'], a.grantee::text
from pg_catalog.pg_database d, pg_catalog.aclexplode(d.datacl) a
where a.privilege_type = 'CREATE' and a.grantee::text = any ($1::text[]) and a.grantee <> d.datdba
union all
select 'parameter', p.parname, p.parname, array['ALTER SYSTEM'], a.grantee::text
from pg_catalog.pg_parameter_acl p, pg_catalog.aclexplode(p.paracl) a
where a.privilege_type = 'ALTER SYSTEM' and a.grantee::text = any ($1::text[])
limit ${MOST}`;

const OURS = "pg_catalog.left(n.nspname, 8) not in ('pg_temp_', 'pg_toast')";
const RELATION = `case when c.relkind = 'S' then 'sequence' else 'table' end`;
// Views of the system are written to by everybody (pg_settings), and change nothing but a session.
const WRITABLE = `(c.relkind in ('r', 'p', 'f', 'S') or (c.relkind in ('v', 'm') and n.nspname not in ('pg_catalog', 'information_schema')))`;
const WRITES = `('INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'TRIGGER', 'MAINTAIN')`;

const INSIDE = `
select * from (
  select 'schema' as kind, pg_catalog.quote_ident(n.nspname) as object, n.nspname::text as schema, n.nspname::text as name,
    array['OWNER'] as rights, n.nspowner::text as grantee, false as "superOwned"
  from pg_catalog.pg_namespace n where n.nspowner::text = any ($1::text[]) and ${OURS}
  union all
  select 'schema', pg_catalog.quote_ident(n.nspname), n.nspname::text, n.nspname::text, array['CREATE'], a.grantee::text, false
  from pg_catalog.pg_namespace n, pg_catalog.aclexplode(n.nspacl) a
  where a.privilege_type = 'CREATE' and a.grantee::text = any ($1::text[]) and a.grantee <> n.nspowner and ${OURS}
  union all
  select ${RELATION}, pg_catalog.format('%I.%I', n.nspname, c.relname), n.nspname::text, c.relname::text, array['OWNER'], c.relowner::text, false
  from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  where c.relowner::text = any ($1::text[]) and c.relkind in ('r', 'p', 'f', 'v', 'm', 'S') and ${OURS}
  union all
  select ${RELATION}, pg_catalog.format('%I.%I', n.nspname, c.relname), n.nspname::text, c.relname::text,
    pg_catalog.array_agg(distinct a.privilege_type order by a.privilege_type), a.grantee::text, false
  from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace, lateral (
      select x.grantee, x.privilege_type from pg_catalog.aclexplode(c.relacl) x
      union all select x.grantee, x.privilege_type from pg_catalog.pg_attribute t, pg_catalog.aclexplode(t.attacl) x
        where t.attrelid = c.oid and t.attnum > 0 and not t.attisdropped) a
  where ${WRITABLE} and a.grantee::text = any ($1::text[]) and a.grantee <> c.relowner and ${OURS}
    and (a.privilege_type in ${WRITES} or (c.relkind = 'S' and a.privilege_type = 'USAGE'))
  group by c.relkind, n.nspname, c.relname, a.grantee
  union all
  select 'function', f.oid::pg_catalog.regprocedure::text, n.nspname::text, f.proname::text, array['EXECUTE'], a.grantee::text, o.rolsuper
  from pg_catalog.pg_proc f join pg_catalog.pg_namespace n on n.oid = f.pronamespace join pg_catalog.pg_roles o on o.oid = f.proowner,
    pg_catalog.aclexplode(coalesce(f.proacl, pg_catalog.acldefault('f', f.proowner))) a
  where f.prosecdef and a.privilege_type = 'EXECUTE' and a.grantee::text = any ($1::text[]) and a.grantee <> f.proowner
    and f.prorettype not in ('pg_catalog.trigger'::pg_catalog.regtype, 'pg_catalog.event_trigger'::pg_catalog.regtype)
    and exists (select from pg_catalog.unnest($1::text[]) r where r <> '0' and pg_catalog.has_schema_privilege(r::pg_catalog.oid, n.oid, 'USAGE'))
) as power where $2::text[] is null or (kind = 'schema' and name = any ($2))
  or (kind = 'table' and exists (select from rows from (pg_catalog.unnest($2), pg_catalog.unnest($3::text[])) as w(s, t) where w.s = power.schema and w.t = power.name))
order by rights <> array['OWNER'], pg_catalog.array_position(array['table', 'schema', 'sequence', 'function'], kind), object limit ${MOST}`;

/** Which server this is, who asks, and into which databases that role is let. Templates hold nobody's data, and a session in one is in others' way. */
export async function readServer(session: Session, limit: number, signal: AbortSignal): Promise<Server> {
  const [row] = await session.query<Server>(SERVER, [], limit, signal);
  if (!row) throw new Error('the server does not say who it is');
  return row;
}

export async function readSubjects(session: Session, names: readonly string[], limit: number, signal: AbortSignal): Promise<Subject[]> {
  return session.query<Subject>(SUBJECTS, [names], limit, signal);
}

/** What the roles of these oids may do to the server and to its databases as a whole. */
export async function readPowersOutside(session: Session, oids: readonly string[], limit: number, signal: AbortSignal): Promise<Power[]> {
  return session.query<Power>(OUTSIDE, [oids], limit, signal);
}

/**
 * What they may do inside the database of this session: own, create, write, move a sequence, run something as somebody else. `of`: only
 * to these tables and the schemas that they are in.
 */
export async function readPowersInside(
  session: Session,
  oids: readonly string[],
  of: readonly TableName[] | undefined,
  limit: number,
  signal: AbortSignal,
): Promise<Power[]> {
  const schemas = of?.map(({ schema }) => schema);
  return session.query<Power>(INSIDE, [oids, schemas, of?.map(({ table }) => table)], limit, signal);
}
