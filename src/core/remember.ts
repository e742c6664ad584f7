import { usualFall, usualStep } from './counter.ts';
import { expectedFacets, perChecks, type Resource } from './expectation.ts';
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
  const identity = identityAfter(resource, memory, seen, judgments);
  const measures = measuresAfter(resource, memory, state, seen, judgments);
  // What a look adds nothing to stays the same object: nothing has to be written down.
  const next = identity || measures ? { ...memory, ...identity, ...measures } : memory;
  const adopted = !next.adopted && next.pin !== undefined && isWhole(resource, state);
  return { memory: adopted ? { ...next, adopted } : next, adopted };
}

/**
 * A first sighting is held as the pin at once, so that a change right after is noticed, but counts as adopted only when nothing is
 * wrong or unseen (law 2). Something missing while there is no pin taints: what appears later under the name is not taken for it.
 */
function identityAfter(
  resource: Resource,
  memory: Memory,
  seen: readonly Seen[],
  judgments: readonly FacetJudgment[],
): Partial<Memory> | undefined {
  const identity = judgments.find((judgment) => judgment.facet === 'identity');
  const pin = seen.find((report) => report.looked.includes('identity'))?.pin;
  if (identity?.outcome.is === 'good' && pin) {
    const wanted = wantedIdentity(resource, memory);
    const whole = Object.keys(pin).every((key) => key in wanted);
    if (whole && memory.matched) return undefined;
    return { matched: true, ...(whole ? {} : { pin: { ...pin, ...wanted } }) };
  }
  const missing = judgments.some(({ outcome }) => outcome.is === 'lost' && outcome.how === 'absent');
  return missing && memory.pin === undefined && !memory.tainted ? { tainted: true } : undefined;
}

/** Baselines rise with healthy looks only; the last look's counters and texts are kept for the next step. */
function measuresAfter(
  resource: Resource,
  memory: Memory,
  state: ResourceState,
  seen: readonly Seen[],
  judgments: readonly FacetJudgment[],
): Partial<Memory> | undefined {
  const { compared, counted, paces } = pastOf(resource.checks);
  if (compared.size === 0) return undefined;
  const strange = judgments.some(({ outcome }) => outcome.is === 'lost' || (outcome.is === 'blind' && outcome.reason === 'wrong-caller'));
  if (strange) return undefined;
  // A step shows once: until it is confirmed, the looks that are to confirm it compare with what was there before it.
  const awaited = new Set(
    resource.checks.flatMap(({ facet, measure, rule }) =>
      (rule.is === 'churns_at_most' || rule.is === 'rises_at_most') && state.facets[facet]?.standing === 'suspect' ? [measure] : [],
    ),
  );
  const badFacets = new Set(judgments.filter(({ outcome }) => outcome.is !== 'good').map(({ facet }) => facet));
  const baselines: Record<string, number> = {};
  const last: Record<string, Last> = {};
  for (const report of seen)
    for (const [name, measure] of Object.entries(report.measures)) {
      if (!compared.has(name) || awaited.has(name)) continue;
      const before = last[name] ?? memory.last[name];
      const steady = before === undefined || before.epoch === measure.epoch;
      const usual = paces.get(name)?.(name, measure, memory);
      if (before?.value !== measure.value || before.epoch !== measure.epoch || before.usual !== usual)
        last[name] = {
          value: measure.value,
          ...(measure.epoch === undefined ? {} : { epoch: measure.epoch }),
          ...(usual === undefined ? {} : { usual }),
        };
      if (typeof measure.value !== 'number' || !Number.isFinite(measure.value) || measure.how === 'counter') continue;
      if (measure.how === 'estimate' && (!steady || counted.has(name))) continue;
      const height = baselines[name] ?? memory.baselines[name];
      if ((height === undefined || measure.value > height) && !report.looked.some((facet) => badFacets.has(facet)))
        baselines[name] = measure.value;
    }
  if (Object.keys(baselines).length === 0 && Object.keys(last).length === 0) return undefined;
  return { baselines: { ...memory.baselines, ...baselines }, last: { ...memory.last, ...last } };
}

/** The measures that are compared with what was before them. */
const pastOf = perChecks((checks) => ({
  compared: new Set(checks.flatMap(({ measure, rule }) => comparedWithPast(measure, rule))),
  // Where an exact count decides, an estimate that runs high must not become the height that later counts fall from.
  counted: new Set(checks.flatMap(({ measure, rule }) => (decidedByCount(rule) ? [measure] : []))),
  paces: new Map(checks.flatMap(({ measure, rule }) => paceOf(measure, rule))),
}));

function comparedWithPast(measure: string, rule: Resource['checks'][number]['rule']): string[] {
  switch (rule.is) {
    case 'shrinks_at_most':
      return [measure, ...rule.corroboration.map((name) => name.replace(/^!/, ''))];
    case 'never_shrinks':
    case 'jumps':
    case 'falls':
    case 'restarts':
    case 'rises_at_most':
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
  return (
    state.harm === null &&
    [...expectedFacets(resource).keys()].every((name) => state.facets[name]?.standing === 'good' && !state.facets[name].sight.blindNow)
  );
}
