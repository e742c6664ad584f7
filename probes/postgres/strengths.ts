import type { Strong } from '../../src/probe.ts';
import { clean } from '../../src/values/text.ts';
import { PUBLIC, type Power, type Role, type Subject } from './powers.ts';
import { sqlIdentifier, sqlObject } from './sql-text.ts';

/** What an audit may find of a role, and a connection may accept. A superuser has all of them, and one finding. */
export const STRENGTHS = [
  'superuser',
  'createrole',
  'createdb',
  'replication',
  'bypassrls',
  'member',
  'owner',
  'alter-system',
  'create',
  'write',
  'sequence',
  'definer',
] as const;
type Strength = (typeof STRENGTHS)[number];

/** Roles of the server that may only look (PostgreSQL, "Predefined Roles"); every other one, of a later version too, may do more. */
const LOOKING = new Set(['pg_monitor', 'pg_read_all_stats', 'pg_read_all_settings', 'pg_stat_scan_tables']);
/** These read or hold up, and destroy nothing. */
const HARMLESS = new Set(['pg_read_all_data', 'pg_use_reserved_connections', 'pg_checkpoint', 'pg_signal_autovacuum_worker']);
/** Names of things that one finding lists. */
const NAMED = 5;

/** What a role is and whom it can become, as far as that is more than looking. */
export function strengthsOfRole({ name, roles }: Subject): Strong[] {
  const role = sqlIdentifier(name);
  if (roles[0]?.super)
    return [
      strong('superuser', 'the server', 'critical', `${show(name)} is a superuser: it can drop every database of this server`, [
        `ALTER ROLE ${role} NOSUPERUSER; -- not of a role that others use: rollcall grants makes one of its own`,
      ]),
    ];
  return roles
    .flatMap((one) => attributes(one, name))
    .concat(
      roles.slice(1).flatMap((one) => {
        if (LOOKING.has(one.name)) return [];
        const severity = one.name.startsWith('pg_') && !HARMLESS.has(one.name) ? 'critical' : 'warning';
        return [
          strong(
            'member',
            `ROLE ${sqlIdentifier(one.name)}`,
            severity,
            `${show(name)} is a member of ${show(one.name)} and can do what that may`,
            [`REVOKE ${sqlIdentifier(one.name)} FROM ${role};`],
          ),
        ];
      }),
    );
}

function attributes(role: Role, subject: string): Strong[] {
  const asked: readonly (readonly [boolean, Strength, Strong['severity'], string, string])[] = [
    [role.super, 'superuser', 'critical', 'can become a superuser', 'NOSUPERUSER'],
    [role.createrole, 'createrole', 'critical', 'can make roles, and give itself others', 'NOCREATEROLE'],
    [role.replication, 'replication', 'critical', 'can copy the whole server, and hold up or drop what replication keeps', 'NOREPLICATION'],
    [role.createdb, 'createdb', 'warning', 'can make databases, and fill the disk', 'NOCREATEDB'],
    [role.bypassrls, 'bypassrls', 'warning', 'sees rows that policies hide', 'NOBYPASSRLS'],
  ];
  const via = role.name === subject ? '' : ` as ${show(role.name)}`;
  return asked.flatMap(([is, right, severity, what, fix]) =>
    is ? [strong(right, 'the server', severity, `${show(subject)} ${what}${via}`, [`ALTER ROLE ${sqlIdentifier(role.name)} ${fix};`])] : [],
  );
}

/** What it may do to things: one finding for each right, holder and place. `place`: the database they are in, or the server. */
export function strengthsOf(powers: readonly Power[], { name, roles }: Subject, place: string): Strong[] {
  const holders = new Map(roles.map((role) => [role.oid, role.name]));
  const groups = Map.groupBy(
    powers.filter(({ grantee }) => grantee === PUBLIC || holders.has(grantee)),
    (power) => `${strengthOf(power)}\n${power.kind}\n${power.grantee}\n${power.rights.join()}`,
  );
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (!first) return [];
    const holder = first.grantee === PUBLIC ? undefined : (holders.get(first.grantee) ?? name);
    return [finding(first, group, { subject: name, holder, place })];
  });
}

function finding(
  { kind, rights, superOwned }: Power,
  group: readonly Power[],
  { subject, holder, place }: { readonly subject: string; readonly holder: string | undefined; readonly place: string },
): Strong {
  const right = strengthOf(group[0] ?? { kind, rights });
  const named = group.slice(0, NAMED).map(({ object }) => clean(object, 140));
  const more = group.length > named.length ? ` and ${group.length - named.length} more` : '';
  const what = `${kind}${group.length === 1 ? '' : 's'} ${named.join(', ')}${more}`;
  const via = holder === undefined ? ', as everybody can (PUBLIC)' : holder === subject ? '' : ` as ${show(holder)}`;
  const on = kind === 'database' || kind === 'parameter' ? what : `${what} in ${clean(place, 80)}`;
  const severity = right === 'owner' || right === 'write' || right === 'alter-system' ? 'critical' : 'warning';
  return strong(
    right,
    on,
    severity,
    `${show(subject)} ${doing(right, rights, superOwned === true)} ${on}${via}`,
    fixes(right, group, holder),
  );
}

function strengthOf({ kind, rights }: Pick<Power, 'kind' | 'rights'>): Strength {
  if (rights.includes('OWNER')) return 'owner';
  if (kind === 'function') return 'definer';
  if (kind === 'sequence') return 'sequence';
  if (kind === 'parameter') return 'alter-system';
  return rights.includes('CREATE') ? 'create' : 'write';
}

function doing(right: Strength, rights: readonly string[], superOwned: boolean): string {
  if (right === 'owner') return 'owns, and so can drop,';
  if (right === 'definer') return `can call, and have run as ${superOwned ? 'a superuser' : 'its owner'},`;
  if (right === 'alter-system') return 'can set for the whole server';
  return right === 'create' ? 'can create things in' : `may ${rights.join(', ')} on`;
}

function fixes(right: Strength, group: readonly Power[], holder: string | undefined): string[] {
  const from = holder === undefined ? 'PUBLIC' : sqlIdentifier(holder);
  const statements = group.slice(0, NAMED).map((one) => {
    const name = sqlObject(one);
    return right === 'owner' ? `ALTER ${name} OWNER TO CURRENT_USER;` : `REVOKE ${one.rights.join(', ')} ON ${name} FROM ${from};`;
  });
  return group.length > NAMED ? [...statements, `-- and so for the other ${group.length - NAMED}`] : statements;
}

function strong(right: Strength, on: string, severity: Strong['severity'], what: string, fix: readonly string[]): Strong {
  return { kind: 'strong', right, on, severity, what: clean(what, 600), fix };
}

function show(name: string): string {
  return clean(name, 64);
}
