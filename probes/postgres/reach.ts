import type { Reach } from '../../src/probe.ts';
import { clean } from '../../src/values/text.ts';
import type { Wanted } from '../../src/probe.ts';
import { PUBLIC, type Power, type Subject } from './powers.ts';
import { sqlIdentifier, sqlObject } from './sql-text.ts';
import type { DatabaseTarget } from './target.ts';

/** Roles with which the whole server can be destroyed, whatever else one may do (PostgreSQL, "Predefined Roles"). */
const LETHAL: Readonly<Record<string, string>> = {
  pg_write_all_data: 'can delete every row of every table',
  pg_execute_server_program: "can run programs as the server's own account, and so delete its files",
  pg_write_server_files: "can write over the server's own files",
};
const DESTROYS = new Set(['OWNER', 'DELETE', 'TRUNCATE', 'UPDATE', 'TRIGGER']);

export interface Reacher {
  readonly agent: string;
  readonly subject: Subject;
  readonly connection: string;
}

/** What an agent could do to all of these databases at once, being who it is. */
export function reachOfRole({ agent, subject, connection }: Reacher, wanted: readonly Wanted<DatabaseTarget>[]): Reach[] {
  const ids = wanted.map(({ id }) => id);
  const reach = reacher({ agent, subject, connection });
  const role = sqlIdentifier(subject.name);
  return subject.roles.flatMap((one) => {
    const via = one.name === subject.name ? '' : ` as ${clean(one.name, 64)}`;
    const lethal = LETHAL[one.name];
    return [
      ...(one.super
        ? [reach(ids, 'superuser', `can drop every database of this server${via}`, [`ALTER ROLE ${sqlIdentifier(one.name)} NOSUPERUSER;`])]
        : []),
      ...(one.createrole && !one.super
        ? [
            reach(ids, 'createrole', `can make itself a member of roles that own databases${via}`, [
              `ALTER ROLE ${sqlIdentifier(one.name)} NOCREATEROLE;`,
            ]),
          ]
        : []),
      ...(lethal === undefined ? [] : [reach(ids, 'member', `${lethal}${via}`, [`REVOKE ${sqlIdentifier(one.name)} FROM ${role};`])]),
    ];
  });
}

/** What it could do to one database, or to what the roll names in it; to anything in it where the roll names no table. */
export function reachInto(who: Reacher, { id, target }: Wanted<DatabaseTarget>, powers: readonly Power[]): Reach[] {
  const reach = reacher(who);
  const holders = new Map(who.subject.roles.map((role) => [role.oid, role.name]));
  const named = (power: Power): boolean =>
    target.tables.length === 0 ||
    target.tables.some(({ schema, table }) => power.schema === schema && (power.kind === 'schema' || power.name === table));
  const found = powers
    .map((power) => ({ ...power, rights: power.rights.filter((right) => DESTROYS.has(right)) }))
    .filter(
      (power) =>
        (power.grantee === PUBLIC || holders.has(power.grantee)) &&
        harms(power) &&
        (power.kind === 'database' ? power.name === target.name : named(power)),
    );
  const groups = Map.groupBy(found, ({ kind, rights, grantee }) => `${kind}\n${rights.join()}\n${grantee}`);
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (!first) return [];
    const { kind, rights, grantee } = first;
    const holder = grantee === PUBLIC ? 'PUBLIC' : (holders.get(grantee) ?? who.subject.name);
    const via = holder === who.subject.name ? '' : holder === 'PUBLIC' ? ', as everybody can (PUBLIC)' : ` as ${clean(holder, 64)}`;
    const listed = group.slice(0, 5).map(({ object }) => clean(object, 140));
    const more = group.length > 5 ? ` and ${group.length - 5} more` : '';
    const owns = rights.includes('OWNER');
    const what = `${owns ? 'owns, and can drop,' : `may ${rights.join(', ')} on`} ${kind}${group.length === 1 ? '' : 's'} ${listed.join(', ')}${more}${via}`;
    const from = holder === 'PUBLIC' ? 'PUBLIC' : sqlIdentifier(holder);
    const fix = group.slice(0, 5).map((one) => {
      const name = sqlObject(one);
      return owns ? `ALTER ${name} OWNER TO CURRENT_USER;` : `REVOKE ${rights.join(', ')} ON ${name} FROM ${from};`;
    });
    return [{ ...reach([id], owns ? 'owner' : 'write', what, fix), at: target.name }];
  });
}

function harms({ kind, rights }: Power): boolean {
  if (kind === 'database' || kind === 'schema') return rights.includes('OWNER');
  return kind === 'table' && rights.length > 0;
}

function reacher({ agent, subject, connection }: Reacher) {
  const as = clean(`role ${subject.name} on ${connection}`, 160);
  return (ids: readonly string[], right: string, what: string, fix: readonly string[]): Reach => {
    return { kind: 'reach', agent, as, ids, right, what: clean(what, 600), fix };
  };
}
