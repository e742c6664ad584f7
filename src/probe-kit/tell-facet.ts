import type { Facet, Identity, Measure, Report } from '../probe.ts';
import { formatFact } from '../values/fact.ts';
import type { Denial } from './failure.ts';
import type { Measures } from './measure.ts';
import type { Reporter } from './reporter.ts';

/** One resource that is being looked into. */
export interface Inspected {
  readonly id: string;
  readonly pin: Identity;
  readonly reporter: Reporter;
  readonly say: (report: Report) => void;
  /** What has not been said yet. */
  readonly open: Set<Facet>;
  /** True once the session is gone: then what failed is not the facet's own. */
  readonly over: () => boolean;
  readonly failure: (error: unknown) => Denial;
}

/** One facet: its measures, or why there are none. @throws only where the session is gone, which ends the others too. */
export async function tellFacet(
  { id, pin, reporter, say, open, over, failure }: Inspected,
  facet: Facet,
  method: string,
  look: () => Promise<Measures | Denial> | Measures | Denial,
): Promise<void> {
  let result: Measures | Denial;
  try {
    result = await look();
  } catch (error) {
    if (over()) throw error;
    result = failure(error);
  }
  open.delete(facet);
  if (isDenial(result)) say(reporter.blind(id, [facet], method, result));
  else say(reporter.seen(id, pin, [facet], result, reporter.evidence(method, print(result))));
}

/** The grant that is missing, said so that it can be pasted. */
export function lacking(grant: string): Denial {
  return { reason: 'denied', say: `not allowed to look; it takes ${grant}` };
}

function isDenial(result: Measures | Denial): result is Denial {
  return typeof result['reason'] === 'string';
}

function print(measures: Measures): string {
  return Object.entries(measures)
    .map(([name, measure]) => `${name.split('.').at(-1)} ${printMeasure(measure)}`)
    .join(', ');
}

function printMeasure({ value, unit }: Measure): string {
  if (unit === 'bytes' || unit === 'ms') return formatFact(value, unit);
  return unit === 'rows' || unit === 'count' ? `${value} ${unit}` : String(value);
}
