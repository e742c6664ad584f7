import type { Denial } from '../../src/probe-kit/failure.ts';
import type { Agent, AuditReport, ProbeContext, Wanted } from '../../src/probe.ts';
import { clean } from '../../src/values/text.ts';
import type { MysqlConnector } from './connector.ts';
import { parseGrant, type GrantLine } from './grant-lines.ts';
import { reachOf, type Holder } from './reach.ts';
import type { AgentIdentity } from './schema.ts';
import { readServer, type Asking } from './server.ts';
import type { Session } from './session.ts';
import { quoteAccount, runnable } from './sql-text.ts';
import { strengthsOf } from './strengths.ts';
import type { DatabaseTarget } from './target.ts';

/** Roles of one account that are looked into, those of roles included. */
const ROLES = 50;

interface Audit {
  readonly connector: MysqlConnector;
  readonly connection: ProbeContext['connection'];
  readonly wanted: readonly Wanted<DatabaseTarget>[];
  readonly asking: Asking;
}

/** What this account may do beyond looking; and what the agents could destroy of the roll, where we may see their rights. */
export async function* auditServer(
  { connector, connection, wanted, asking }: Audit,
  agents: readonly Agent[],
): AsyncGenerator<AuditReport> {
  const ids = wanted.map(({ id }) => id);
  try {
    const reports = await connector.within(asking.signal, { statement: asking.statement }, async (session) => {
      const { identity } = await readServer(session, asking);
      const own = await ownAccount(session, asking);
      const name = clean(`${own.user}@${own.host}`, 100);
      const said: AuditReport[] = [...placed(ids, identity, connector.host)];
      said.push(...strengthsOf(await readGrants(session, '', asking), quoteAccount(own.user, own.host), name));
      for (const agent of agents) said.push(...(await aboutAgent(agent, own, { session, connection, wanted, asking })));
      return said;
    });
    yield* reports;
  } catch (error) {
    const { reason, say } = connector.failure(error);
    if (!asking.signal.aborted) yield { kind: 'unaudited', on: 'the server', reason, say };
  }
}

function placed(ids: readonly string[], identity: Denial | { readonly server_uuid: string }, host: string): AuditReport[] {
  return [
    ...('server_uuid' in identity
      ? [{ kind: 'placed', ids, plane: { kind: 'server', name: `MySQL ${identity.server_uuid}` } } as const]
      : []),
    { kind: 'placed', ids, plane: { kind: 'host', name: host } },
  ];
}

interface Account {
  readonly user: string;
  readonly host: string;
}

async function ownAccount(session: Session, { statement, signal }: Asking): Promise<Account> {
  const { rows } = await session.query('select current_user()', statement, signal);
  const text = rows[0]?.[0] ?? '';
  const at = text.lastIndexOf('@');
  return { user: text.slice(0, at), host: text.slice(at + 1) };
}

/** `whose`: as SQL names it; our own where empty. */
async function readGrants(session: Session, whose: string, { statement, signal }: Asking): Promise<GrantLine[]> {
  const { rows } = await session.query(`show grants${whose === '' ? '' : ` for ${whose}`}`, statement, signal);
  return rows.flatMap(([line]) => parseGrant(line ?? ''));
}

interface Surroundings {
  readonly session: Session;
  readonly connection: string;
  readonly wanted: readonly Wanted<DatabaseTarget>[];
  readonly asking: Asking;
}

async function aboutAgent(agent: Agent, own: Account, { session, connection, wanted, asking }: Surroundings): Promise<AuditReport[]> {
  const { user, host } = agent.is as AgentIdentity;
  const account = quoteAccount(user, host);
  const as = clean(`account ${user}@${host} on ${connection}`, 160);
  if (user === own.user && host === own.host)
    return [
      {
        kind: 'shared',
        agent: agent.name,
        what: clean(`${as} is the very account with which the watcher looks`, 300),
        fix: ['-- rollcall grants --role NAME makes the watcher one of its own'],
      },
    ];
  try {
    const holders = await holdersOf(session, account, asking);
    const reports: AuditReport[] = reachOf({ agent: agent.name, as, holders }, wanted);
    if (holders.length > ROLES)
      reports.push({
        kind: 'unaudited',
        on: `agent ${agent.name}`,
        reason: 'partial-answer',
        say: `only ${ROLES} of its roles are looked into`,
      });
    return reports;
  } catch (error) {
    if (session.over) throw error;
    const say = `its rights may not be seen, or there is no such account: it takes ${runnable(`GRANT SELECT ON mysql.* TO ${quoteAccount(own.user, own.host)}`)}, which shows password hashes too`;
    return [{ kind: 'unaudited', on: clean(`agent ${agent.name} (${as})`, 200), reason: 'denied', say: clean(say) }];
  }
}

/** The account's rights, then those of each role that it can take on. */
async function holdersOf(session: Session, account: string, asking: Asking): Promise<Holder[]> {
  const holders = new Map<string, Holder>();
  const queue = [account];
  for (let next = queue.shift(); next !== undefined && holders.size <= ROLES; next = queue.shift()) {
    if (holders.has(next)) continue;
    const lines = await readGrants(session, next, asking);
    holders.set(next, { account: next, lines });
    queue.push(...lines.flatMap((line) => (line.is === 'role' ? [line.account] : [])));
  }
  return [...holders.values()];
}
