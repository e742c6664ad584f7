import { shellWord } from '../../src/values/shell-word.ts';
import { clean } from '../../src/values/text.ts';
import { nameOf } from './principal.ts';

/** What a name of an inline policy may hold (iam:PutRolePolicy). */
const NAME = /[^\w+=,.@-]/g;
/** Resources in one denial; a role's inline policies hold 10,240 characters together. */
const RESOURCES = 30;

/** The command that takes something from a role or a user, whatever else allows it: what is denied is denied. */
export function denial(arn: string, policy: string, actions: readonly string[], resources: readonly string[]): string[] {
  const listed = resources.length > RESOURCES ? ['*'] : [...resources];
  const plain = actions.filter((action) => /^[\w-]+:[\w*?]+$|^\*$/.test(action));
  // What a policy allows by leaving something out can only be mended in that policy.
  if (plain.length === 0) return [`# mend the policy of ${clean(arn, 200)} that says so`];
  const Statement = [{ Effect: 'Deny', Action: plain, Resource: listed }];
  return [putPolicy(arn, policy, JSON.stringify({ Version: '2012-10-17', Statement }))];
}

/** `aws iam put-role-policy ...`, or that of a user. */
export function putPolicy(arn: string, policy: string, document: string): string {
  const kind = arn.includes(':user/') ? 'user' : 'role';
  const name = policy.replaceAll(NAME, '-').slice(0, 128);
  return `aws iam put-${kind}-policy --${kind}-name ${shellWord(nameOf(arn))} --policy-name ${shellWord(name)} --policy-document ${shellWord(document)}`;
}
