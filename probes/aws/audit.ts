import type { Agent, AuditReport } from '../../src/probe.ts';
import { clean } from '../../src/values/text.ts';
import { auditAgent } from './audit-agent.ts';
import { unaudited, type Audit } from './audit-context.ts';
import type { Failure } from './errors.ts';
import { harmsOf } from './harms.ts';
import { judge } from './judge.ts';
import type { AwsTarget } from './kind.ts';
import { identityOf, listRoles, type RoleTrust } from './principal.ts';
import type { Threat } from './reach.ts';
import { rehearse } from './rehearse.ts';
import { homeRegion, type AgentIdentity, type Connection } from './schema.ts';
import { keyOf } from './simulate.ts';
import { OWN_QUESTIONS, strengthsOf, strongRoot } from './strengths.ts';
import type { Vantage } from './vantage.ts';

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
  const threats = wanted.flatMap(({ id, target }) => {
    const place = { partition, account, region: target.region ?? homeRegion(connection) };
    return harmsOf(target, place).map((harm): Threat => ({ ...harm, id }));
  });
  const own = identityOf(name, connection.role_arn);
  yield* auditOwn(audit, vantage, own, threats);
  if (agents.length === 0) return;
  if (typeof audit.base !== 'string') yield unaudited('where the watcher itself is at home', audit.base.reason, audit.base.say);
  const roles = await rolesOf(vantage, (error) => session.failure(error));
  if (!Array.isArray(roles)) yield unaudited('the roles that agents can become', roles.reason, `iam:ListRoles: ${roles.say}`);
  const known = Array.isArray(roles) ? roles : [];
  for (const { name: agent, is } of agents)
    yield* auditAgent({ audit, vantage, threats, roles: known, own }, agent, (is as AgentIdentity).role_arn);
}

async function* auditOwn(
  { connection, session, signal }: Audit,
  vantage: Vantage,
  own: string | undefined,
  threats: readonly Threat[],
): AsyncGenerator<AuditReport> {
  if (own === undefined) {
    yield strongRoot(vantage.account);
    return;
  }
  const failureOf = (error: unknown): Failure => session.failure(error);
  const questions = [...new Map([...threats, ...OWN_QUESTIONS].map((one) => [keyOf(one), one])).values()];
  const { answers, principal, failure } = await judge(vantage, own, questions, failureOf);
  const all = new Map(answers);
  for (const region of new Set(threats.filter(({ action }) => action.startsWith('ec2:Delete')).map(({ on }) => on.split(':')[3] ?? ''))) {
    const there = session.vantage(region === '' ? homeRegion(connection) : region, signal);
    const deletes = (action: string): Threat[] => threats.filter((one) => one.action === action && one.on.split(':')[3] === region);
    try {
      const [snapshot] = deletes('ec2:DeleteSnapshot');
      for (const one of await rehearse(there, { volumes: deletes('ec2:DeleteVolume'), snapshot })) all.set(keyOf(one), one.answer);
    } catch (error) {
      const { reason, say } = failureOf(error);
      if (!answers.has(keyOf({ action: 'ec2:DeleteVolume', on: deletes('ec2:DeleteVolume')[0]?.on ?? '' })))
        yield unaudited(own, reason, say);
    }
  }
  yield* strengthsOf(own, threats, all, principal);
  const open = questions.filter((one) => !all.has(keyOf(one)));
  if (open.length === 0) return;
  const asked = failure ?? { reason: 'partial-answer' as const, say: 'not everything was answered' };
  const what = `could not prove that it may not ${[...new Set(open.map(({ action }) => action))].slice(0, 3).join(', ')}`;
  yield unaudited(own, asked.reason, `${what} (${open.length} questions open): ${asked.say}; rollcall grants prints the rights for it`);
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
