import type { Right } from '../../src/probe.ts';

/** One statement as IAM takes it; `Resource` is a list where it is not everything. */
export interface PolicyStatement {
  readonly Sid: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: readonly string[];
  readonly Resource: '*' | readonly string[];
}

export interface PolicyDocument {
  readonly Version: '2012-10-17';
  readonly Statement: readonly PolicyStatement[];
}

/** What a managed policy may hold, in characters, white space left out (IAM and STS quotas). */
export const MOST_CHARACTERS = 6144;
/** How many managed policies a role may have unless AWS raised that (IAM and STS quotas). */
const MOST_POLICIES = 10;
/** Left for the two of the audit. */
const POLICIES = MOST_POLICIES - 2;
/** Resources in one statement: a statement cannot be cut in two later. */
const RESOURCES = 40;

export interface Where {
  readonly account: string;
  /** `aws`, `aws-cn`, `aws-us-gov`. */
  readonly partition: string;
}

export interface Policies {
  readonly documents: readonly PolicyDocument[];
  /** True where there are too many things to name each: then whole types are, `arn:aws:dynamodb:eu-west-1:111122223333:table/*`. */
  readonly widened: boolean;
}

/** Policies that allow, or deny, exactly these rights, in as many documents as their size asks for; `most` of them before things are named by type. */
export function policiesFor(
  rights: readonly Pick<Right, 'right' | 'on'>[],
  where: Where,
  { effect = 'Allow', most = POLICIES }: { readonly effect?: PolicyStatement['Effect']; readonly most?: number } = {},
): Policies {
  const exact = rights.map(({ right, on }) => ({ right, on: placed(on, where) }));
  const documents = pack(statements(exact, effect));
  if (documents.length <= most) return { documents, widened: false };
  return {
    documents: pack(
      statements(
        exact.map(({ right, on }) => ({ right, on: widened(on) })),
        effect,
      ),
    ),
    widened: true,
  };
}

/** The account and the partition, where a kind leaves them open: it knows neither. */
function placed(on: string, { account, partition }: Where): string {
  const [arn, own, service = '', region = '', owner = '', ...rest] = on.split(':');
  if (arn !== 'arn' || rest.length === 0) return on;
  return ['arn', own === 'aws' ? partition : own, service, region, owner === '*' && account !== '' ? account : owner, ...rest].join(':');
}

/** Everything of the same type: the name is cut off behind what says what it is a name of. */
function widened(on: string): string {
  const match = /^(arn:[^:]*:[^:]*:[^:]*:[^:]*:)([a-z-]+[/:])?/.exec(on);
  return match ? `${match[1]}${match[2] ?? ''}*` : on;
}

interface Group {
  readonly actions: readonly string[];
  readonly resources: '*' | readonly string[];
}

/** One statement for each set of resources that the same actions are needed on. */
function statements(rights: readonly Pick<Right, 'right' | 'on'>[], effect: PolicyStatement['Effect']): PolicyStatement[] {
  const byAction = Map.groupBy(rights, ({ right }) => right);
  const groups = Map.groupBy(byAction, ([action, some]) => [serviceOf(action), ...new Set(some.map(({ on }) => on))].toSorted().join('\n'));
  const made = [...groups.values()].flatMap((group): Group[] => {
    const resources = [...new Set(group.flatMap(([, some]) => some.map(({ on }) => on)))].toSorted();
    const actions = group.map(([action]) => action).toSorted();
    if (resources.includes('*')) return [{ actions, resources: '*' }];
    return chunks(resources, RESOURCES).map((some) => ({ actions, resources: some }));
  });
  const seen = new Map<string, number>();
  return made
    .toSorted((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1))
    .map(({ actions, resources }) => {
      const service = serviceOf(actions[0] ?? '').replace(/^./, (first) => first.toUpperCase());
      const nth = (seen.get(service) ?? 0) + 1;
      seen.set(service, nth);
      return { Sid: `${service}${nth}`, Effect: effect, Action: actions, Resource: resources };
    });
}

function keyOf({ actions, resources }: Group): string {
  return `${actions.join()}\n${resources === '*' ? resources : resources.join()}`;
}

function pack(all: readonly PolicyStatement[]): PolicyDocument[] {
  const documents: PolicyStatement[][] = [[]];
  for (const statement of all) {
    const last = documents.at(-1) ?? [];
    if (last.length > 0 && JSON.stringify(documentOf([...last, statement])).length > MOST_CHARACTERS) documents.push([statement]);
    else last.push(statement);
  }
  return documents.map(documentOf);
}

function documentOf(Statement: readonly PolicyStatement[]): PolicyDocument {
  return { Version: '2012-10-17', Statement };
}

function serviceOf(action: string): string {
  return action.split(':')[0] ?? '';
}

function chunks<T>(all: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, nth) => all.slice(nth * size, (nth + 1) * size));
}
