import type { IAM } from '@aws-sdk/client-iam';
import { BadAnswer } from './errors.ts';
import type { Permissions } from './iam-decide.ts';
import { readPolicy, type Statement } from './iam-policy.ts';
import type { Vantage } from './vantage.ts';

/** A role with whom it trusts; of a user nobody is trusted. */
export interface RoleTrust {
  readonly arn: string;
  readonly name: string;
  readonly trust: readonly Statement[];
}

/** A role or a user of IAM, with everything that its own policies say. */
export interface Principal extends Permissions, RoleTrust {}

/** Policies of one identity that are read, and pages of one listing: what is more is an error, and not left out in silence. */
const MOST = 60;

type Options = { readonly abortSignal: AbortSignal };
type Page<Item> = { readonly items: readonly Item[] | undefined; readonly next: string | undefined };
type Attached = { readonly PolicyArn?: string | undefined };

/** How the policies of a role, a user or a group are asked for. */
interface Holder {
  attached(iam: IAM, name: string, Marker: string | undefined, options: Options): Promise<Page<Attached>>;
  inline(iam: IAM, name: string, Marker: string | undefined, options: Options): Promise<Page<string>>;
  document(iam: IAM, name: string, PolicyName: string, options: Options): Promise<string | undefined>;
}

const HOLDERS: Readonly<Record<'Role' | 'User' | 'Group', Holder>> = {
  Role: {
    attached: async (iam, RoleName, Marker, options) => {
      const { AttachedPolicies: items, Marker: next } = await iam.listAttachedRolePolicies({ RoleName, Marker }, options);
      return { items, next };
    },
    inline: async (iam, RoleName, Marker, options) => {
      const { PolicyNames: items, Marker: next } = await iam.listRolePolicies({ RoleName, Marker }, options);
      return { items, next };
    },
    document: async (iam, RoleName, PolicyName, options) => (await iam.getRolePolicy({ RoleName, PolicyName }, options)).PolicyDocument,
  },
  User: {
    attached: async (iam, UserName, Marker, options) => {
      const { AttachedPolicies: items, Marker: next } = await iam.listAttachedUserPolicies({ UserName, Marker }, options);
      return { items, next };
    },
    inline: async (iam, UserName, Marker, options) => {
      const { PolicyNames: items, Marker: next } = await iam.listUserPolicies({ UserName, Marker }, options);
      return { items, next };
    },
    document: async (iam, UserName, PolicyName, options) => (await iam.getUserPolicy({ UserName, PolicyName }, options)).PolicyDocument,
  },
  Group: {
    attached: async (iam, GroupName, Marker, options) => {
      const { AttachedPolicies: items, Marker: next } = await iam.listAttachedGroupPolicies({ GroupName, Marker }, options);
      return { items, next };
    },
    inline: async (iam, GroupName, Marker, options) => {
      const { PolicyNames: items, Marker: next } = await iam.listGroupPolicies({ GroupName, Marker }, options);
      return { items, next };
    },
    document: async (iam, GroupName, PolicyName, options) => (await iam.getGroupPolicy({ GroupName, PolicyName }, options)).PolicyDocument,
  },
};

/**
 * The role or user behind the caller that STS names; undefined for root, which no policy binds. A role's path is not among what STS tells, but
 * is in the ARN that the connection names.
 */
export function identityOf(caller: string, role: string | undefined): string | undefined {
  const [, partition, account, name] = /^arn:([^:]+):sts::(\d{12}):assumed-role\/([^/]+)\//.exec(caller) ?? [];
  if (name === undefined) return caller.endsWith(':root') ? undefined : caller;
  return role !== undefined && nameOf(role) === name ? role : `arn:${partition}:iam::${account}:role/${name}`;
}

/** The last part of an ARN: IAM asks for a name, without the path. */
export function nameOf(arn: string): string {
  return arn.split('/').at(-1) ?? arn;
}

/** Reads a role or a user with its policies, its groups' and its boundary. @throws what IAM throws; BadAnswer where it cannot be read. */
export async function readPrincipal(vantage: Vantage, arn: string): Promise<Principal> {
  const name = nameOf(arn);
  return arn.includes(':role/') ? readRole(vantage, name) : readUser(vantage, name);
}

/** Every role of the account with whom it trusts. @throws what IAM throws, and where there is no end of them. */
export async function listRoles(vantage: Vantage): Promise<RoleTrust[]> {
  const roles = await pages(vantage, 'ListRoles', async (iam, Marker, options) => {
    const { Roles: items, Marker: next } = await iam.listRoles({ Marker, MaxItems: 500 }, options);
    return { items, next };
  });
  return roles.map(({ Arn = '', RoleName = '', AssumeRolePolicyDocument }) => {
    return { arn: Arn, name: RoleName, trust: trustOf(AssumeRolePolicyDocument) };
  });
}

