import type { AuditReport } from '../../src/probe.ts';
import { clean } from '../../src/values/text.ts';
import { unaudited, type Audit } from './audit-context.ts';
import { denial } from './denial.ts';
import type { Answer } from './iam-decide.ts';
import { judge, judgeBriefly } from './judge.ts';
import type { Principal, RoleTrust } from './principal.ts';
import { AGENT_QUESTIONS, reachesOf, stepsFrom, type Step, type Threat } from './reach.ts';
import type { ResourcePolicies } from './resource-policy.ts';
import { keyOf } from './simulate.ts';
import type { Vantage } from './vantage.ts';
import { weigher } from './weigh.ts';

/** How many roles one behind the other are followed, and how many in all. */
const STEPS = 3;
const FOLLOWED = 30;

export interface AgentAudit {
  readonly audit: Audit;
  readonly vantage: Vantage;
  readonly threats: readonly Threat[];
  readonly policies: ResourcePolicies;
  readonly roles: readonly RoleTrust[];
  /** The watcher's own identity. */
  readonly own: string | undefined;
}

/** What one agent could do to the roll, being who it is and becoming whom it can; and what it has in common with the watcher. */
export async function* auditAgent(context: AgentAudit, agent: string, arn: string): AsyncGenerator<AuditReport> {
  const { audit, vantage, threats, policies, roles } = context;
  const weighed = (who: string, answers: ReadonlyMap<string, Answer>, one: Principal | undefined) =>
    weigher({ arn: who, account: vantage.account }, answers, one, policies);
  const failureOf = (error: unknown) => audit.session.failure(error);
  const account = arn.split(':')[4] ?? '';
  yield* shared(context, agent, arn, account);
  const questions = [...new Map([...threats, ...AGENT_QUESTIONS].map((one) => [keyOf(one), one])).values()];
  let principal: Principal | undefined;
  if (account === vantage.account) {
    const found = await judge(vantage, arn, questions, failureOf);
    principal = found.principal;
    yield* reachesOf({ agent, arn, via: '', holder: arn }, threats, weighed(arn, found.answers, principal), found.answers, principal);
    if (found.failure) yield unaudited(`agent ${agent}`, found.failure.reason, `what ${arn} may do: ${found.failure.say}`);
    else if (!principal) yield unaudited(`agent ${agent}`, 'denied', `whom ${arn} can become: its policies cannot be read`);
    if (!principal) return;
  } else {
    // What its own account allows it nobody here can read; what the resources themselves let it do is told.
    const nothing = new Map<string, Answer>();
    yield* reachesOf({ agent, arn, via: '', holder: arn }, threats, weighed(arn, nothing, undefined), nothing, undefined);
  }
  const seen = new Set([arn]);
  let ends: { readonly arn: string; readonly principal: Principal | undefined; readonly path: string }[] = [{ arn, principal, path: '' }];
  for (let depth = 0; depth < STEPS && ends.length > 0; depth++) {
    const next: typeof ends = [];
    for (const end of ends)
      for (const step of stepsFrom(end.arn, end.principal, roles)) {
        if (seen.has(step.role.arn)) continue;
        seen.add(step.role.arn);
        if (seen.size > FOLLOWED) {
          yield unaudited(`agent ${agent}`, 'partial-answer', `only ${FOLLOWED} of the roles that it can become are followed`);
          return;
        }
        const path = `${end.path}, ${pathOf(step)}`;
        const found = await judgeBriefly(vantage, step.role.arn, questions, failureOf);
        yield* reachesOf(
          { agent, arn, via: path, holder: step.role.arn },
          threats,
          weighed(step.role.arn, found.answers, found.principal),
          found.answers,
          found.principal,
        ).map((one) => ({
          ...one,
          right: 'assume',
          // The way there is closed at the agent's end, and what the role may is closed at the role's.
          fix:
            end.path === '' && account === vantage.account
              ? denial(arn, `not-${step.role.name}`, actionsOf(step), [step.role.arn])
              : one.fix,
        }));
        if (found.failure) yield unaudited(`agent ${agent}`, found.failure.reason, `what ${step.role.arn} may do: ${found.failure.say}`);
        if (found.principal) next.push({ arn: step.role.arn, principal: found.principal, path });
      }
    ends = next;
  }
}

function* shared({ audit, own, roles }: AgentAudit, agent: string, arn: string, account: string): Generator<AuditReport> {
  const fix = ['# rollcall grants --role NAME prints a role of its own for the watcher'];
  if (arn === own) yield { kind: 'shared', agent, what: clean(`${arn} is the very identity with which the watcher looks`, 300), fix };
  else if ('account' in audit.base && audit.base.account === account)
    yield {
      kind: 'shared',
      agent,
      what: `the watcher's own credentials are of account ${account}, as the agent is: whoever holds that account holds both`,
      fix: ['# run the watcher in an account of its own: deploy/aws'],
    };
  const mine = roles.filter((role) => role.arn === own);
  for (const { role, by } of stepsFrom(arn, undefined, mine))
    yield {
      kind: 'shared',
      agent,
      what: clean(`${role.arn}, with which the watcher looks, trusts ${arn} (${by})`, 300),
      fix: [`# let it trust the watcher's role alone, with an external id: rollcall grants prints the policy`],
    };
}

function pathOf({ role, by, answer }: Step): string {
  return `as ${role.arn} (${by}${answer === 'may' ? ', under a condition' : ''})`;
}

function actionsOf({ by }: Step): string[] {
  return [by.startsWith('iam:PassRole') ? 'iam:PassRole' : 'sts:AssumeRole'];
}
