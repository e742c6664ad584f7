import type { Facet, Report, Wanted } from '../../src/probe.ts';
import type { Failure } from './errors.ts';
import { facetsAt } from './facets.ts';
import type { Group } from './group.ts';
import type { AnyLooker, AwsTarget, Step } from './kind.ts';
import { inLanes } from './lanes.ts';
import type { Reporter } from './reporter.ts';
import type { Vantage } from './vantage.ts';

const LANES = 4;

interface Inspection {
  readonly group: Group;
  readonly looker: AnyLooker;
  readonly vantage: Vantage;
  readonly report: Reporter;
  readonly failure: (error: unknown) => Failure;
}

/** The questions that a sweep does not ask, of each resource by itself. One that is refused makes its own facets blind, and no others. */
export async function* inspect(one: Inspection): AsyncGenerator<readonly Report[], void, void> {
  const due = one.group.wanted
    .map((wanted) => ({ wanted, facets: facetsAt(wanted.checks, 'inspect') }))
    .filter(({ facets }) => facets.length > 0);
  const asked = due.flatMap(({ wanted, facets }) => {
    const steps = one.looker.steps?.(one.vantage, wanted.target) ?? [];
    return steps.map((step) => ({ wanted, step, facets: facets.filter((facet) => step.facets.includes(facet)) }));
  });
  yield* inLanes(
    asked.filter(({ facets }) => facets.length > 0),
    LANES,
    ({ wanted, step, facets }) => ask(one, wanted, step, facets),
  );
}

async function ask(
  { vantage, report, failure }: Inspection,
  { id }: Wanted<AwsTarget>,
  step: Step,
  looked: readonly Facet[],
): Promise<Report[]> {
  try {
    const { measures, say } = await step.ask();
    const pin: Record<string, string> = vantage.account === '' ? {} : { account: vantage.account };
    return [{ kind: 'seen', id, pin, looked, measures, evidence: report.evidence(step.call, say) }];
  } catch (error) {
    return report.blind(id, looked, step.call, failure(error));
  }
}
