import { says, type Answer } from './iam-decide.ts';
import type { Statement } from './iam-policy.ts';
import type { ResourcePolicy } from './resource-policy.ts';

/** What the policy of a resource makes of one question about one identity. */
export interface Said {
  /** Whether it allows it by naming the identity: then the identity's own policies need not, within one account. */
  readonly grants: Answer;
  /** Whether it leaves it to the policies of the account's identities. */
  readonly handsOn: Answer;
  /** True where it refuses it for sure, whoever allows it. A refusal under a condition takes nothing away here. */
  readonly denies: boolean;
}

/**
 * Exact in Allow, Deny, NotAction, NotResource and in whom it names. A condition is `may`; so is whoever NotPrincipal does not leave out, and an
 * identity of another account, whose own account must allow it as well. `account`: that of the resource.
 */
export function resourceSays(
  { statements }: ResourcePolicy,
  arn: string,
  account: string,
  { action, on }: { readonly action: string; readonly on: string },
): Said {
  const theirs = arn.split(':')[4] ?? '';
  const whole = accountForms(arn, theirs);
  const names = ({ principals }: Statement): boolean => principals.some((one) => one === '*' || isNamed(one, arn));
  const leavesIn = ({ notPrincipals }: Statement): boolean =>
    notPrincipals.length > 0 && !notPrincipals.some((one) => isNamed(one, arn) || whole.has(one));
  const namesAccount = ({ principals }: Statement): boolean => principals.some((one) => whole.has(one));
  const about = (effect: Statement['effect'], fits: (one: Statement) => boolean): Answer =>
    says(statements.filter(fits), effect, action, on);
  const named = about('Allow', names);
  const rest = about('Allow', leavesIn) === 'no' ? 'no' : 'may';
  const grants = named === 'no' ? rest : named;
  const handsOn = about('Allow', (one) => names(one) || namesAccount(one) || leavesIn(one));
  const denies = about('Deny', (one) => names(one) || namesAccount(one)) === 'yes';
  if (theirs === account) return { grants, handsOn, denies };
  // Another account's: both must allow it, and what that one allows nobody can read here.
  return { grants: grants === 'no' && handsOn === 'no' ? 'no' : 'may', handsOn, denies };
}

/** By its ARN, or by that of any session of the role. */
function isNamed(principal: string, arn: string): boolean {
  if (principal === arn) return true;
  const [, partition, account, name] = /^arn:([^:]+):iam::(\d{12}):role\/(?:.*\/)?([^/]+)$/.exec(arn) ?? [];
  return name !== undefined && principal.startsWith(`arn:${partition}:sts::${account}:assumed-role/${name}/`);
}

function accountForms(arn: string, account: string): ReadonlySet<string> {
  return new Set([account, `arn:${arn.split(':')[1]}:iam::${account}:root`]);
}
