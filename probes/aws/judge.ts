import type { Failure } from './errors.ts';
import { decide, type Answer } from './iam-decide.ts';
import { readPrincipal, type Principal } from './principal.ts';
import { keyOf, simulate, type Question } from './simulate.ts';
import type { Vantage } from './vantage.ts';

/** What is known of one identity: what its policies say, and how questions about it were answered. */
export interface Judged {
  /** Undefined where its policies may not be read. */
  readonly principal: Principal | undefined;
  /** By `keyOf` a question; what is missing could not be answered. */
  readonly answers: ReadonlyMap<string, Answer>;
  /** Why something could not be answered, in the words of whoever refused. */
  readonly failure: Failure | undefined;
}

/** Questions that IAM is asked to simulate; the rest of a large roll is answered from the policies. */
const SIMULATED = 1500;

/** Asks IAM to simulate where that is allowed, and reads the policies where it is not, or not of everything. */
export async function judge(
  vantage: Vantage,
  arn: string,
  questions: readonly Question[],
  failureOf: (error: unknown) => Failure,
): Promise<Judged> {
  const answers = new Map<string, Answer>();
  let failure: Failure | undefined;
  try {
    for (const [key, answer] of await simulate(vantage, arn, questions.slice(0, SIMULATED))) answers.set(key, answer);
  } catch (error) {
    failure = failureOf(error);
  }
  let principal: Principal | undefined;
  try {
    principal = await readPrincipal(vantage, arn);
  } catch (error) {
    failure = failureOf(error);
  }
  const open = questions.filter((question) => !answers.has(keyOf(question)));
  if (principal) for (const question of open) answers.set(keyOf(question), decide(principal, question.action, question.on));
  return { principal, answers, failure: open.length > 0 && !principal ? failure : undefined };
}
