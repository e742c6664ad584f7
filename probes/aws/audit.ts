import type { Agent, AuditReport } from '../../src/probe.ts';
import { clean } from '../../src/values/text.ts';
import { auditAgent } from './audit-agent.ts';
import { unaudited, type Audit } from './audit-context.ts';
import type { Failure } from './errors.ts';
import { harmsOf, type Place } from './harms.ts';
import type { Answer } from './iam-decide.ts';
import { judge } from './judge.ts';
import type { AwsTarget } from './kind.ts';
import { identityOf, listRoles, type RoleTrust } from './principal.ts';
import type { Threat } from './reach.ts';
import { readResourcePolicies, type ResourcePolicies } from './resource-policy.ts';
import { rehearse } from './rehearse.ts';
import { homeRegion, queuesOf, type AgentIdentity, type Connection } from './schema.ts';
import { keyOf } from './simulate.ts';
import { ownQuestions, strengthsOf, strongRoot } from './strengths.ts';
import type { Vantage } from './vantage.ts';
import { weigher } from './weigh.ts';

/** Names that one line lists. */
const NAMED = 5;

/**
 * Where the roll lies, what the watcher's own identity could do beyond looking, and what agents could do to the roll. Changes nothing: IAM is read
 * and asked to simulate, and EC2 rehearses.
 */
export async function* auditAccount(audit: Audit, agents: readonly Agent[]): AsyncGenerator<AuditReport> {
  const { connection, session, wanted, kinds, signal } = audit;
  const ids = wanted.map(({ id }) => id);
  if (connection.sts === 'off') {
    yield { kind: 'placed', ids, plane: { kind: 'server', name: clean(connection.endpoint ?? '', 120) } };
    yield unaudited('the access key', 'partial-answer', 'could not prove that it deletes nothing: a store without STS has no IAM to ask');
    return;
  }
  const vantage = session.vantage(homeRegion(connection), signal);
  const { account, name } = vantage;
  if (ids.length > 0) yield { kind: 'placed', ids, plane: { kind: 'account', name: `aws/${account}` } };
  for (const [region, some] of Map.groupBy(wanted, ({ target }) => regionOf(target, connection, kinds)))
    if (region !== undefined) yield { kind: 'placed', ids: some.map(({ id }) => id), plane: { kind: 'region', name: `aws/${region}` } };
  const partition = name.split(':')[1] ?? 'aws';
  const placeOf = (target: AwsTarget): Place => ({ partition, account, region: target.region ?? homeRegion(connection) });
  const threats = wanted.flatMap(({ id, target }) => harmsOf(target, placeOf(target)).map((harm): Threat => ({ ...harm, id })));
  const policies = await readResourcePolicies(wanted, placeOf, (region) => session.vantage(region, signal), {
    unread: audit.unread,
    failureOf: (error) => session.failure(error),
  });
  yield* unreadPolicies(policies);
  const own = identityOf(name, connection.role_arn);
  const { proven, failures } = own === undefined ? { proven: new Map<string, Answer>(), failures: [] } : await rehearsals(audit, threats);
  for (const { reason, say } of failures) yield unaudited('what EC2 says to rehearsals', reason, say);
  yield* auditIdentity(audit, vantage, own, { threats, policies }, proven);
  if (!('account' in audit.base)) yield unaudited('where the watcher itself is at home', audit.base.reason, audit.base.say);
  else if (audit.base.account === account) {
    // Whoever becomes a role of the very account may do there what it may by itself, too.
    const home = identityOf(audit.base.arn, undefined);
    if (home !== own) yield* auditIdentity(audit, vantage, home, { threats, policies }, new Map());
  }
  if (agents.length === 0) return;
  const roles = await rolesOf(vantage, (error) => session.failure(error));
  if (!Array.isArray(roles)) yield unaudited('the roles that agents can become', roles.reason, `iam:ListRoles: ${roles.say}`);
  const known = Array.isArray(roles) ? roles : [];
  for (const { name: agent, is } of agents)
    yield* auditAgent({ audit, vantage, threats, policies, roles: known, own }, agent, (is as AgentIdentity).role_arn);
}

