import { printClaims, type Claim } from './claim.ts';
import type { Severity } from './expectation.ts';
import { openMembers, type Incident } from './incident.ts';
import type { LedgerHead } from './chain.ts';
import type { Mass, WitnessWord } from './mass.ts';
import type { Page, PageEvent, PageReason, PrintedResource } from './page.ts';
import { lostProtection, protectionOf } from './protection.ts';
import type { Instant } from './report.ts';
import { groupDigits } from '../values/digits.ts';
import { formatInstant } from './wording.ts';

/** More than this many resources in one page help nobody; the page says how many there are. */
const RESOURCES_PRINTED = 500;
const NAMES_IN_SUMMARY = 5;
const SUMMARY_MAX = 1000;

const STATE: Record<PrintedResource['verdict'], string> = {
  absent: 'is gone',
  impostor: 'is not itself any more',
  doomed: 'is being deleted',
  degraded: 'is damaged',
  blind: 'cannot be seen',
  present: 'is back',
};

export interface PageFacts {
  readonly watchdog: string;
  readonly event: PageEvent;
  readonly reason: PageReason;
  readonly at: Instant;
  readonly print: (id: string) => PrintedResource | undefined;
  readonly head: LedgerHead | null;
  /** Root of the HTTP interface, where each incident names every member. */
  readonly statusUrl: string | undefined;
  /** What was reported of late, oldest first. */
  readonly claims?: readonly Claim[];
  /** What befell everything on the incident's connection, where it did. */
  readonly mass?: Mass | undefined;
  readonly witness?: WitnessWord | undefined;
}

/** Words one message about an incident, for a person woken up: what is wrong in one line, the gravest first. */
export function wordPage(incident: Incident, facts: PageFacts): Page {
  const open = openMembers(incident);
  const ids = open.length > 0 ? open : Object.keys(incident.members);
  const printed = ids.slice(0, RESOURCES_PRINTED).flatMap((id) => {
    const resource = facts.print(id);
    if (!resource?.protected_by) return resource ?? [];
    return { ...resource, protection: protectionOf(resource, facts.print) };
  });
  const runbook = printed.find((resource) => resource.runbook !== undefined)?.runbook;
  return {
    schema: 'rollcall/page/v1',
    event: facts.event,
    reason: facts.reason,
    incident: incident.id,
    dedup_key: incident.key,
    severity: incident.severity,
    summary: summarizePage(incident, facts, printed, ids.length),
    watchdog: facts.watchdog,
    at: formatInstant(facts.at.wall),
    total: ids.length,
    ...(facts.mass ? { mass: { connection: incident.connection, ...facts.mass } } : {}),
    ...(incident.class === 'blind' && facts.witness ? { witness: facts.witness } : {}),
    ...(ids.length > printed.length ? { truncated: true as const } : {}),
    resources: printed,
    claims: printClaims(facts.claims ?? [], { class: incident.class, members: new Set(ids), since: incident.opened }),
    links: {
      ...(runbook === undefined ? {} : { runbook }),
      ...(facts.statusUrl === undefined ? {} : { status: `${facts.statusUrl}/incidents/${incident.id}` }),
    },
    ledger_head: facts.head,
  };
}

function summarizePage(incident: Incident, facts: PageFacts, printed: readonly PrintedResource[], total: number): string {
  const [first] = printed;
  if (facts.event === 'resolve') return bound(ending(facts.reason, printed, total));
  if (!first) return bound(`${groupDigits(total)} resources: ${incident.class}`);
  const prefix = facts.reason === 'repeat' ? 'still: ' : '';
  const suffix = takenAlong(printed) + witnessed(incident, first, facts.witness);
  if (facts.mass) return bound(`${prefix}${wholesale(incident, printed, total, facts.mass)}${suffix}`);
  if (total === 1) return bound(prefix + headline(first, incident) + suffix);
  return bound(`${prefix}${groupDigits(total)} resources ${plural(incident, first)}: ${names(printed, total)}${suffix}`);
}

/** Whether what would bring it back went with it belongs into the first line. */
function takenAlong(printed: readonly PrintedResource[]): string {
  const guards = lostProtection(printed);
  if (guards.length === 0) return '';
  const shown = guards.slice(0, NAMES_IN_SUMMARY).map(({ id, verdict }) => `${id} ${STATE[verdict]}`);
  return `; of what protects ${printed.length === 1 ? 'it' : 'them'}: ${shown.join(', ')}${guards.length > shown.length ? ` and ${guards.length - shown.length} more` : ''}`;
}

