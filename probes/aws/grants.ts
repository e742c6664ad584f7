import type { GrantContext, Grants, GrantStatement, Wanted } from '../../src/probe.ts';
import { shellWord } from '../../src/values/shell-word.ts';
import type { Place } from './harms.ts';
import type { AwsTarget } from './kind.ts';
import { awsKinds } from './kinds/index.ts';
import { policiesFor, type PolicyDocument, type Where } from './policy-document.ts';
import { nameOf } from './principal.ts';
import { policyRights } from './resource-policy.ts';
import { discoveryRights, listeningRights, rightsFor } from './rights.ts';
import { homeRegion, type AgentIdentity, type Connection } from './schema.ts';

const ROLE = 'rollcall';
/** What takes the place of the two things that no manifest knows, in a trust policy. */
const WATCHER = '${WATCHER_ARN}';
const EXTERNAL_ID = '${EXTERNAL_ID}';

/** Why there are policies beside those of looks. */
const WHYS: Readonly<Record<string, string>> = {
  audit: 'for rollcall audit alone: without it, what the role and the agents could delete cannot be proven',
  'audit-policies': 'for rollcall audit alone: whom the buckets, keys, vaults and tables themselves let in',
  events: 'to hear of what happened before the next look would find it: messages are received, and never deleted',
};

interface Named {
  readonly name: string;
  readonly document: PolicyDocument;
}

/**
 * The role that looks at exactly this: commands for `aws`, to be read and run by somebody who may write IAM in the watched account, and the documents that
 * they hand over. Of a store without IAM only the policy, in S3's language.
 */
export async function grantsFor(
  connection: Connection,
  wanted: readonly Wanted<AwsTarget>[],
  { role: asked, agents = [], discovery }: GrantContext,
): Promise<Grants> {
  const where: Where = { account: connection.account ?? '', partition: partitionOf(connection) };
  const here = wanted.map((one) => ({ ...one, target: { ...one.target, region: one.target.region ?? homeRegion(connection) } }));
  const rights = [
    ...rightsFor(here, awsKinds),
    ...(discovery === undefined ? [] : discoveryRights(connection, discovery, awsKinds.values())),
  ];
  if (connection.sts === 'off') {
    const { documents } = policiesFor(
      rights.filter(({ right }) => right.startsWith('s3:')),
      where,
    );
    const named = documents.map((document, nth): Named => ({ name: `look-${nth + 1}`, document }));
    const script = named.map(({ document }) => `${JSON.stringify(document, null, 2)}\n`).join('');
    return { language: 'json', role: asked ?? '', statements: [], documents: named, script };
  }
  const arn = connection.role_arn ?? `arn:${where.partition}:iam::${where.account}:role/${ROLE}`;
  const role = asked ?? nameOf(arn);
  const own = asked === undefined ? arn : arn.replace(/:role\/.*$/, `:role/${asked}`);
  const { documents, widened } = policiesFor(rights, where);
  const targets = here.map(({ target }) => target);
  const placeOf = ({ region }: AwsTarget): Place => ({ ...where, region: region ?? homeRegion(connection) });
  const theirs = agents.map(({ is }) => (is as AgentIdentity).role_arn).filter((one) => one.split(':')[4] === where.account);
  const read = policyRights(targets, placeOf);
  const ofResources = read.length === 0 ? [] : policiesFor(read, where, { most: 1 }).documents;
  const policies: Named[] = [
    ...documents.map((document, nth): Named => ({ name: `look-${nth + 1}`, document })),
    // By itself, so that it names these queues however many things the others have to be widened for.
    ...policiesFor(listeningRights(connection), where)
      .documents.filter(({ Statement }) => Statement.length > 0)
      .map((document): Named => ({ name: 'events', document })),
    ...policiesFor(auditRights(own, theirs, agents.length > 0, where), where).documents.map((document): Named => ({
      name: 'audit',
      document,
    })),
    ...ofResources.map((document): Named => ({ name: 'audit-policies', document })),
  ];
  const path = pathOf(own);
  const at = `account ${where.account}`;
  const statements: GrantStatement[] = [
    {
      at,
      run: `role ${shellWord(role)} ${shellWord(path)} ${trustWord()}`,
      why: 'a role that only the watcher becomes, and only if it knows the external id: role_arn and external_id of the connection',
    },
    ...policies.map(({ name, document }) => ({
      at,
      run: `policy ${shellWord(role)} ${shellWord(`${role}-${name}`)} ${shellWord(JSON.stringify(document))}`,
      why: WHYS[name] ?? `what the manifest asks for${widened ? '; there are too many things to name each, so whole types are named' : ''}`,
    })),
  ];
  return {
    language: 'sh',
    role,
    statements,
    documents: [{ name: 'trust', document: trust() }, ...policies],
    script: [...headOf(where.account, role), ...statements.flatMap(({ run, why }) => [`# ${why}`, run])].join('\n').concat('\n'),
  };
}

