import { canonicalJson } from './canonical.ts';
import type { Resource } from './expectation.ts';
import type { VerdictKind } from './outcome.ts';
import type { PrintedResource } from './page.ts';

const SHOWN = 50;

/** A resource as an approver is shown it. */
export interface Sighting {
  readonly id: string;
  readonly verdict: VerdictKind | 'unknown';
  /** Paths of what is broken. */
  readonly breaches: readonly string[];
}

/** What an approver must see of a target before it goes. */
export interface Observed {
  readonly target: Sighting;
  /** `postgres.database on orders-pg` */
  readonly what: string;
  /** What this would bring back: it is their backup. */
  readonly protects: readonly Sighting[];
  /** What would bring it back; `shares_domain` where it goes down with it. */
  readonly protected_by: readonly (Sighting & { readonly shares_domain: boolean })[];
  /** Other resources of its domain: what whoever can delete the one may reach of the others. */
  readonly same_domain: readonly string[];
  readonly last_seen_healthy: string | null;
}

/** Looks up what stands around a resource; undefined where it is not on the roll. `print`: what is known of each. */
export function observe(
  resources: readonly Resource[],
  id: string,
  print: (id: string) => PrintedResource | undefined,
): Observed | undefined {
  const target = resources.find((resource) => resource.id === id);
  if (!target) return undefined;
  const sight = (of: string): Sighting => {
    const printed = print(of);
    return { id: of, verdict: printed?.verdict ?? 'unknown', breaches: printed?.breaches.map(({ path }) => path).toSorted() ?? [] };
  };
  const byId = new Map(resources.map((resource) => [resource.id, resource]));
  const guards = target.protectedBy
    .slice(0, SHOWN)
    .map((guard) => ({ ...sight(guard), shares_domain: sameDomain(target, byId.get(guard)) }));
  const others = resources.filter((other) => other.id !== id && sameDomain(target, other)).map((other) => other.id);
  return {
    target: sight(id),
    what: `${target.kind} on ${target.connection}`,
    protects: resources.flatMap((other) => (other.protectedBy.includes(id) ? [sight(other.id)] : [])).slice(0, SHOWN),
    protected_by: guards,
    same_domain: others.slice(0, SHOWN),
    last_seen_healthy: print(id)?.last_seen_healthy ?? null,
  };
}

/** The part that must stand as it was shown, as one text. When it was last healthy moves by itself. */
export function steadyPart({ last_seen_healthy: _moves, ...steady }: Observed): string {
  return canonicalJson(steady);
}

function sameDomain(one: Resource, other: Resource | undefined): boolean {
  return other !== undefined && canonicalJson(one.domain) === canonicalJson(other.domain);
}
