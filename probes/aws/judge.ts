import type { Failure } from './errors.ts';
import { decide, matchesAction, type Answer } from './iam-decide.ts';
import type { Statement } from './iam-policy.ts';
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

/** Questions that IAM is asked to simulate, twenty things a call; the rest of a large roll is answered from the policies. */
const SIMULATED = 500;

/** Asks IAM to simulate where that is allowed, and reads the policies where it is not, or not of everything. */
export async function judge(
  vantage: Vantage,
  arn: string,
  questions: readonly Question[],
  failureOf: (error: unknown) => Failure,
): Promise<Judged> {
  const [principal, unread] = await attempt(readPrincipal(vantage, arn), failureOf);
  const [simulated, refusal] = await attempt(simulate(vantage, arn, questions.slice(0, SIMULATED)), failureOf);
  const answers = new Map<string, Answer>(simulated ?? []);
  const open = questions.filter((question) => !answers.has(keyOf(question)));
  if (principal) for (const [key, answer] of decideAll(principal, open)) answers.set(key, answer);
  return { principal, answers, failure: open.length > 0 && !principal ? (unread ?? refusal) : undefined };
}

/** Reads the policies alone, which is fewer calls: of the many roles that an agent may become. Simulates where they may not be read. */
export async function judgeBriefly(...asked: Parameters<typeof judge>): Promise<Judged> {
  const [vantage, arn, questions, failureOf] = asked;
  const [principal] = await attempt(readPrincipal(vantage, arn), failureOf);
  return principal ? { principal, answers: decideAll(principal, questions), failure: undefined } : judge(...asked);
}

/** Action by action: what no statement is about is answered for ten thousand things at once. */
function decideAll({ statements, boundary }: Principal, questions: readonly Question[]): Map<string, Answer> {
  const answers = new Map<string, Answer>();
  for (const [action, some] of Map.groupBy(questions, (question) => question.action)) {
    const about = (all: readonly Statement[]): Statement[] => all.filter((one) => matchesAction(one.actions, one.notActions, action));
    const permissions = { statements: about(statements), ...(boundary && { boundary: about(boundary) }) };
    const allows = permissions.statements.some(({ effect }) => effect === 'Allow');
    for (const question of some) answers.set(keyOf(question), allows ? decide(permissions, action, question.on) : 'no');
  }
  return answers;
}

async function attempt<T>(work: Promise<T>, failureOf: (error: unknown) => Failure): Promise<[T, undefined] | [undefined, Failure]> {
  try {
    return [await work, undefined];
  } catch (error) {
    return [undefined, failureOf(error)];
  }
}
