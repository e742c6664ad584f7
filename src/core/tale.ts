import type { HarmClass } from './outcome.ts';
import type { ResourceState } from './state.ts';

type Facets = ResourceState['facets'];

/** What a person would be told of the bad facets; a difference is news. */
export function tale(facets: Facets): string {
  return Object.entries(facets)
    .filter(([, facet]) => facet.standing === 'bad')
    .map(([name, { outcome }]) => {
      if (outcome?.is === 'lost') return `${name} ${outcome.how}`;
      if (outcome?.is !== 'breach') return name;
      return `${name} ${outcome.breaches.map(({ path }) => path).join()}${isEmptied(outcome.breaches) ? ' emptied' : ''}`;
    })
    .join('\n');
}

/**
 * Whether more is struck than before, as gravely: another facet, what had only shrunk emptied, a deletion that was only announced done.
 * Another face of the same loss (absent, then another in its place) is not more of it.
 */
export function isMore(before: Facets, now: Facets, harm: HarmClass): boolean {
  const known = facts(before, harm);
  return [...facts(now, harm)].some((fact) => !known.has(fact));
}

function facts(facets: Facets, harm: HarmClass): Set<string> {
  const out = new Set<string>();
  for (const [name, { standing, harm: own, outcome }] of Object.entries(facets)) {
    if (standing !== 'bad' || own !== harm || !outcome) continue;
    out.add(outcome.is === 'lost' ? 'lost' : name);
    if (outcome.is === 'lost' && outcome.how !== 'doomed') out.add('done');
    if (outcome.is === 'breach' && isEmptied(outcome.breaches)) out.add(`${name} emptied`);
  }
  return out;
}

function isEmptied(breaches: readonly { readonly kind: string; readonly actual: number | string | null }[]): boolean {
  return breaches.some(({ kind, actual }) => kind === 'diminished' && actual === 0);
}
