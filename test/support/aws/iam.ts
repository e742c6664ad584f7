import { decide, type Answer } from '../../../probes/aws/iam-decide.ts';
import { readPolicy } from '../../../probes/aws/iam-policy.ts';
import { DENIED, Fault, query, STUB_ACCOUNT, type AwsStub, type StubAnswer, type StubCall } from './stub.ts';

/** A role or a user of the stub's account. Policies are documents, or lists of statements. */
export interface StubIdentity {
  readonly trust?: readonly object[];
  readonly inline?: Readonly<Record<string, readonly object[]>>;
  /** By the ARN of the managed policy. */
  readonly attached?: Readonly<Record<string, readonly object[]>>;
  readonly boundary?: readonly object[];
  readonly groups?: Readonly<Record<string, readonly object[]>>;
}

export interface StubIam {
  readonly roles?: Readonly<Record<string, StubIdentity>>;
  readonly users?: Readonly<Record<string, StubIdentity>>;
  /** Whether policies may be read. */
  readonly reads?: boolean;
  /** Whether, and how, it simulates (moto does not): by the policies, or as is said. */
  readonly simulates?: boolean | ((action: string, on: string) => Answer);
}

export const allow = (Action: string | readonly string[], Resource: string | readonly string[] = '*', more: object = {}): object => {
  return { Effect: 'Allow', Action, Resource, ...more };
};
export const trust = (Principal: object | string, more: object = {}): object => {
  return { Effect: 'Allow', Principal, Action: 'sts:AssumeRole', ...more };
};
export const roleArn = (name: string, account = STUB_ACCOUNT): string => `arn:aws:iam::${account}:role/${name}`;

const text = (statements: readonly object[]): string =>
  encodeURIComponent(JSON.stringify({ Version: '2012-10-17', Statement: statements }));
const members = (all: readonly unknown[]): object => ({ member: all });

/** Scripts everything that IAM is asked by an audit, as its query API answers. What is listed comes in pages of two. */
export function stubIam(stub: AwsStub, { roles = {}, users = {}, reads = true, simulates = false }: StubIam): void {
  const of = (call: StubCall): StubIdentity | undefined => roles[call.params['RoleName'] ?? ''] ?? users[call.params['UserName'] ?? ''];
  const managed = new Map(
    [...Object.entries(roles), ...Object.entries(users)].flatMap(([name, one]) => [
      ...Object.entries(one.attached ?? {}),
      ...(one.boundary ? [[`arn:aws:iam::${STUB_ACCOUNT}:policy/boundary-of-${name}`, one.boundary] as const] : []),
    ]),
  );
  const on = (action: string, answer: (call: StubCall, identity: StubIdentity) => object): void =>
    stub.on(`iam:${action}`, (call): StubAnswer => {
      if (!reads) return DENIED;
      const identity = of(call);
      const asksForOne = call.params['RoleName'] !== undefined || call.params['UserName'] !== undefined;
      if (asksForOne && !identity) return new Fault('NoSuchEntity', 404);
      return query(action, answer(call, identity ?? {}));
    });
  const paged = (key: string, all: readonly unknown[], { params }: StubCall): object => {
    const from = Number(params['Marker'] ?? 0);
    const more = all.length > from + 2;
    return { [key]: members(all.slice(from, from + 2)), IsTruncated: more, ...(more && { Marker: String(from + 2) }) };
  };
  const bounded = (name: string, { boundary }: StubIdentity): object =>
    boundary ? { PermissionsBoundary: { PermissionsBoundaryArn: `arn:aws:iam::${STUB_ACCOUNT}:policy/boundary-of-${name}` } } : {};
  const roleOf = (name: string, one: StubIdentity): object => {
    return { RoleName: name, Arn: roleArn(name), Path: '/', AssumeRolePolicyDocument: text(one.trust ?? []) };
  };
  on('GetRole', ({ params: { RoleName: name = '' } }, one) => ({ Role: { ...roleOf(name, one), ...bounded(name, one) } }));
  on('GetUser', ({ params: { UserName: name = '' } }, one) => ({
    User: { UserName: name, Arn: `arn:aws:iam::${STUB_ACCOUNT}:user/${name}`, ...bounded(name, one) },
  }));
  on('ListRoles', (call) =>
    paged(
      'Roles',
      Object.entries(roles).map(([name, one]) => roleOf(name, one)),
      call,
    ),
  );
  on('ListGroupsForUser', (call, one) =>
    paged(
      'Groups',
      Object.keys(one.groups ?? {}).map((GroupName) => ({ GroupName })),
      call,
    ),
  );
  for (const kind of ['Role', 'User']) {
    on(`ListAttached${kind}Policies`, (call, one) =>
      paged(
        'AttachedPolicies',
        Object.keys(one.attached ?? {}).map((PolicyArn) => ({ PolicyArn })),
        call,
      ),
    );
    on(`List${kind}Policies`, (call, one) => paged('PolicyNames', Object.keys(one.inline ?? {}), call));
    on(`Get${kind}Policy`, ({ params }, one) => ({ PolicyDocument: text(one.inline?.[params['PolicyName'] ?? ''] ?? []) }));
  }
  on('ListAttachedGroupPolicies', () => ({ AttachedPolicies: members([]) }));
  on('ListGroupPolicies', () => ({ PolicyNames: members(['of-group']) }));
  on('GetGroupPolicy', ({ params }) => {
    const [found] = Object.values(users).flatMap(({ groups = {} }) => groups[params['GroupName'] ?? ''] ?? []);
    return { PolicyDocument: text(found ? [found] : []) };
  });
  on('GetPolicy', ({ params }) => ({ Policy: { Arn: params['PolicyArn'], DefaultVersionId: 'v1' } }));
  on('GetPolicyVersion', ({ params }) => ({ PolicyVersion: { Document: text(managed.get(params['PolicyArn'] ?? '') ?? []) } }));
  stub.on('iam:SimulatePrincipalPolicy', ({ params }) => {
    if (simulates === false) return DENIED;
    const list = (key: string): string[] =>
      Object.entries(params).flatMap(([name, one]) => (name.startsWith(`${key}.member.`) ? [one] : []));
    const name = (params['PolicySourceArn'] ?? '').split('/').at(-1) ?? '';
    const identity = roles[name] ?? users[name] ?? {};
    const statements = [...Object.values(identity.inline ?? {}), ...Object.values(identity.attached ?? {})].flat();
    const answer = (action: string, resource: string): Answer =>
      typeof simulates === 'function'
        ? simulates(action, resource)
        : decide({ statements: readPolicy(text(statements)) }, action, resource);
    const results = list('ActionNames').flatMap((EvalActionName) =>
      list('ResourceArns').map((EvalResourceName) => {
        const found = answer(EvalActionName, EvalResourceName);
        const missing = found === 'may' ? { MissingContextValues: members(['aws:MultiFactorAuthPresent']) } : {};
        return { EvalActionName, EvalResourceName, EvalDecision: found === 'yes' ? 'allowed' : 'implicitDeny', ...missing };
      }),
    );
    return query('SimulatePrincipalPolicy', { EvaluationResults: members(results), IsTruncated: false });
  });
}