/** Nothing was spared: a deleted account or a revoked access reads otherwise than a list of databases. */
function wholesale({ connection }: Incident, printed: readonly PrintedResource[], total: number, { is, count }: Mass): string {
  const [first] = printed;
  const all = `all ${groupDigits(count)} resources${total < count ? `, ${groupDigits(total)} of them told here` : ''}`;
  const whose = `${all}: ${names(printed, total)}`;
  if (is === 'denied')
    return `EVERYTHING on ${connection} is denied to the watcher (${whose}): its access was revoked, or the account closed`;
  if (is === 'unseen') return `NOTHING on ${connection} can be seen (${whose})${first ? `: ${blindSummary(first)}` : ''}`;
  const alike = first && printed.every(({ verdict }) => verdict === first.verdict);
  return `EVERYTHING on ${connection} ${alike ? STATE[first.verdict] : 'is lost'} (${whose})${first ? `: ${first.summary}` : ''}`;
}

/** What cannot be reached may be there still: then it matters whether anything else can be. */
function witnessed(incident: Incident, first: PrintedResource, witness: WitnessWord | undefined): string {
  const out = first.skipped.some(({ reason }) => reason === 'unreachable' || reason === 'timeout');
  if (incident.class !== 'blind' || !witness || !out) return '';
  return witness.answers
    ? `; the witness ${witness.address} answers, so it is not the watcher's own network`
    : `; the witness ${witness.address} is dark too: this may be the watcher's own network`;
}

function headline(resource: PrintedResource, incident: Incident): string {
  if (resource.id === '@watchdog') return `the watchdog itself: ${resource.summary}`;
  const state = incident.class === 'blind' ? STATE.blind : STATE[resource.verdict];
  const say = incident.class === 'blind' ? blindSummary(resource) : resource.summary;
  return `${resource.id} ${state}: ${say}`;
}

/** On the track of blindness the page says what could not be seen, whatever else is wrong with the resource. */
function blindSummary(resource: PrintedResource): string {
  const [skipped] = resource.skipped;
  return skipped ? `${skipped.facet}: ${skipped.reason}: ${skipped.say}` : resource.summary;
}

function plural(incident: Incident, first: PrintedResource): string {
  if (incident.class === 'blind') return 'cannot be seen';
  if (incident.class === 'degraded') return 'are damaged';
  return {
    absent: 'are gone',
    impostor: 'are not themselves any more',
    doomed: 'are being deleted',
    degraded: 'are damaged',
    blind: 'cannot be seen',
    present: 'are back',
  }[first.verdict];
}

function ending(reason: PageReason, printed: readonly PrintedResource[], total: number): string {
  const who = total === 1 ? (printed[0]?.id ?? 'a resource') : `${groupDigits(total)} resources (${names(printed, total)})`;
  if (reason === 'superseded') return `${who}: replaced by a graver page`;
  if (reason === 'retired') return `${who}: left the roll; this is not an all-clear`;
  if (reason === 'repinned') return `${who}: pinned anew; this is not an all-clear`;
  return `${who}: answered again, in full`;
}

function names(printed: readonly PrintedResource[], total: number): string {
  const shown = printed.slice(0, NAMES_IN_SUMMARY).map((resource) => resource.id);
  return total > shown.length ? `${shown.join(', ')} and ${groupDigits(total - shown.length)} more` : shown.join(', ');
}

function bound(text: string): string {
  return text.length > SUMMARY_MAX ? `${text.slice(0, SUMMARY_MAX - 1)}…` : text;
}

/** A trouble of the watcher's own, printed as the resource `@watchdog` (CONTRACT §5). */
export function printTrouble(trouble: { path: string; what: string; severity: Severity; since: Instant }): PrintedResource {
  const { path, what, severity, since } = trouble;
  return {
    id: '@watchdog',
    kind: 'watchdog',
    connection: '-',
    severity,
    verdict: 'degraded',
    breaches: [{ kind: 'exposed', path, what, expected: null, actual: null, severity }],
    pin: 'none',
    skipped: [],
    summary: what,
    expected: {},
    actual: {},
    evidence: [],
    last_seen_healthy: null,
    first_seen_bad: formatInstant(since.wall),
    undo_before: null,
    duration_ms: 0,
  };
}
