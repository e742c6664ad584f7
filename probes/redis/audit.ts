import type { Agent, AuditReport, ProbeContext, Wanted } from '../../src/probe.ts';
import { clean } from '../../src/values/text.ts';
import type { Connector } from './connector.ts';
import { allowedOver, NoSuchUser } from './dry-run.ts';
import type { Power } from './powers.ts';
import { reachOf } from './reach.ts';
import { neededKeys } from './rights.ts';
import type { AgentIdentity } from './schema.ts';
import { strengthsOf } from './strengths.ts';
import type { DatabaseTarget } from './target.ts';

/** A key that nobody has: who may touch it may touch any that nobody thought of. */
const ANY_KEY = 'rollcall:any-key-that-nobody-has';

interface Audit {
  readonly connector: Connector;
  readonly connection: ProbeContext['connection'];
  readonly wanted: readonly Wanted<DatabaseTarget>[];
  readonly signal: AbortSignal;
}

/**
 * What this user may run beyond looking, and what the agents may: by ACL DRYRUN, which says and does not run. A user is asked about by its
 * name, so each may ask about itself and about others without reading anybody's rules, in which digests of passwords stand.
 */
export async function* auditServer(audit: Audit, agents: readonly Agent[]): AsyncGenerator<AuditReport> {
  const { connector, connection, wanted, signal } = audit;
  const ids = wanted.map(({ id }) => id);
  const [, address = ''] = /^[^@]*@(.*)$/s.exec(connector.vantage) ?? [];
  yield { kind: 'placed', ids, plane: { kind: 'server', name: `Redis at ${address}` } };
  yield { kind: 'placed', ids, plane: { kind: 'host', name: connector.host } };
  const keys = [ANY_KEY, ...neededKeys(wanted.map(({ target }) => target))];
  const own = await ask(audit, connector.user, keys);
  if (signal.aborted) return;
  if ('kind' in own) yield { ...own, on: 'the server' };
  else yield* strengthsOf(connector.user, tooStrong(own));
  for (const { name, is } of agents) {
    const { user } = is as AgentIdentity;
    const as = clean(`user ${user} on ${connection}`, 160);
    if (user === connector.user)
      yield {
        kind: 'shared',
        agent: name,
        what: `${as} is the very user with which the watcher looks`,
        fix: ['# rollcall grants --role NAME makes the watcher one of its own'],
      };
    const found = await ask(audit, user, keys);
    if (signal.aborted) return;
    if ('kind' in found) yield { ...found, on: `agent ${name}` };
    else yield* reachOf({ agent: name, as, user }, wanted, found, ANY_KEY);
  }
}

type Allowed = ReadonlyMap<string, readonly Power[]>;
type Unasked = Extract<AuditReport, { kind: 'unaudited' }>;

/** All that it may do to a key that nobody has, and more than look at one that it must be let at: each command once. */
function tooStrong(allowed: Allowed): readonly Power[] {
  const powers = [...allowed].flatMap(([key, some]) => some.filter(({ strength }) => key === ANY_KEY || strength !== 'read'));
  return [...new Map(powers.map((power) => [power.rule, power])).values()];
}

/** Per key what the user may run on it; or why nobody can tell. */
async function ask({ connector, connection, signal }: Audit, user: string, keys: readonly string[]): Promise<Allowed | Unasked> {
  try {
    return await connector.within(signal, async (session) => {
      const found = new Map<string, readonly Power[]>();
      for (const key of keys) found.set(key, await allowedOver(session, user, key));
      return found;
    });
  } catch (error) {
    const failure = connector.failure(error);
    const unasked = { kind: 'unaudited', on: '' } as const;
    if (error instanceof NoSuchUser)
      return { ...unasked, reason: 'partial-answer', say: clean(`there is no user ${user} on ${connection}`, 200) };
    const hint =
      failure.reason === 'denied'
        ? ' (its own rights cannot be proven without +acl|dryrun)'
        : failure.reason === 'protocol'
          ? ' (ACL DRYRUN takes Redis 7)'
          : '';
    return { ...unasked, reason: failure.reason, say: clean(`${failure.say}${hint}`, 300) };
  }
}
