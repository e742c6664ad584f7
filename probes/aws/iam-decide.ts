import type { Statement } from './iam-policy.ts';
import { literally, matchesWhole, type Step } from './linear-match.ts';

/** `may`: under a condition, or for a part of what was asked about. */
export type Answer = 'yes' | 'may' | 'no';

/** What the policies of one identity say together. */
export interface Permissions {
  readonly statements: readonly Statement[];
  /** Where there is one, nothing is allowed that it does not allow too. */
  readonly boundary?: readonly Statement[];
}

const RANK: Readonly<Record<Answer, number>> = { no: 0, may: 1, yes: 2 };

/**
 * Whether an identity may do `action` on `resource` (an ARN, or a pattern of ARNs), by its own policies and its boundary. Exact in Allow, Deny, NotAction,
 * NotResource and wildcards; a condition, or a variable in a resource, is `may`. Policies of the organisation, of a session and of the resource
 * are not known here: the first two can only take away.
 */
export function decide({ statements, boundary }: Permissions, action: string, resource: string): Answer {
  const all = boundary ? [...statements, ...boundary] : statements;
  const denied = says(all, 'Deny', action, resource);
  if (denied === 'yes') return 'no';
  const allowed = least(says(statements, 'Allow', action, resource), boundary ? says(boundary, 'Allow', action, resource) : 'yes');
  return allowed === 'yes' && denied === 'may' ? 'may' : allowed;
}

/** Whether it is denied outright, whatever is allowed. */
export function isDenied({ statements, boundary = [] }: Permissions, action: string, resource: string): boolean {
  return says([...statements, ...boundary], 'Deny', action, resource) === 'yes';
}

/** Whether a trust policy lets `arn` become the role; `byName` where it names it and not only its account, which then needs no right of its own. */
export function trusts(
  statements: readonly Statement[],
  arn: string,
  account: string,
): { readonly answer: Answer; readonly byName: boolean } {
  const whole = new Set([account, `arn:aws:iam::${account}:root`, arn.replace(/:iam::\d{12}:.*$/, `:iam::${account}:root`)]);
  const asks = statements.filter(({ actions, notActions }) => matchesAction(actions, notActions, 'sts:AssumeRole'));
  const answerOf = (effect: Statement['effect'], fits: (principal: string) => boolean): Answer =>
    greatest(asks.map((one) => (one.effect === effect && one.principals.some(fits) ? (one.conditional ? 'may' : 'yes') : 'no')));
  const denied = answerOf('Deny', (one) => one === '*' || one === arn || whole.has(one));
  const byName = answerOf('Allow', (one) => one === '*' || one === arn);
  const byAccount = answerOf('Allow', (one) => whole.has(one));
  const answer = RANK[byName] >= RANK[byAccount] ? byName : byAccount;
  if (denied === 'yes' || answer === 'no') return { answer: 'no', byName: false };
  return { answer: denied === 'may' ? 'may' : answer, byName: byName !== 'no' };
}

/** What the statements of one effect say of a question together; a condition, or a part of what was asked about, is `may`. */
export function says(statements: readonly Statement[], effect: Statement['effect'], action: string, resource: string): Answer {
  return greatest(
    statements.map((one) => {
      if (one.effect !== effect || !matchesAction(one.actions, one.notActions, action)) return 'no';
      const fits = one.notResources.length > 0 ? outside(one.notResources, resource) : inside(one.resources, resource);
      return fits === 'yes' && one.conditional ? 'may' : fits;
    }),
  );
}

/** Exported for what asks which of an identity's own patterns covers an action. */
export function matchesAction(actions: readonly string[], notActions: readonly string[], action: string): boolean {
  if (notActions.length > 0) return !notActions.some((pattern) => matches(pattern.toLowerCase(), action.toLowerCase()));
  return actions.some((pattern) => matches(pattern.toLowerCase(), action.toLowerCase()));
}

function inside(patterns: readonly string[], resource: string): Answer {
  return greatest(
    patterns.map((pattern) => {
      const open = pattern.replaceAll(VARIABLE, '*');
      // Asked about a whole pattern of things: one that only overlaps allows, or denies, a part of them.
      if (!matches(open, resource)) return /[*?]/.test(resource) && matches(resource, open) ? 'may' : 'no';
      return open === pattern ? 'yes' : 'may';
    }),
  );
}

function outside(patterns: readonly string[], resource: string): Answer {
  const found = inside(patterns, resource);
  return found === 'yes' ? 'no' : found === 'may' ? 'may' : 'yes';
}

const VARIABLE = /\$\{[^}]*\}/g;
const known = new Map<string, readonly Step[]>();
/** Patterns kept: the policies of one audit hold some hundreds. */
const KEPT = 2000;

/** `*` stands for any number of characters and `?` for one; ARNs know no parts. */
function matches(pattern: string, text: string): boolean {
  let steps = known.get(pattern);
  if (!steps) {
    if (known.size >= KEPT) known.clear();
    known.set(pattern, (steps = Array.from(pattern.replaceAll(/\*+/g, '*')).flatMap(toStep)));
  }
  return matchesWhole(steps, text);
}

function toStep(character: string): Step[] {
  return character === '*' || character === '?' ? [{ is: () => true, many: character === '*' }] : literally(character);
}

function greatest(answers: readonly Answer[]): Answer {
  return answers.includes('yes') ? 'yes' : answers.includes('may') ? 'may' : 'no';
}

/** The weaker of two. */
export function least(one: Answer, other: Answer): Answer {
  return RANK[one] <= RANK[other] ? one : other;
}
