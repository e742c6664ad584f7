import type { Control, Evidence, Listing, Report, Seen, Wanted, WholeListing } from '../../src/probe.ts';
import { clean } from '../../src/values/text.ts';
import type { Catalogue, Listed } from './catalogue.ts';
import type { Reporter } from '../../src/probe-kit/reporter.ts';
import { staleness } from './standby.ts';
import { isInspected, sweptFacets, type DatabaseTarget } from './target.ts';

const METHOD = 'pg_database';
const BEING_DROPPED = -2;

/** How a database was last listed, and what was said of it: said again, at another time, as long as its row is the same. */
export interface Known {
  readonly target: DatabaseTarget;
  readonly server: string;
  readonly started: string;
  readonly listed: Listed;
  readonly report: Seen;
}

/**
 * What one whole answer of `pg_database` says of every wanted database. `known`, by id, is kept up to date: it also tells of one that is
 * gone what it is called now.
 */
export function reportSweep(
  wanted: readonly Wanted<DatabaseTarget>[],
  catalogue: Catalogue,
  known: Map<string, Known>,
  lagBound: number,
  reporter: Reporter,
): Report[] {
  const stale = staleness(catalogue.behind, lagBound);
  if (stale !== undefined)
    return wanted.map(({ id, target }) => reporter.blind(id, sweptFacets(target), METHOD, { reason: 'stale-vantage', say: stale }));
  const byName = new Map(catalogue.databases.map((database) => [database.name, database]));
  const listing = listingOf(wanted, catalogue, reporter);
  const said: Report[] = [{ kind: 'listing', listing }];
  for (const one of wanted) {
    const listed = byName.get(one.target.name);
    const before = known.get(one.id);
    if (!listed) said.push(reportMissing(one, catalogue, before?.listed.oid, listing, reporter));
    else if (before && isUnchanged(before, one, listed, catalogue)) said.push(reporter.again(before.report, listing.evidence.at));
    else {
      const report = reportListed(one, listed, catalogue, reporter);
      said.push(report);
      known.set(one.id, { target: one.target, server: catalogue.systemIdentifier, started: catalogue.started, listed, report });
    }
  }
  return said;
}

function isUnchanged(before: Known, { target }: Wanted<DatabaseTarget>, now: Listed, catalogue: Catalogue): boolean {
  const was = before.listed;
  return (
    before.target === target &&
    before.server === catalogue.systemIdentifier &&
    was.oid === now.oid &&
    was.connectionLimit === now.connectionLimit &&
    was.allowsConnections === now.allowsConnections &&
    (!isInspected(target) ||
      (before.started === catalogue.started &&
        was.commits === now.commits &&
        was.deleted === now.deleted &&
        was.statsReset === now.statsReset &&
        was.size === now.size))
  );
}

function listingOf(wanted: readonly Wanted<DatabaseTarget>[], catalogue: Catalogue, reporter: Reporter): Listing {
  const names = new Set(wanted.map(({ target }) => target.name));
  const others = catalogue.databases.filter(({ name, template }) => !template && !names.has(name)).length;
  const evidence = reporter.evidence(METHOD, `${catalogue.databases.length} databases, timeline ${catalogue.timeline}`);
  const caller = { system_identifier: catalogue.systemIdentifier };
  const scope = `pg_database of server ${catalogue.systemIdentifier}`;
  // Who is connected to a database and does not find it in the list was given part of the list.
  const complete = catalogue.databases.some(({ name }) => name === catalogue.asked);
  return { scope, caller, pages: 1, complete, ...(complete && { control: controlIn(catalogue) }), strangers: others, evidence };
}

function controlIn({ databases, asked }: Catalogue): Control {
  const others = databases.filter(({ name, template }) => !template && name !== asked).length;
  if (others > 0) return { by: 'sibling', what: `${clean(asked, 64)} and ${others} other databases` };
  return { by: 'builtin', what: `${clean(asked, 64)} and ${databases.length - 1} built-in databases` };
}

function reportListed({ id, target }: Wanted<DatabaseTarget>, listed: Listed, catalogue: Catalogue, reporter: Reporter): Seen {
  const { oid, connectionLimit, allowsConnections } = listed;
  const pin = { system_identifier: catalogue.systemIdentifier, oid };
  const evidence = reporter.evidence(METHOD, `database ${target.name} is listed with oid ${oid}, connection limit ${connectionLimit}`);
  const allowed = allowsConnections && connectionLimit !== 0;
  const flag = allowed ? ALLOWED : REFUSED;
  const seen = reporter.seen(
    id,
    pin,
    sweptFacets(target),
    isInspected(target) ? { ...flag, ...activity(listed, catalogue) } : flag,
    evidence,
  );
  if (connectionLimit !== BEING_DROPPED) return seen;
  const what = `database ${clean(target.name, 64)} is being dropped (connection limit -2): PostgreSQL lets nobody in any more and cannot undo it`;
  return { ...seen, doom: { what } };
}

const ALLOWED: Seen['measures'] = { connections_allowed: { value: 1, unit: 'flag', how: 'exact' } };
const REFUSED: Seen['measures'] = { connections_allowed: { value: 0, unit: 'flag', how: 'exact' } };

/** Counters that make an inspection due: nothing to one who is not inspected. */
function activity({ oid, statsReset, commits, deleted, size }: Listed, { started }: Catalogue): Seen['measures'] {
  const epoch = `${started}/${statsReset}/${oid}`;
  return {
    commits: { value: commits, unit: 'count', how: 'counter', epoch },
    tuples_deleted: { value: deleted, unit: 'rows', how: 'counter', epoch },
    ...(size === null ? {} : { size_now: { value: size, unit: 'bytes', how: 'exact', epoch: oid } }),
  };
}

function reportMissing(
  { id, target }: Wanted<DatabaseTarget>,
  catalogue: Catalogue,
  lastOid: string | undefined,
  listing: Listing,
  reporter: Reporter,
): Report {
  const { identity } = target;
  const server = catalogue.systemIdentifier;
  // Another server than the manifest names proves nothing about this one: it is shown for what it is.
  if (identity['system_identifier'] !== undefined && identity['system_identifier'] !== server) {
    const evidence = reporter.evidence(METHOD, `server ${server} answers, and has no database ${target.name}`);
    return reporter.seen(id, { system_identifier: server }, sweptFacets(target), {}, evidence);
  }
  if (!isWhole(listing)) {
    const say = `${target.name} is not listed, but neither is ${catalogue.asked}, which answers`;
    return reporter.blind(id, sweptFacets(target), METHOD, { reason: 'partial-answer', say });
  }
  const oid = identity['oid'] ?? lastOid;
  const renamed = oid === undefined ? undefined : catalogue.databases.find((database) => database.oid === oid);
  return reporter.unseen(id, listing, missingEvidence(target.name, renamed, reporter));
}

function missingEvidence(name: string, renamed: Listed | undefined, reporter: Reporter): Evidence {
  const gone = `database ${clean(name, 64)} does not exist`;
  return reporter.evidence(METHOD, renamed ? `${gone}; oid ${renamed.oid} is now called ${clean(renamed.name, 64)}` : gone);
}

function isWhole(listing: Listing): listing is WholeListing {
  return listing.complete && listing.control !== undefined;
}
