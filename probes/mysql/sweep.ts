import type { Reporter } from '../../src/probe-kit/reporter.ts';
import type { Listing, Report, Seen, Wanted, WholeListing } from '../../src/probe.ts';
import { clean } from '../../src/values/text.ts';
import { hiddenSay, type Missing } from './missing.ts';
import { foldName, type Server } from './server.ts';
import { SWEPT, type DatabaseTarget } from './target.ts';

const METHOD = 'information_schema.schemata';
const DIRECT = 'SHOW CREATE DATABASE';
/** What no server of either kind is without, and shows to everybody. */
const BUILTIN = 'information_schema';

/** What one server's word says of every wanted database. `missing`: what it said of those that it does not list. */
export function reportSweep(
  wanted: readonly Wanted<DatabaseTarget>[],
  server: Server,
  missing: ReadonlyMap<string, Missing>,
  reporter: Reporter,
): Report[] {
  const { identity, stale } = server;
  const blind = stale !== undefined ? ({ reason: 'stale-vantage', say: stale } as const) : 'reason' in identity ? identity : undefined;
  if (blind) return wanted.map(({ id }) => reporter.blind(id, SWEPT, METHOD, blind));
  if ('reason' in identity) return [];
  const listing = listingOf(wanted, server, identity, reporter);
  return [
    { kind: 'listing', listing },
    ...wanted.map((one) => reportOne(one, server, identity, missing.get(one.target.name), listing, reporter)),
  ];
}

function listingOf(wanted: readonly Wanted<DatabaseTarget>[], server: Server, caller: Seen['pin'], reporter: Reporter): Listing {
  const names = new Set(wanted.map(({ target }) => foldName(target.name, server)));
  const shown = server.databases;
  const strangers = shown.filter((name) => !isBuiltin(name) && !names.has(foldName(name, server))).length;
  const complete = shown.some((name) => name.toLowerCase() === BUILTIN);
  const evidence = reporter.evidence(METHOD, `${shown.length} databases are shown, version ${server.version}`);
  const control = { by: 'builtin', what: `${BUILTIN} and ${shown.length - 1} others` } as const;
  const scope = clean(`databases shown by server ${caller['server_uuid']}`);
  return { scope, caller, pages: 1, complete, ...(complete && { control }), strangers, evidence };
}

function reportOne(
  { id, target }: Wanted<DatabaseTarget>,
  server: Server,
  pin: Seen['pin'],
  missing: Missing | undefined,
  listing: Listing,
  reporter: Reporter,
): Report {
  const { name, identity } = target;
  if (missing === undefined) return reporter.seen(id, pin, SWEPT, activity(server), reporter.evidence(METHOD, `database ${name} is shown`));
  // Another server than the manifest names proves nothing about this one: it is shown for what it is.
  if (identity['server_uuid'] !== undefined && identity['server_uuid'] !== pin['server_uuid']) {
    const evidence = reporter.evidence(METHOD, `server ${pin['server_uuid']} answers, and does not show a database ${name}`);
    return reporter.seen(id, pin, SWEPT, activity(server), evidence);
  }
  if (missing === 'hidden') return reporter.blind(id, SWEPT, DIRECT, { reason: 'denied', say: hiddenSay(name) });
  if (missing === 'there' || !listing.complete) {
    const say = missing === 'there' ? `${name} was not listed, and a moment later it was there` : `not even ${BUILTIN} is listed`;
    return reporter.blind(id, SWEPT, METHOD, { reason: 'partial-answer', say });
  }
  const whole: WholeListing = {
    ...listing,
    complete: true,
    control: { by: 'typed-not-found', call: DIRECT, code: '1049 (unknown database)' },
  };
  const say = `database ${clean(name, 64)} does not exist, says the server to one who has rights on it; ${server.drops} DROP and TRUNCATE statements since it was started`;
  return reporter.unseen(id, whole, reporter.evidence(DIRECT, say));
}

/** Counters of the server, which make an inspection due. One that was started anew counts from nought, and is seen to. */
function activity({ drops, rowsDeleted, identity }: Server): Seen['measures'] {
  const epoch = 'server_uuid' in identity ? identity.server_uuid : '';
  return {
    drops: { value: drops, unit: 'count', how: 'counter', epoch },
    rows_deleted: { value: rowsDeleted, unit: 'rows', how: 'counter', epoch },
  };
}

/** The server's own databases: nobody's data. */
export function isBuiltin(name: string): boolean {
  return ['information_schema', 'mysql', 'performance_schema', 'sys'].includes(name.toLowerCase());
}
