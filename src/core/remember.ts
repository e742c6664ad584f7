import { usualFall, usualStep } from './counter.ts';
import type { Resource } from './expectation.ts';
import type { Last, Memory } from './memory.ts';
import type { FacetJudgment } from './outcome.ts';
import type { ResourceReport, Seen } from './report.ts';
import type { ResourceState } from './state.ts';
import { wantedIdentity } from './verdict.ts';

/** What is remembered after a look: `adopted` is true once, when an identity is taken on first use. */
export function remember(
  resource: Resource,
  memory: Memory,
  state: ResourceState,
  reports: readonly ResourceReport[],
  judgments: readonly FacetJudgment[],
): { memory: Memory; adopted: boolean } {
  const seen = reports.filter((report): report is Seen => report.kind === 'seen');
  const next = {
    ...memory,
    ...identityAfter(resource, memory, seen, judgments),
    ...measuresAfter(resource, memory, state, seen, judgments),
  };
  const adopted = !next.adopted && next.pin !== undefined && isWhole(resource, state);
  return { memory: adopted ? { ...next, adopted } : next, adopted };
}

/**
 * A first sighting is held as the pin at once, so that a change right after is noticed, but counts as adopted only when nothing is
 * wrong or unseen (law 2). Something missing while there is no pin taints: what appears later under the name is not taken for it.
 */
function identityAfter(resource: Resource, memory: Memory, seen: readonly Seen[], judgments: readonly FacetJudgment[]): Partial<Memory> {
  const identity = judgments.find((judgment) => judgment.facet === 'identity');
  const pin = seen.find((report) => report.looked.includes('identity'))?.pin;
  if (identity?.outcome.is === 'good' && pin) {
    const wanted = wantedIdentity(resource, memory);
    return { matched: true, ...(Object.keys(pin).every((key) => key in wanted) ? {} : { pin: { ...pin, ...wanted } }) };
  }
  const missing = judgments.some(({ outcome }) => outcome.is === 'lost' && outcome.how === 'absent');
  return missing && memory.pin === undefined ? { tainted: true } : {};
}

/** Baselines rise with healthy looks only; the last look's counters and texts are kept for the next step. */
function measuresAfter(
  resource: Resource,
  memory: Memory,
  state: ResourceState,
  seen: readonly Seen[],
  judgments: readonly FacetJudgment[],
): Partial<Memory> {
  const compared = new Set(resource.checks.flatMap(({ measure, rule }) => comparedWithPast(measure, rule)));
  const strange = judgments.some(({ outcome }) => outcome.is === 'lost' || (outcome.is === 'blind' && outcome.reason === 'wrong-caller'));
  if (compared.size === 0 || strange) return {};
  // Where an exact count decides, an estimate that runs high must not become the height that later counts fall from.
  const counted = new Set(resource.checks.flatMap(({ measure, rule }) => (decidedByCount(rule) ? [measure] : [])));
  const paces = new Map(resource.checks.flatMap(({ measure, rule }) => paceOf(measure, rule)));
  // A step shows once: until it is confirmed, the looks that are to confirm it compare with what was there before it.
  const awaited = new Set(
    resource.checks.flatMap(({ facet, measure, rule }) =>
      rule.is === 'churns_at_most' && state.facets[facet]?.standing === 'suspect' ? [measure] : [],
    ),
  );
  const badFacets = new Set(judgments.filter(({ outcome }) => outcome.is !== 'good').map(({ facet }) => facet));
  const baselines = { ...memory.baselines };
  const last: Record<string, Last> = { ...memory.last };
  for (const report of seen)
    for (const [name, measure] of Object.entries(report.measures)) {
      if (!compared.has(name) || awaited.has(name)) continue;
      const steady = last[name] === undefined || last[name].epoch === measure.epoch;
      const usual = paces.get(name)?.(name, measure, memory);
      last[name] = {
        value: measure.value,
        ...(measure.epoch === undefined ? {} : { epoch: measure.epoch }),
        ...(usual === undefined ? {} : { usual }),
      };
      if (typeof measure.value !== 'number' || !Number.isFinite(measure.value) || measure.how === 'counter') continue;
      if (measure.how === 'estimate' && (!steady || counted.has(name))) continue;
      if (!report.looked.some((facet) => badFacets.has(facet))) baselines[name] = Math.max(baselines[name] ?? measure.value, measure.value);
    }
  return { baselines, last };
}

function comparedWithPast(measure: string, rule: Resource['checks'][number]['rule']): string[] {
  switch (rule.is) {
    case 'shrinks_at_most':
      return [measure, ...rule.corroboration.map((name) => name.replace(/^!/, ''))];
    case 'never_shrinks':
    case 'jumps':
    case 'falls':
    case 'restarts':
      return [measure];
    case 'churns_at_most':
      return [measure, rule.of];
    case 'at_least':
    case 'at_most':
    case 'equals':
      return [];
  }
}

/** How what is usual of a measure is reckoned, where a check asks. */
function paceOf(measure: string, rule: Resource['checks'][number]['rule']): [string, typeof usualStep][] {
  if (rule.is === 'jumps') return [[measure, usualStep]];
  return rule.is === 'falls' ? [[measure, usualFall]] : [];
}

function decidedByCount(rule: Resource['checks'][number]['rule']): boolean {
  return rule.is === 'never_shrinks' || (rule.is === 'shrinks_at_most' && rule.corroboration.length === 0);
}

function isWhole(resource: Resource, state: ResourceState): boolean {
  const names = new Set(['presence', 'identity', ...resource.checks.map((check) => check.facet)]);
  return state.harm === null && [...names].every((name) => state.facets[name]?.standing === 'good' && !state.facets[name].sight.blindNow);
}
