import { dueFacets, expectedFacets, type Check, type Resource, type Severity } from './expectation.ts';
import type { Memory } from './memory.ts';
import type { Breach, FacetJudgment, JudgedEvidence, Outcome } from './outcome.ts';
import type { Blind, BlindReason, Depth, Evidence, Facet, Identity, ResourceReport, Seen, Unseen } from './report.ts';
import { applyRule } from './rules.ts';

/** What a look was: at which depth, over which path. */
export interface LookMade {
  readonly depth: Depth;
  readonly path: 'usual' | 'fresh';
}

const GOOD: Outcome = { is: 'good' };

/**
 * Compares what one look saw of one resource with what is wanted, facet by facet. Every facet due at this depth is answered:
 * one that no report speaks for is blind (`omitted`), one that two reports disagree on is blind (`protocol`).
 */
export function judge(resource: Resource, reports: readonly ResourceReport[], memory: Memory, look: LookMade): FacetJudgment[] {
  const expected = expectedFacets(resource);
  const due = dueFacets(resource, look.depth);
  if (contradictory(reports))
    return due.map((facet) => ({
      facet,
      outcome: blind('protocol', 'one look says of it both that it is not there and something else'),
      evidence: [],
    }));
  const lost = reports.flatMap((report) => lossIn(resource, report, memory, look));
  const found = lost.length > 0 ? lost : reports.flatMap((report) => judgeReport(resource, report, memory, look));
  // What nobody asked for is nobody's verdict, and must not grow a blindness of its own.
  const asked = found.filter(({ facet }) => expected.has(facet));
  return settle(due, asked, lost.length > 0);
}

function contradictory(reports: readonly ResourceReport[]): boolean {
  if (reports.length < 2) return false;
  const elsewhere = (report: ResourceReport): boolean =>
    report.kind === 'seen' || (report.kind === 'blind' && report.facets.includes('presence'));
  return reports.some((report) => report.kind === 'unseen') && reports.some(elsewhere);
}

/** Where a resource is lost, its presence or identity is all that is judged: the contents of an impostor mean nothing. */
function lossIn(resource: Resource, report: ResourceReport, memory: Memory, look: LookMade): FacetJudgment[] {
  if (report.kind === 'unseen') return [judgeUnseen(resource, report, memory, look)];
  if (report.kind !== 'seen') return [];
  const evidence = [judged(report.evidence, look)];
  const identity = judgeIdentity(resource, report, memory);
  if (identity.is === 'lost')
    return [
      { facet: 'presence', outcome: GOOD, evidence },
      { facet: 'identity', outcome: identity, evidence },
    ];
  // The wrong server was asked: its deletions are not ours.
  if (identity.is === 'blind' && identity.reason === 'wrong-caller') return [];
  if (report.doom && report.looked.includes('presence')) {
    const { what, ...undoing } = report.doom;
    const outcome: Outcome = { is: 'lost', how: 'doomed', say: what, ...undoing };
    return [
      { facet: 'presence', outcome, evidence },
      ...(report.looked.includes('identity') ? [{ facet: 'identity' as const, outcome: identity, evidence }] : []),
    ];
  }
  return [];
}

function judgeUnseen(resource: Resource, report: Unseen, memory: Memory, look: LookMade): FacetJudgment {
  const { listing, direct } = report;
  // The types demand it; a probe written in anger may still lie, and an absence is the gravest thing there is to say.
  const proven = listing.complete && (listing.control as unknown) !== undefined;
  const shown = {
    complete: listing.complete,
    ...(proven
      ? {
          control: listing.control.by === 'typed-not-found' ? `${listing.control.call} says ${listing.control.code}` : listing.control.what,
        }
      : {}),
  };
  const evidence = [{ ...judged(listing.evidence, look), ...shown }, ...(direct ? [judged(direct, look)] : [])];
  if (!proven)
    return {
      facet: 'presence',
      outcome: { is: 'blind', reason: 'partial-answer', say: 'not in a listing that was not read whole' },
      evidence,
    };
  const stranger = strangeVantage(resource, listing.caller, memory);
  if (stranger) return { facet: stranger.is === 'lost' ? 'identity' : 'presence', outcome: stranger, evidence };
  const say = `${direct?.excerpt ?? `not in ${listing.scope}`} (asked ${listing.evidence.method}, whole answer)`;
  return { facet: 'presence', outcome: { is: 'lost', how: 'absent', say }, evidence };
}

/** Whoever answered is not whom we mean: its not having the resource says nothing of ours. Undefined where it is the right one, or nobody knows. */
function strangeVantage(resource: Resource, caller: Identity, memory: Memory): Outcome | undefined {
  const key = resource.vantageKey;
  const wanted = key === undefined ? undefined : wantedIdentity(resource, memory)[key];
  if (key === undefined || wanted === undefined || caller[key] === undefined || caller[key] === wanted) return undefined;
  const say = `${key} is ${caller[key]}, wanted ${wanted}`;
  return memory.matched ? { is: 'lost', how: 'impostor', say, found: caller } : blind('wrong-caller', say);
}

/** The identity that this resource must show: what was learned on first use, overruled by what the manifest says. */
export function wantedIdentity(resource: Pick<Resource, 'identity'>, memory: Memory): Identity {
  return memory.pin ? { ...memory.pin, ...resource.identity } : resource.identity;
}