/** One identity of the watcher's. `proven`: what a rehearsal said of it, which outweighs what policies say. */
async function* auditIdentity(
  { connection, session }: Audit,
  vantage: Vantage,
  arn: string | undefined,
  { threats, policies }: { readonly threats: readonly Threat[]; readonly policies: ResourcePolicies },
  proven: ReadonlyMap<string, Answer>,
): AsyncGenerator<AuditReport> {
  if (arn === undefined) {
    yield strongRoot(vantage.account);
    return;
  }
  const queues = queuesOf(connection).map((queue) => queue.arn);
  const questions = [...new Map([...threats, ...ownQuestions(queues)].map((one) => [keyOf(one), one])).values()];
  const { answers, principal, failure } = await judge(vantage, arn, questions, (error) => session.failure(error));
  const all = new Map([...answers, ...proven]);
  const weigh = weigher({ arn, account: vantage.account }, all, principal, policies);
  yield* strengthsOf(arn, threats, weigh, all, principal, queues);
  const open = questions.filter((one) => !all.has(keyOf(one)));
  if (open.length === 0) return;
  const asked = failure ?? { reason: 'partial-answer' as const, say: 'not everything was answered' };
  const what = `could not prove that it may not ${[...new Set(open.map(({ action }) => action))].slice(0, 3).join(', ')}`;
  yield unaudited(arn, asked.reason, `${what} (${open.length} questions open): ${asked.say}; rollcall grants prints the rights for it`);
}

/** Policies that could not be read, for each reason in one line. */
function* unreadPolicies({ unread }: ResourcePolicies): Generator<AuditReport> {
  for (const [why, some] of Map.groupBy(unread, ({ reason, code }) => `${reason} ${code}`)) {
    const [first] = some;
    if (!first) continue;
    const names = some.map(({ name }) => name);
    const more = names.length > NAMED ? ` and ${names.length - NAMED} more` : '';
    const on = `the policies of ${names.slice(0, NAMED).join(', ')}${more}`;
    yield unaudited(
      on,
      first.reason,
      `could not prove that they let nobody delete or weaken more (${why.trim()}): ${first.say}; rollcall grants prints the rights for it`,
    );
  }
}

/** Region by region, what EC2 says to rehearsed deletions of what is on the roll; and where it could not be asked. */
async function rehearsals(
  { connection, session, signal }: Audit,
  threats: readonly Threat[],
): Promise<{ readonly proven: ReadonlyMap<string, Answer>; readonly failures: readonly Failure[] }> {
  const proven = new Map<string, Answer>();
  const failures: Failure[] = [];
  const deletions = threats.filter(({ action }) => action.startsWith('ec2:Delete'));
  for (const [region = '', some] of Map.groupBy(deletions, ({ on }) => on.split(':')[3])) {
    const volumes = some.filter(({ action }) => action === 'ec2:DeleteVolume');
    const snapshot = some.find(({ action }) => action === 'ec2:DeleteSnapshot');
    try {
      const there = session.vantage(region === '' ? homeRegion(connection) : region, signal);
      for (const one of await rehearse(there, { volumes, snapshot })) proven.set(keyOf(one), one.answer);
    } catch (error) {
      failures.push(session.failure(error));
    }
  }
  return { proven, failures };
}

async function rolesOf(vantage: Vantage, failureOf: (error: unknown) => Failure): Promise<RoleTrust[] | Failure> {
  try {
    return await listRoles(vantage);
  } catch (error) {
    return failureOf(error);
  }
}

/** Undefined of what is listed for all regions at once (a bucket), unless its entry says where it must be. */
function regionOf(target: AwsTarget & { readonly at?: unknown }, connection: Connection, kinds: Audit['kinds']): string | undefined {
  if (target.region !== undefined) return target.region;
  if (kinds.get(target.kind)?.global !== true) return homeRegion(connection);
  return typeof target.at === 'string' ? target.at : undefined;
}
