import { expectedFacets, type Resource } from './expectation.ts';
import type { FacetState } from './facet.ts';
import type { Memory } from './memory.ts';
import type { Breach, JudgedEvidence, Outcome, VerdictKind } from './outcome.ts';
import type { PrintedEvidence, PrintedResource } from './page.ts';
import type { ResourceState } from './state.ts';
import { wantedIdentity } from './verdict.ts';
import { formatInstant } from './wording.ts';

const EVIDENCE_PRINTED = 6;

type Loss = Outcome & { is: 'lost' };

/** How a resource stands, in a verdict and a sentence, and what that rests on. */
export function standOf(resource: Resource, state: ResourceState) {
  const loss = lossOf(state);
  const breaches = breachesOf(state);
  const skipped = skippedOf(resource, state);
  const verdict = verdictOf(loss, breaches, skipped);
  return { loss, breaches, skipped, verdict, summary: summarize(resource, state, loss, breaches, skipped) };
}

/** One resource as `check --json` and pages print it (CONTRACT §4). */
export function printResource(resource: Resource, state: ResourceState, memory: Memory, durationMs: number): PrintedResource {
  const { loss, breaches, skipped, verdict, summary } = standOf(resource, state);
  const undo = loss?.undoBefore;
  const pin = Object.keys(resource.identity).length > 0 ? 'manifest' : memory.pin && memory.adopted ? 'store' : 'none';
  return {
    id: resource.id,
    kind: resource.kind,
    connection: resource.connection,
    severity: resource.severity,
    verdict,
    breaches,
    pin,
    skipped,
    summary,
    expected: {
      identity: pin === 'none' ? {} : wantedIdentity(resource, memory),
      ...Object.fromEntries(breaches.map((breach) => [breach.path, breach.expected])),
    },
    actual: actualOf(loss, breaches, memory),
    evidence: printEvidence(state, verdict),
    last_seen_healthy: state.lastHealthy && formatInstant(state.lastHealthy.wall),
    first_seen_bad: state.firstBad && formatInstant(state.firstBad.wall),
    undo_before: undo === undefined ? null : formatInstant(undo),
    ...(loss?.undo === undefined ? {} : { undo: loss.undo }),
    ...idsOf(resource, memory),
    duration_ms: Math.round(durationMs),
    ...(resource.owner === undefined ? {} : { owner: resource.owner }),
    ...(resource.runbook === undefined ? {} : { runbook: resource.runbook }),
    ...(resource.protectedBy.length === 0 ? {} : { protected_by: resource.protectedBy }),
  };
}

/** What is held of its identity, whether or not it is a pin yet, and where it lies as far as the manifest says. */
function idsOf(resource: Resource, memory: Memory): { readonly ids?: Readonly<Record<string, string>> } {
  const { connection: _connection, ...domain } = resource.domain;
  const ids = { ...wantedIdentity(resource, memory), ...domain };
  return Object.keys(ids).length > 0 ? { ids } : {};
}

function verdictOf(loss: Loss | undefined, breaches: readonly Breach[], skipped: readonly unknown[]): VerdictKind {
  if (loss) return loss.how;
  if (breaches.length > 0) return 'degraded';
  return skipped.length > 0 ? 'blind' : 'present';
}

/** What the last look found: an absence stands for a minute after something answers again, and that may be an impostor. */
function lossOf(state: ResourceState): Loss | undefined {
  const lost = [state.facets['presence'], state.facets['identity']].flatMap((facet) =>
    facet?.standing === 'bad' && facet.outcome?.is === 'lost' ? [{ outcome: facet.outcome, now: facet.marks.at(-1)?.harm !== null }] : [],
  );
  return (lost.find(({ now }) => now) ?? lost[0])?.outcome;
}

function breachesOf(state: ResourceState): Breach[] {
  return Object.values(state.facets).flatMap(({ standing, outcome }) =>
    standing === 'bad' && outcome?.is === 'breach' ? outcome.breaches : [],
  );
}

/** Facets that could not be looked at, or never were: never green. What is lost has no contents to look at. */
function skippedOf(resource: Resource, state: ResourceState): PrintedResource['skipped'] {
  if (lossOf(state)) return [];
  return [...expectedFacets(resource).keys()].flatMap((name) => {
    const facet = state.facets[name];
    if (facet?.sight.blindNow) return [{ facet: name, reason: facet.sight.reason ?? 'omitted', say: facet.sight.say }];
    return facet && facet.standing !== 'unknown' ? [] : [{ facet: name, reason: 'omitted', say: 'not looked at yet' }];
  });
}

function summarize(
  resource: Resource,
  state: ResourceState,
  loss: Loss | undefined,
  breaches: readonly Breach[],
  skipped: PrintedResource['skipped'],
): string {
  if (loss) return `${loss.say}, ${countLooks(state.facets[loss.how === 'impostor' ? 'identity' : 'presence'])}`;
  if (breaches.length > 0) return breaches.map((breach) => breach.what).join('; ');
  const [first] = skipped;
  if (first) return `cannot be seen (${first.facet}: ${first.reason}): ${first.say}`;
  return `answered for ${[...expectedFacets(resource).keys()].join(', ')}`;
}

function countLooks(facet: FacetState | undefined): string {
  const all = facet?.marks ?? [];
  // Good looks from before the harm do not speak against it.
  const marks = all.slice(all.findIndex((mark) => mark.harm !== null));
  return `${marks.filter((mark) => mark.harm !== null).length} of ${marks.length} looks`;
}

function actualOf(loss: Loss | undefined, breaches: readonly Breach[], memory: Memory): PrintedResource['actual'] {
  if (loss?.how === 'absent') return null;
  const identity = loss?.found ?? memory.pin;
  return { ...(identity ? { identity } : {}), ...Object.fromEntries(breaches.map((breach) => [breach.path, breach.actual])) };
}

/** The evidence that carries the verdict: of what is bad, else of what is blind, else of the presence. */
function printEvidence(state: ResourceState, verdict: VerdictKind): PrintedEvidence[] {
  const facets = Object.entries(state.facets);
  const telling = facets.filter(([name, facet]) =>
    verdict === 'present' ? name === 'presence' : verdict === 'blind' ? facet.sight.blindNow : facet.standing === 'bad',
  );
  const once = new Map<string, JudgedEvidence>();
  for (const evidence of telling.flatMap(([, facet]) => facet.evidence))
    once.set(`${evidence.at.steady} ${evidence.method} ${evidence.excerpt}`, evidence);
  const looks = new Map<number, number>();
  return [...once.values()]
    .sort((a, b) => a.at.steady - b.at.steady)
    .slice(-EVIDENCE_PRINTED)
    .map((evidence) => {
      const ended = evidence.look ?? evidence.at.steady;
      const look = looks.get(ended) ?? looks.size + 1;
      looks.set(ended, look);
      const { method, vantage, complete, control, excerpt } = evidence;
      return {
        method,
        vantage,
        at: formatInstant(evidence.at.wall),
        ...(complete === undefined ? {} : { complete }),
        ...(control === undefined ? {} : { control }),
        look,
        excerpt,
      };
    });
}