function judgeIdentity(resource: Resource, report: Seen, memory: Memory): Outcome {
  const wanted = wantedIdentity(resource, memory);
  const shared = Object.keys(wanted).filter((key) => key in report.pin);
  if (shared.length === 0 && Object.keys(wanted).length > 0) {
    return report.looked.includes('identity') ? blind('protocol', 'it showed no identity that can be compared') : GOOD;
  }
  const other = shared.filter((key) => report.pin[key] !== wanted[key]);
  if (other.length === 0) return memory.tainted && Object.keys(report.pin).some((key) => !(key in wanted)) ? upstart(report.pin) : GOOD;
  const say = other.map((key) => `${key} is ${report.pin[key]}, wanted ${wanted[key]}`).join('; ');
  // The vantage itself (which server, which account) never matched: we are asking the wrong one, and it proves nothing.
  if (!memory.matched && resource.vantageKey !== undefined && other.includes(resource.vantageKey))
    return { is: 'blind', reason: 'wrong-caller', say };
  return { is: 'lost', how: 'impostor', say, found: report.pin };
}

/** It was missing when it was first asked for: what has turned up since may be anything (law 2). */
function upstart(pin: Identity): Outcome {
  const say = `appeared under this name after it was missing, and nothing says that it is the same one (found ${printIdentity(pin)})`;
  return { is: 'lost', how: 'impostor', say, found: pin };
}

function judgeReport(resource: Resource, report: ResourceReport, memory: Memory, look: LookMade): FacetJudgment[] {
  if (report.kind === 'unseen') return [];
  const evidence = [judged(report.evidence, look)];
  if (report.kind === 'blind') return blindFacets(report, evidence);
  const identity = judgeIdentity(resource, report, memory);
  // The wrong server was asked: nothing it says counts.
  if (identity.is === 'blind' && identity.reason === 'wrong-caller')
    return report.looked.map((facet) => ({ facet, outcome: identity, evidence }));
  return [...implied(resource, report, memory, look), ...report.looked].map((facet) => {
    if (facet === 'presence') return { facet, outcome: GOOD, evidence };
    if (facet === 'identity') return { facet, outcome: identity, evidence };
    return { facet, outcome: judgeChecks(resource, facet, report, memory, look), evidence };
  });
}

/** Who was let in to look around has seen that it is there, and, where it showed all of its identity, that it is the same. */
function implied(resource: Resource, { pin, looked }: Seen, memory: Memory, { depth }: LookMade): Facet[] {
  if (depth !== 'inspect') return [];
  const whole = Object.keys(wantedIdentity(resource, memory)).every((key) => key in pin);
  return (['presence', ...(whole ? (['identity'] as const) : [])] as const).filter((facet) => !looked.includes(facet));
}

function blindFacets(report: Blind, evidence: readonly JudgedEvidence[]): FacetJudgment[] {
  return report.facets.map((facet) => ({ facet, outcome: { is: 'blind', reason: report.reason, say: report.evidence.excerpt }, evidence }));
}

function judgeChecks(resource: Resource, facet: Facet, report: Seen, memory: Memory, look: LookMade): Outcome {
  const breaches: Breach[] = [];
  let suspicion: string | undefined;
  for (const check of resource.checks) {
    if (check.facet !== facet || check.depth !== look.depth) continue;
    const finding = applyRule(check, report.measures, memory, defaultSeverity(resource, check));
    if (finding.is === 'unmeasured') return { is: 'blind', reason: 'omitted', say: `the probe did not measure ${check.measure}` };
    if (finding.is === 'doubtful') return blind('partial-answer', finding.say);
    if (finding.is === 'broken') breaches.push(finding.breach);
    if (finding.is === 'suspicious') suspicion ??= finding.say;
  }
  const [first, ...rest] = breaches;
  if (first) return { is: 'breach', breaches: [first, ...rest] };
  return suspicion === undefined ? GOOD : { is: 'good', suspicion };
}

/** CONTRACT §4: a diminished resource weighs what the resource weighs; the others are warnings unless the manifest says otherwise. */
function defaultSeverity(resource: Resource, check: Check): Severity {
  return check.breach === 'diminished' ? resource.severity : 'warning';
}

/** One answer per due facet: conflicts and gaps become blindness. What was said of facets not due is kept, being seen all the same. */
function settle(due: readonly Facet[], found: readonly FacetJudgment[], lost: boolean): FacetJudgment[] {
  const byFacet = new Map<Facet, FacetJudgment>();
  for (const judgment of found) {
    const other = byFacet.get(judgment.facet);
    byFacet.set(judgment.facet, other ? reconcile(other, judgment) : judgment);
  }
  if (!lost)
    for (const facet of due)
      if (!byFacet.has(facet)) byFacet.set(facet, { facet, outcome: blind('omitted', 'the probe said nothing of it'), evidence: [] });
  return [...byFacet.values()];
}

function reconcile(a: FacetJudgment, b: FacetJudgment): FacetJudgment {
  if (a.outcome.is === b.outcome.is && a.outcome.is !== 'lost') return a;
  return { facet: a.facet, outcome: blind('protocol', 'two reports of one look disagree'), evidence: [...a.evidence, ...b.evidence] };
}

function blind(reason: BlindReason, say: string): Outcome {
  return { is: 'blind', reason, say };
}

function judged(evidence: Evidence, look: LookMade): JudgedEvidence {
  return { ...evidence, path: look.path };
}

export function printIdentity(identity: Identity): string {
  return Object.entries(identity)
    .map(([key, value]) => `${key} ${value}`)
    .join(', ');
}