async function readRole(vantage: Vantage, RoleName: string): Promise<Principal> {
  const { Role } = await vantage.ask('iam', 'GetRole', (iam, options) => iam.getRole({ RoleName }, options));
  if (!Role?.Arn) throw new BadAnswer(`iam:GetRole says nothing of ${RoleName}`);
  const statements = await policiesOf(vantage, 'Role', RoleName);
  const boundary = await boundaryOf(vantage, Role.PermissionsBoundary?.PermissionsBoundaryArn);
  return { arn: Role.Arn, name: RoleName, trust: trustOf(Role.AssumeRolePolicyDocument), statements, ...boundary };
}

async function readUser(vantage: Vantage, UserName: string): Promise<Principal> {
  const { User } = await vantage.ask('iam', 'GetUser', (iam, options) => iam.getUser({ UserName }, options));
  if (!User?.Arn) throw new BadAnswer(`iam:GetUser says nothing of ${UserName}`);
  const own = await policiesOf(vantage, 'User', UserName);
  const groups = await pages(vantage, 'ListGroupsForUser', async (iam, Marker, options) => {
    const { Groups: items, Marker: next } = await iam.listGroupsForUser({ UserName, Marker }, options);
    return { items, next };
  });
  const theirs = await inTurn(groups, ({ GroupName = '' }) => policiesOf(vantage, 'Group', GroupName));
  const boundary = await boundaryOf(vantage, User.PermissionsBoundary?.PermissionsBoundaryArn);
  return { arn: User.Arn, name: UserName, trust: [], statements: [...own, ...theirs.flat()], ...boundary };
}

async function policiesOf(vantage: Vantage, kind: keyof typeof HOLDERS, name: string): Promise<Statement[]> {
  const holder = HOLDERS[kind];
  const attached = await pages(vantage, `ListAttached${kind}Policies`, (iam, Marker, options) =>
    holder.attached(iam, name, Marker, options),
  );
  const inline = await pages(vantage, `List${kind}Policies`, (iam, Marker, options) => holder.inline(iam, name, Marker, options));
  const own = await inTurn(inline, async (policy) =>
    documentOf(await vantage.ask('iam', `Get${kind}Policy`, (iam, options) => holder.document(iam, name, policy, options)), policy),
  );
  const managed = await inTurn(attached, ({ PolicyArn = '' }) => readManaged(vantage, PolicyArn));
  return [...own, ...managed].flat();
}

async function boundaryOf(vantage: Vantage, arn: string | undefined): Promise<Pick<Permissions, 'boundary'>> {
  return arn === undefined ? {} : { boundary: await readManaged(vantage, arn) };
}

async function readManaged(vantage: Vantage, PolicyArn: string): Promise<Statement[]> {
  const { Policy } = await vantage.ask('iam', 'GetPolicy', (iam, options) => iam.getPolicy({ PolicyArn }, options));
  const VersionId = Policy?.DefaultVersionId;
  const { PolicyVersion } = await vantage.ask('iam', 'GetPolicyVersion', (iam, options) =>
    iam.getPolicyVersion({ PolicyArn, VersionId }, options),
  );
  return documentOf(PolicyVersion?.Document, PolicyArn);
}

function documentOf(text: string | undefined, name: string): Statement[] {
  if (text === undefined) throw new BadAnswer(`IAM gives no document for the policy ${name}`);
  return readPolicy(text);
}

function trustOf(text: string | undefined): Statement[] {
  return text === undefined ? [] : readPolicy(text);
}

async function pages<Item>(
  vantage: Vantage,
  action: string,
  page: (iam: IAM, marker: string | undefined, options: Options) => Promise<Page<Item>>,
): Promise<Item[]> {
  const all: Item[] = [];
  let marker: string | undefined;
  for (let nth = 0; nth < MOST; nth++) {
    const { items = [], next } = await vantage.ask('iam', action, (iam, options) => page(iam, marker, options));
    all.push(...items);
    if (next === undefined) return all;
    marker = next;
  }
  throw new BadAnswer(`iam:${action} does not come to an end within ${MOST} pages`);
}

/** One after another: IAM's budget is the account's, and small. */
async function inTurn<Item, Result>(items: readonly Item[], work: (item: Item) => Promise<Result>): Promise<Result[]> {
  if (items.length > MOST) throw new BadAnswer(`more than ${MOST} policies of one identity`);
  const results: Result[] = [];
  for (const item of items) results.push(await work(item));
  return results;
}
