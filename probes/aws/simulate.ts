import type { Answer } from './iam-decide.ts';
import { BadAnswer } from './errors.ts';
import type { Vantage } from './vantage.ts';

/** May this be done to that? */
export interface Question {
  readonly action: string;
  /** ARN, a pattern of ARNs, or `*`. */
  readonly on: string;
}

/** Resources in one call. */
const BATCH = 20;
/** Pages of one answer. */
const PAGES = 20;

/** One for each question. */
export function keyOf({ action, on }: Question): string {
  return `${action}\n${on}`;
}

/**
 * Asks IAM itself (iam:SimulatePrincipalPolicy), which knows of organisations and boundaries too. An answer that hangs on what a request would bring
 * with it is `may`. @throws what IAM throws.
 */
export async function simulate(vantage: Vantage, arn: string, questions: readonly Question[]): Promise<ReadonlyMap<string, Answer>> {
  const answers = new Map<string, Answer>();
  const byResource = Map.groupBy(questions, ({ on }) => on);
  const alike = Map.groupBy(byResource, ([, some]) =>
    some
      .map(({ action }) => action)
      .toSorted()
      .join(),
  );
  for (const group of alike.values()) {
    const actions = [...new Set(group[0]?.[1].map(({ action }) => action) ?? [])];
    for (let from = 0; from < group.length; from += BATCH) {
      const resources = group.slice(from, from + BATCH).map(([on]) => on);
      for (const [key, answer] of await ask(vantage, arn, actions, resources)) answers.set(key, answer);
    }
  }
  return answers;
}

async function ask(vantage: Vantage, PolicySourceArn: string, ActionNames: string[], ResourceArns: string[]): Promise<[string, Answer][]> {
  const found: [string, Answer][] = [];
  let Marker: string | undefined;
  for (let page = 0; page < PAGES; page++) {
    const answer = await vantage.ask('iam', 'SimulatePrincipalPolicy', (iam, options) =>
      iam.simulatePrincipalPolicy({ PolicySourceArn, ActionNames, ResourceArns, Marker }, options),
    );
    for (const {
      EvalActionName: action = '',
      EvalResourceName: on = '*',
      EvalDecision,
      MissingContextValues,
      ResourceSpecificResults = [],
    } of answer.EvaluationResults ?? []) {
      if (ResourceSpecificResults.length === 0) found.push([keyOf({ action, on }), answerOf(EvalDecision, MissingContextValues)]);
      for (const one of ResourceSpecificResults)
        found.push([keyOf({ action, on: one.EvalResourceName ?? on }), answerOf(one.EvalResourceDecision, one.MissingContextValues)]);
    }
    Marker = answer.Marker;
    if (Marker === undefined) return found;
  }
  throw new BadAnswer(`iam:SimulatePrincipalPolicy does not come to an end within ${PAGES} pages`);
}

function answerOf(decision: string | undefined, missing: readonly string[] | undefined): Answer {
  if (decision === 'allowed') return 'yes';
  return (missing?.length ?? 0) > 0 ? 'may' : 'no';
}
