import type { Strong } from '../../src/probe.ts';
import { clean } from '../../src/values/text.ts';
import { ESCALATIONS } from './harms.ts';
import { matchesAction, type Answer } from './iam-decide.ts';
import type { Statement } from './iam-policy.ts';
import type { Principal } from './principal.ts';
import { keyOf, type Question } from './simulate.ts';
import { denial } from './denial.ts';
import type { Threat } from './reach.ts';
import { mendPolicy, sayBy } from './say-by.ts';
import type { Weigh } from './weigh.ts';

/** What an audit may find of the watcher's own credentials, and a connection may accept. Root and an administrator have all of them, and one finding. */
export const STRENGTHS = ['root', 'admin', 'iam', 'delete', 'weaken', 'assume', 'queue', 'write'] as const;
type Strength = (typeof STRENGTHS)[number];

/** Names of things that one finding lists. */
const NAMED = 5;
/** Actions that only look, by the verbs that AWS names them with; receiving hides a message for a while, and no more. */
const LOOKS =
  /^[a-z0-9-]+:(?:BatchGet|Check|Describe|Detect|Discover|Filter|Get|Head|List|Lookup|Query|Read|Scan|Search|Select|Simulate|Validate|View)[a-zA-Z0-9]*\*?$|^(?:sqs:ReceiveMessage|kms:Decrypt|sts:AssumeRole|sts:DecodeAuthorizationMessage)$/;
/** Asked of everybody beside what could be done to the roll: with which other rights one gets there, or keeps others from seeing it. */
const BESIDE: readonly (readonly [right: Strength, actions: readonly string[]])[] = [
  ['iam', ESCALATIONS],
  ['assume', ['sts:AssumeRole', 'iam:PassRole']],
  ['queue', ['sqs:DeleteMessage', 'sqs:PurgeQueue', 'sqs:DeleteQueue']],
];
/** Asked of each queue of events: who only listens takes nothing out of it, hides nothing longer, puts nothing in and lets nobody else. */
const OF_QUEUES = [
  'sqs:DeleteMessage',
  'sqs:PurgeQueue',
  'sqs:DeleteQueue',
  'sqs:SendMessage',
  'sqs:ChangeMessageVisibility',
  'sqs:SetQueueAttributes',
  'sqs:AddPermission',
];

/** What is asked of the watcher's own credentials beside the harms. `queues`: ARNs of those that it listens to. */
export function ownQuestions(queues: readonly string[]): (Question & { readonly right: Strength })[] {
  return [
    ...BESIDE.flatMap(([right, actions]) => actions.map((action) => ({ right, action, on: '*' }))),
    ...queues.flatMap((on) => OF_QUEUES.map((action) => ({ right: 'queue' as const, action, on }))),
  ];
}

/** Root of the account: no policy binds it. */
export function strongRoot(account: string): Strong {
  const fix = ['# rollcall grants prints a role that can only look; then delete the access keys of root'];
  return strong('root', `account ${account}`, 'critical', 'looks as the root of the account, who can delete everything in it', fix);
}

/** An administrator by its own policies: everything on everything, without a condition. */
export function isAdmin({ statements, boundary }: Pick<Principal, 'statements' | 'boundary'>): boolean {
  const all = (one: Statement): boolean =>
    one.effect === 'Allow' && !one.conditional && one.actions.includes('*') && one.resources.includes('*');
  return statements.some(all) && (boundary === undefined || boundary.some(all)) && !statements.some(({ effect }) => effect === 'Deny');
}

/** What was found of the watcher's own identity. `answers` by question; what could not be answered is told elsewhere. */
export function strengthsOf(
  arn: string,
  threats: readonly Threat[],
  weigh: Weigh,
  answers: ReadonlyMap<string, Answer>,
  principal: Principal | undefined,
  queues: readonly string[],
): Strong[] {
  if (principal && isAdmin(principal)) {
    const fix = ['# rollcall grants prints a role that can only look'];
    return [strong('admin', arn, 'critical', `${arn} may do everything in its account`, fix)];
  }
  const could = [
    ...threats.map((threat) => ({ right: threat.right as Strength, action: threat.action, on: threat.on, ...weigh(threat) })),
    ...ownQuestions(queues).map((one) => ({ ...one, answer: answers.get(keyOf(one)) ?? 'no', by: undefined })),
  ].flatMap((one) => {
    const { answer } = one;
    // To become the roles that it looks as is what a watcher is for: any role at all is another thing.
    return answer === 'no' || (one.right === 'assume' && answer === 'may') ? [] : [one];
  });
  const actions = [...Map.groupBy(could, ({ right, action, answer, by = '' }) => `${right}\n${action}\n${answer}\n${by}`).values()];
  // What is done to the same things is one finding.
  const groups = Map.groupBy(actions, (some) =>
    [some[0]?.right, some[0]?.answer, some[0]?.by, ...new Set(some.map(({ on }) => on))].join('\n'),
  );
  const found = [...groups.values()].flatMap((alike) => {
    const group = alike.flat();
    const [first] = group;
    if (!first) return [];
    const { right, answer, by } = first;
    const named = [...new Set(group.map(({ action }) => action))];
    const resources = [...new Set(group.map(({ on }) => on))];
    const more = resources.length > NAMED ? ` and ${resources.length - NAMED} more` : '';
    const on = `${resources
      .slice(0, NAMED)
      .map((one) => (one === '*' ? 'anything' : one))
      .join(', ')}${more}`;
    const severity = answer === 'yes' && right !== 'queue' && right !== 'assume' ? 'critical' : 'warning';
    const what = `${arn} may ${named.join(', ')} on ${on}${answer === 'may' ? ', under a condition or some of it' : ''}${sayBy(by)}`;
    const fix = [...mendPolicy(by, arn), ...denial(arn, `never-${named[0]}`, named, resources)];
    return [strong(right, `${named.join(', ')} on ${on}`, severity, what, fix)];
  });
  return principal ? [...found, ...otherWrites(principal, new Set(could.map(({ action }) => action)))] : found;
}

/** Whatever else its policies allow beyond looking, in the words of these policies. */
function otherWrites({ arn, statements, boundary }: Principal, told: ReadonlySet<string>): Strong[] {
  const writing = (all: readonly Statement[]): string[] =>
    all
      .filter(({ effect }) => effect === 'Allow')
      .flatMap(({ actions, notActions }) => (notActions.length > 0 ? [`everything but ${notActions.join(', ')}`] : actions))
      .filter((pattern) => !LOOKS.test(pattern));
  const denied = (pattern: string): boolean =>
    statements.some(
      (one) =>
        one.effect === 'Deny' && !one.conditional && one.resources.includes('*') && matchesAction(one.actions, one.notActions, pattern),
    );
  if (boundary && writing(boundary).length === 0) return [];
  const patterns = [...new Set(writing(statements))].filter((pattern) => !told.has(pattern) && !denied(pattern));
  if (patterns.length === 0) return [];
  const more = patterns.length > NAMED ? ` and ${patterns.length - NAMED} more` : '';
  const on = `${patterns.slice(0, NAMED).join(', ')}${more}`;
  return [strong('write', on, 'warning', `${arn} is allowed more than looking: ${on}`, denial(arn, 'only-looking', patterns, ['*']))];
}

function strong(right: Strength, on: string, severity: Strong['severity'], what: string, fix: readonly string[]): Strong {
  return { kind: 'strong', right, on: clean(on, 300), severity, what: clean(what, 600), fix };
}
