import type { Reach } from '../../src/probe.ts';
import { clean } from '../../src/values/text.ts';
import { denial } from './denial.ts';
import { ESCALATIONS, STARTERS, type Harm } from './harms.ts';
import { decide, isDenied, least, trusts, type Answer } from './iam-decide.ts';
import type { Principal, RoleTrust } from './principal.ts';
import { isAdmin } from './strengths.ts';
import { keyOf, type Question } from './simulate.ts';
import { mendPolicy, sayBy } from './say-by.ts';
import type { Weigh } from './weigh.ts';

/** A harm, and the resource of the roll that it would be done to. */
export interface Threat extends Harm {
  readonly id: string;
}

export interface Reacher {
  /** Name of the agent in config.yaml. */
  readonly agent: string;
  /** The role or user that it is. */
  readonly arn: string;
  /** How it comes to be who has the rights: ` by becoming arn:... (sts:AssumeRole)`; empty where it is that itself. */
  readonly via: string;
  /** Whose policies would have to change. */
  readonly holder: string;
}

/** What is asked of an agent beside the harms. */
export const AGENT_QUESTIONS: readonly Question[] = ESCALATIONS.map((action) => ({ action, on: '*' }));

/** What an agent could do to the roll with the rights of `holder`: `weigh` of what could be done to it, `answers` of what leads further. */
export function reachesOf(
  who: Reacher,
  threats: readonly Threat[],
  weigh: Weigh,
  answers: ReadonlyMap<string, Answer>,
  principal: Principal | undefined,
): Reach[] {
  const all = [...new Set(threats.map(({ id }) => id))];
  if (principal && isAdmin(principal))
    return [
      reach(who, all, 'admin', 'may do everything in the account', [
        `# give ${clean(who.holder, 200)} the rights of its task, in place of everything`,
      ]),
    ];
  const could = threats.flatMap((threat) => {
    const weighed = weigh(threat);
    return weighed.answer === 'no' ? [] : [{ ...threat, ...weighed }];
  });
  const actions = [...Map.groupBy(could, ({ action, answer, by = '' }) => `${action}\n${answer}\n${by}`).values()];
  // What is done to the same things is one finding.
  const groups = Map.groupBy(actions, (some) =>
    [some[0]?.right, some[0]?.answer, some[0]?.by, ...new Set(some.map(({ id }) => id))].join('\n'),
  );
  const direct = [...groups.values()].flatMap((alike) => {
    const group = alike.flat();
    const [first] = group;
    if (!first) return [];
    const { right, answer, by } = first;
    const named = [...new Set(group.map(({ action }) => action))];
    const what = `may ${named.join(', ')}${answer === 'may' ? ', under a condition or some of it' : ''}${sayBy(by)}`;
    const resources = [...new Set(group.map(({ on }) => on))];
    return [
      reach(who, [...new Set(group.map(({ id }) => id))], right, what, [
        ...mendPolicy(by, who.holder),
        ...denial(who.holder, `not-${named[0]}`, named, resources),
      ]),
    ];
  });
  const escalations = ESCALATIONS.filter((action) => (answers.get(keyOf({ action, on: '*' })) ?? 'no') !== 'no');
  if (escalations.length === 0) return direct;
  const what = `can give itself any right: ${escalations.join(', ')}`;
  return [...direct, reach(who, all, 'iam', what, denial(who.holder, 'not-iam', escalations, ['*']))];
}

/** A role that somebody can come to act as, and by what. */
export interface Step {
  readonly role: RoleTrust;
  readonly by: string;
  readonly answer: Answer;
}

/**
 * The roles of the account that an identity can become: those that trust it, and those that it may hand to a service which then acts on its word.
 * `principal` is undefined of an identity of another account: there what it may is not known, and whoever is trusted may.
 */
export function stepsFrom(arn: string, principal: Principal | undefined, roles: readonly RoleTrust[]): Step[] {
  const account = arn.split(':')[4] ?? '';
  return roles.flatMap((role): Step[] => {
    // Roles of the services themselves act on nobody's word.
    if (role.arn === arn || role.arn.includes(':role/aws-service-role/')) return [];
    const { answer, byName } = trusts(role.trust, arn, account);
    const becomes = answer === 'no' ? 'no' : least(answer, mayAssume(principal, role.arn, byName));
    if (becomes !== 'no') return [{ role, by: 'sts:AssumeRole', answer: becomes }];
    const services = new Set(role.trust.flatMap(({ effect, services: named }) => (effect === 'Allow' ? named : [])));
    if (!principal || services.size === 0) return [];
    const passes = decide(principal, 'iam:PassRole', role.arn);
    if (passes === 'no') return [];
    const starter = Object.entries(STARTERS)
      .flatMap(([service, actions]) => (services.has(service) ? actions : []))
      .find((action) => decide(principal, action, '*') !== 'no');
    return starter === undefined ? [] : [{ role, by: `iam:PassRole with ${starter}`, answer: passes }];
  });
}

function mayAssume(principal: Principal | undefined, role: string, byName: boolean): Answer {
  if (!principal) return 'may';
  if (!byName) return decide(principal, 'sts:AssumeRole', role);
  // Named by the role, one of the same account needs no right of its own; it can be denied it.
  return isDenied(principal, 'sts:AssumeRole', role) ? 'no' : 'yes';
}

function reach({ agent, arn, via }: Reacher, ids: readonly string[], right: string, what: string, fix: readonly string[]): Reach {
  return { kind: 'reach', agent, as: clean(arn, 160), ids, right, what: clean(`${what}${via}`, 600), fix };
}
