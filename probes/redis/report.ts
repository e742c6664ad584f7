import type { Control, Evidence, Facet, Identity, Measure, Report, Wanted, WholeListing } from '../../src/probe.ts';
import type { Denial } from '../../src/probe-kit/failure.ts';
import { exact } from '../../src/probe-kit/measure.ts';
import type { Reporter } from '../../src/probe-kit/reporter.ts';
import { clean } from '../../src/values/text.ts';
import { formatDuration } from '../../src/values/duration.ts';
import type { Contents } from './contents.ts';
import type { ServerFacts } from './facts.ts';
import { KEYS, MARK, sentinelFacet, SETTINGS, type DatabaseTarget } from './target.ts';

export const METHOD = 'INFO';

type WantedDatabase = Wanted<DatabaseTarget>;

/** Every facet of a resource: one look speaks for all of them. */
export function facetsOf({ checks }: WantedDatabase): Facet[] {
  return [...new Set<Facet>(['presence', 'identity', ...checks.map(({ facet }) => facet)])];
}

/** One database as the server counts it, and what is there of the keys that are asked for. */
export function reportDatabase(one: WantedDatabase, server: ServerFacts, contents: Contents, reporter: Reporter): Report[] {
  const { id, target } = one;
  const blind = new Map<Facet, Denial>();
  const measures: Record<string, Measure> = serverMeasures(server);
  const { keys = 0, expires = 0 } = server.databases.get(target.database) ?? {};
  measures['keys'] = exact(keys, 'count');
  measures['keys.lasting'] = exact(keys - expires, 'count');
  for (const [key, there] of contents.sentinels)
    if (typeof there === 'boolean') measures[`sentinels.${key}`] = flag(there);
    else blind.set(sentinelFacet(key), there);
  const { mark } = contents;
  let pin: Identity = {};
  if (typeof mark === 'string' || mark === null) {
    measures['mark.present'] = flag(mark !== null);
    // Of what was never there nothing is to be learned as the right one: only where the manifest says better is nothing another identity.
    if (mark !== null) pin = { mark };
    else if (target.identity['mark'] !== undefined) pin = { mark: 'none' };
  } else if (mark !== undefined) {
    blind.set(MARK, mark);
    blind.set('identity', mark);
  }
  if (target.configSets && !(server.major >= 7))
    blind.set(SETTINGS, { reason: 'partial-answer', say: `${server.version} does not count CONFIG SET apart from CONFIG GET` });
  if (expires > keys) blind.set(KEYS, { reason: 'protocol', say: 'more keys expire than there are' });
  const evidence = reporter.evidence(METHOD, `database ${target.database} has ${keys} keys, ${expires} with an expiry; ${told(server)}`);
  return [
    reporter.seen(
      id,
      pin,
      facetsOf(one).filter((facet) => !blind.has(facet)),
      measures,
      evidence,
    ),
    ...[...blind].map(([facet, failure]) => reporter.blind(id, [facet], METHOD, failure)),
  ];
}

/** A database is there as long as it holds a key: one that the keyspace does not list, and of which DBSIZE says 0, is not. */
export function reportEmpty(one: WantedDatabase, server: ServerFacts, listing: WholeListing, reporter: Reporter): Report {
  const say = `database ${one.target.database} has no keys (DBSIZE 0); ${upSince(server)}${told(server)}`;
  return reporter.unseen(one.id, listing, reporter.evidence('DBSIZE', say));
}

/** The keyspace as one whole listing; its control is another database in it, or, where there is none, DBSIZE by the same caller. */
export function listingOf(wanted: readonly WantedDatabase[], server: ServerFacts, evidence: Evidence): WholeListing {
  const asked = new Set(wanted.map(({ target }) => target.database));
  const [first, ...others] = [...server.databases].filter(([, { keys }]) => keys > 0);
  const control: Control = first
    ? { by: 'sibling', what: `database ${first[0]} with ${first[1].keys} keys, and ${others.length} others` }
    : { by: 'typed-not-found', call: 'DBSIZE', code: '0' };
  const strangers = [...server.databases.keys()].filter((database) => !asked.has(database)).length;
  return { scope: `keyspace of server run ${server.runId}`, caller: {}, pages: 1, complete: true, control, strangers, evidence };
}

/** Where it stands in its life, so that who reads of a loss sees a new master, a restart or a flush beside it. */
export function told({ version, role, master, runId, counts }: ServerFacts): string {
  const flushed = `FLUSHALL ran ${counts.flushall} times, FLUSHDB and SWAPDB ${counts.flushdb}`;
  const reset = counts.reset ? ' since the counters were reset' : '';
  const refused = counts.refused.length > 0 ? `; refused: ${counts.refused.join(', ')}` : '';
  const of = master === undefined ? role : `replica of ${master}`;
  return clean(`${version}, ${of}, run ${runId.slice(0, 8)}; ${flushed}${reset}${refused}`, 220);
}

/** Not in what is said of a database that is there: it would be another sentence at each look. */
function upSince({ uptimeSeconds }: ServerFacts): string {
  return uptimeSeconds >= 0 ? `up ${formatDuration(uptimeSeconds * 1000)}; ` : '';
}

function serverMeasures({ counts, runId, now, aof, rdb, evicts, replicas }: ServerFacts): Record<string, Measure> {
  const counter = (value: number): Measure => ({ value, unit: 'count', how: 'counter', epoch: runId });
  return {
    flushall: counter(counts.flushall),
    flushdb: counter(counts.flushdb),
    config_sets: counter(counts.configSets),
    attempts: counter(counts.attempts),
    'aof.enabled': flag(aof.enabled),
    'aof.ok': flag(aof.ok),
    'rdb.ok': flag(rdb.ok),
    'save.age': exact(rdb.changes === 0 ? 0 : now - rdb.savedAt, 'ms'),
    evicts: flag(evicts),
    replicas: exact(replicas, 'count'),
  };
}

function flag(is: boolean): Measure {
  return exact(is ? 1 : 0, 'flag');
}
