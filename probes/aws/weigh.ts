import { isDenied, least, type Answer } from './iam-decide.ts';
import type { Principal } from './principal.ts';
import type { Threat } from './reach.ts';
import { resourceSays } from './resource-decide.ts';
import type { ResourcePolicies } from './resource-policy.ts';
import { keyOf } from './simulate.ts';

/** Whether an identity may do a harm to a resource of the roll, all policies taken together. */
export interface Weighed {
  readonly answer: Answer;
  /** The policy of the resource that allows it where the identity's own do not, or not as plainly: `bucket vault`. */
  readonly by?: string;
}

export type Weigh = (threat: Threat) => Weighed;

const RANK: Readonly<Record<Answer, number>> = { no: 0, may: 1, yes: 2 };

/**
 * What an identity's own policies came to (`answers`, by question), with what the resources' own say. `account`: that of the resources. `principal`
 * is undefined where its policies could not be read.
 */
export function weigher(
  { arn, account }: { readonly arn: string; readonly account: string },
  answers: ReadonlyMap<string, Answer>,
  principal: Principal | undefined,
  { byId }: Pick<ResourcePolicies, 'byId'>,
): Weigh {
  return (threat) => {
    const own = answers.get(keyOf(threat)) ?? 'no';
    const policy = byId.get(threat.id);
    if (!policy) return { answer: own };
    const { grants, handsOn, denies } = resourceSays(policy, arn, account, threat);
    if (denies) return { answer: 'no' };
    const byOwn = policy.isGate ? least(own, handsOn) : own;
    if (RANK[grants] <= RANK[byOwn] || (principal && isDenied(principal, threat.action, threat.on))) return { answer: byOwn };
    return { answer: grants, by: policy.name };
  };
}
