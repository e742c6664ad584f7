import type { Page, PrintedResource } from '../core/page.ts';
import { formatFact } from '../values/fact.ts';
import { clean } from '../values/text.ts';

/** One line for people: how grave, and what is gone. At most about 1,050 characters. */
export function headline(page: Page): string {
  return `${label(page)}: ${clean(page.summary, 1000)}`;
}

/** `CLOSED` is no all-clear: superseded, retired or repinned, which the summary says. */
function label(page: Page): string {
  if (page.event === 'test') return 'TEST';
  if (page.event === 'resolve') return page.reason === 'resolved' ? 'RESOLVED' : 'CLOSED';
  return page.severity.toUpperCase();
}

/** Who pages, when, and about how many resources. */
export function origin(page: Page): string {
  const many = page.total === 1 ? '1 resource' : `${page.total} resources`;
  return `rollcall ${clean(page.watchdog, 100)} at ${clean(page.at, 40)}, ${many}, incident ${clean(page.incident, 100)}`;
}

/** What is known of one resource, a fact a line: verdict, breaches, expected and actual, since when, evidence, whom to ask. */
export function resourceLines(resource: PrintedResource): string[] {
  const { breaches, evidence, skipped } = resource;
  const ours = resource.kind === 'watchdog';
  const where = ours ? '' : [resource.kind, resource.connection && `on ${resource.connection}`].filter(Boolean).join(' ');
  // The summary of a degraded resource is its breaches; one alone would be said twice.
  const listed = breaches.filter((breach) => breach.what !== resource.summary);
  return [
    `${clean(resource.id, 200)}: ${resource.verdict}${where ? ` (${clean(where, 200)})` : ''}`,
    clean(resource.summary, 500),
    ...listed.slice(0, 8).map((breach) => `${breach.kind}: ${clean(breach.what)}`),
    ...more(listed.length - 8, 'breaches'),
    ...facts('expected', resource.expected, breaches),
    ...(resource.actual === null && resource.verdict === 'absent' ? ['actual: nothing'] : facts('actual', resource.actual ?? {}, breaches)),
    ...since(resource, ours),
    ...undoing(resource),
    ...evidence.slice(0, 4).map(evidenceLine),
    ...more(evidence.length - 4, 'pieces of evidence'),
    ...skipped.slice(0, 4).map((skip) => `not looked at: ${clean(skip.facet, 100)}, ${clean(skip.say || skip.reason)}`),
    ...facts('for the provider', resource.ids ?? {}, []),
    ...protectionLines(resource),
    ...(resource.window ? [windowLine(resource.window)] : []),
    ...(resource.owner ? [`owner ${clean(resource.owner, 100)}`] : []),
    ...(resource.runbook ? [`runbook ${clean(resource.runbook)}`] : []),
  ];
}

/** The head of the record as the watcher signed it, as it stands: whoever keeps the message can hold the record against it. Undefined where nothing is signed. */
export function signedHead({ ledger_head: head }: Page): string | undefined {
  return head?.checkpoint === undefined ? undefined : `the record, signed (rollcall ledger verify --head):\n${head.checkpoint.trimEnd()}`;
}

/** What was reported around that time, beside what was found. Whoever reported it may be who did it. */
export function claimLines(page: Page): string[] {
  return page.claims.map(({ line }) => `claimed, not believed: ${clean(line, 400)}`);
}

/** What the reader does not see: resources beyond the `shown` ones, and where they are listed. */
export function remainder(page: Page, shown: number): string | undefined {
  const rest = page.total - shown;
  if (rest <= 0) return undefined;
  return `and ${rest} more, listed ${page.links.status ? `at ${clean(page.links.status)}` : 'by rollcall incidents --json'}`;
}

/** A breach's number has its unit: what is 86400000 for a machine is a day for a person. */
function facts(name: string, values: Readonly<Record<string, unknown>>, breaches: PrintedResource['breaches']): string[] {
  const parts = Object.entries(values).map(
    ([key, value]) => `${key} ${formatFact(value, breaches.find(({ path }) => path === key)?.unit)}`,
  );
  return parts.length > 0 ? [`${name}: ${clean(parts.join(', '))}`] : [];
}

function undoing({ undo, undo_before: before }: PrintedResource): string[] {
  if (!before && !undo) return [];
  return [`can be undone${before ? ` until ${clean(before, 40)}` : ''}${undo ? `: ${clean(undo, 500)}` : ''}`];
}

/** What would bring it back, and whether it is there. */
function protectionLines({ protected_by: guards = [], protection }: PrintedResource): string[] {
  if (guards.length === 0) return [];
  if (!protection) return [`protected by ${clean(guards.join(', '))}`];
  const lines = protection.slice(0, 5).map(({ id, verdict, summary, last_seen_healthy: healthy }) => {
    const how = verdict === 'present' ? '' : `: ${summary}`;
    return clean(`protected by ${id}: ${verdict}${how}${healthy ? `, last seen healthy ${healthy}` : ', never seen healthy'}`, 400);
  });
  return [...lines, ...more(protection.length - 5, 'that protect it')];
}

function since(resource: PrintedResource, ours: boolean): string[] {
  const bad = resource.first_seen_bad ? [`bad since ${resource.first_seen_bad}`] : [];
  const healthy = resource.last_seen_healthy ? `last seen healthy ${resource.last_seen_healthy}` : 'never seen healthy';
  const line = [...bad, ...(ours ? [] : [healthy])].join(', ');
  return line === '' ? [] : [clean(line, 200)];
}

function evidenceLine(evidence: PrintedResource['evidence'][number]): string {
  const proof = [evidence.complete && 'whole answer', evidence.control && `also seen: ${evidence.control}`].filter(Boolean).join(', ');
  const { look, method, vantage, at, excerpt } = evidence;
  return clean(`look ${look}: ${method} by ${vantage} at ${at}${proof ? `, ${proof}` : ''}${excerpt ? `: ${excerpt}` : ''}`, 500);
}

/** A window excuses little; but who is at work there may know more. */
function windowLine({ name, author, reason, until }: NonNullable<PrintedResource['window']>): string {
  return clean(`during maintenance ${name} by ${author} until ${until}: ${reason}`);
}

function more(count: number, what: string): string[] {
  return count > 0 ? [`and ${count} more ${what}`] : [];
}