function headOf(account: string, role: string): string[] {
  return [
    '#!/bin/bash',
    `# The role that looks at exactly what this manifest names in account ${account}. Read it, then run it with credentials of that account that may write IAM.`,
    '# WATCHER_ARN: the role or user that the watcher runs as, in its own account. EXTERNAL_ID: what external_id of the connection refers to.',
    `# It may be run again. Policies of an earlier manifest that this one no longer makes (${role}-look-N) are for you to detach.`,
    'set -euo pipefail',
    ': "${WATCHER_ARN:?the ARN of the role or user that the watcher runs as}" "${EXTERNAL_ID:?what external_id of the connection refers to}"',
    `account=${account}`,
    '# role NAME PATH TRUST: makes the role where it is not there, and says whom it trusts',
    'role() {',
    '  aws iam get-role --role-name "$1" >/dev/null 2>&1 ||',
    '    aws iam create-role --role-name "$1" --path "$2" --max-session-duration 3600 --assume-role-policy-document "$3" >/dev/null',
    '  aws iam update-assume-role-policy --role-name "$1" --policy-document "$3"',
    '}',
    '# policy ROLE NAME DOCUMENT: makes the policy, or its next version, and attaches it',
    'policy() {',
    '  local arn old',
    '  arn=$(aws iam list-policies --scope Local --query "Policies[?PolicyName==\'$2\'].Arn" --output text)',
    '  if [[ -z $arn || $arn == None ]]; then',
    '    arn=$(aws iam create-policy --policy-name "$2" --policy-document "$3" --query Policy.Arn --output text)',
    '  else',
    '    # IAM keeps five versions of a policy, and refuses a sixth.',
    '    for old in $(aws iam list-policy-versions --policy-arn "$arn" --query \'Versions[?!IsDefaultVersion].VersionId\' --output text); do',
    '      [[ $old == None ]] || aws iam delete-policy-version --policy-arn "$arn" --version-id "$old"',
    '    done',
    '    aws iam create-policy-version --policy-arn "$arn" --policy-document "$3" --set-as-default >/dev/null',
    '  fi',
    '  aws iam attach-role-policy --role-name "$1" --policy-arn "$arn"',
    '}',
    '[[ $(aws sts get-caller-identity --query Account --output text) == "$account" ]] || { echo "these are not credentials of account $account" >&2; exit 1; }',
  ];
}

/** Whom the role trusts. */
function trust() {
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'TheWatcherAlone',
        Effect: 'Allow',
        Principal: { AWS: WATCHER },
        Action: 'sts:AssumeRole',
        Condition: { StringEquals: { 'sts:ExternalId': EXTERNAL_ID } },
      },
    ],
  };
}

/** As one word of bash, in which the two are filled in. */
function trustWord(): string {
  return [WATCHER, EXTERNAL_ID].reduce(
    (word, variable) => word.replaceAll(variable, `'"${variable}"'`),
    shellWord(JSON.stringify(trust())),
  );
}

/**
 * What an audit reads of identities: their policies, and what IAM says that these come to. Whom an agent can become shows in the trust of every role
 * of the account, and what it then may in that role's policies.
 */
function auditRights(
  own: string,
  agents: readonly string[],
  asksOfAgents: boolean,
  { account, partition }: Where,
): { readonly right: string; readonly on: string }[] {
  const iam = `arn:${partition}:iam::`;
  const users = agents.filter((arn) => arn.includes(':user/'));
  const roles = asksOfAgents ? [`${iam}${account}:role/*`] : [own];
  const each = (actions: readonly string[], on: readonly string[]) =>
    actions.flatMap((right) => on.map((one) => ({ right: `iam:${right}`, on: one })));
  return [
    ...each(['SimulatePrincipalPolicy'], [...roles, ...users]),
    ...each(['GetRole', 'ListAttachedRolePolicies', 'ListRolePolicies', 'GetRolePolicy'], roles),
    ...each(['GetUser', 'ListAttachedUserPolicies', 'ListUserPolicies', 'GetUserPolicy', 'ListGroupsForUser'], users),
    ...each(['ListAttachedGroupPolicies', 'ListGroupPolicies', 'GetGroupPolicy'], users.length > 0 ? [`${iam}${account}:group/*`] : []),
    ...each(['GetPolicy', 'GetPolicyVersion'], [`${iam}${account}:policy/*`, `${iam}aws:policy/*`]),
    ...each(['ListRoles'], asksOfAgents ? ['*'] : []),
  ];
}

function partitionOf(connection: Connection): string {
  const [, named] = connection.role_arn?.split(':') ?? [];
  if (named !== undefined) return named;
  const region = homeRegion(connection);
  return region.startsWith('cn-') ? 'aws-cn' : region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
}

/** `/`, or the path between `role` and the name. */
function pathOf(arn: string): string {
  return /:role(\/(?:.*\/)?)[^/]+$/.exec(arn)?.[1] ?? '/';
}
