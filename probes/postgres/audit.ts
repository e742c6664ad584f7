import type { Agent, AuditReport, ProbeContext, Wanted } from '../../src/probe.ts';
import { clean } from '../../src/values/text.ts';
import type { PostgresConnector } from './connector.ts';
import { inLanes } from '../../src/probe-kit/lanes.ts';
import {
  MOST,
  PUBLIC,
  readPowersInside,
  readPowersOutside,
  readServer,
  readSubjects,
  type Power,
  type Server,
  type Subject,
} from './powers.ts';
import { reachInto, reachOfRole, type Reacher } from './reach.ts';
import type { AgentIdentity } from './schema.ts';
import { sqlIdentifier } from './sql-text.ts';
import { strengthsOf, strengthsOfRole } from './strengths.ts';
import type { DatabaseTarget } from './target.ts';

const LANES = 2;
/** Databases looked into, those of the roll first. */
const DATABASES = 100;

type WantedDatabase = Wanted<DatabaseTarget>;
interface Audit {
  readonly connector: PostgresConnector;
  readonly connection: ProbeContext['connection'];
  readonly wanted: readonly WantedDatabase[];
  /** What one statement may take, ms. */
  readonly limit: number;
  readonly signal: AbortSignal;
}

/** Who this role is, whom it can become, and what those may do in every database it is let into; the same of the agents, in those of the roll. */
export async function* auditServer(audit: Audit, agents: readonly Agent[]): AsyncGenerator<AuditReport> {
  const { connector, limit, signal, wanted } = audit;
  let found: { server: Server; subjects: Subject[]; outside: Power[] };
  try {
    found = await connector.within(signal, { statement: limit }, async (session) => {
      const server = await readServer(session, limit, signal);
      const subjects = await readSubjects(session, [server.user, ...agents.map(roleOf)], limit, signal);
      return { server, subjects, outside: await readPowersOutside(session, oidsOf(subjects), limit, signal) };
    });
  } catch (error) {
    const { reason, say } = connector.failure(error);
    yield { kind: 'unaudited', on: 'the server', reason, say };
    return;
  }
  const {
    server,
    outside,
    subjects: [own = { name: server.user, roles: [] }, ...others],
  } = found;
  const ids = wanted.map(({ id }) => id);
  yield { kind: 'placed', ids, plane: { kind: 'server', name: `PostgreSQL ${server.system}` } };
  yield { kind: 'placed', ids, plane: { kind: 'host', name: connector.host } };
  yield* strengthsOfRole(own);
  const mighty = own.roles[0]?.super === true;
  if (!mighty) yield* strengthsOf(outside, own, 'the server');
  const reachers = others.map((subject, nth): Reacher => ({ agent: agents[nth]?.name ?? '', subject, connection: audit.connection }));
  for (const who of reachers) yield* aboutAgent(who, own, audit, outside);
  // A superuser's reach needs no list, of the watcher's own nor of an agent's.
  const listed = reachers.filter(({ subject }) => subject.roles[0]?.super === false);
  const names = mighty && listed.length === 0 ? [] : inOrder(server, wanted, mighty);
  for (const left of names.slice(DATABASES))
    yield {
      kind: 'unaudited',
      on: clean(`database ${left}`, 100),
      reason: 'partial-answer',
      say: `only ${DATABASES} databases are looked into`,
    };
  yield* inLanes<string, AuditReport>(names.slice(0, DATABASES), LANES, signal, async (name, say) => {
    try {
      await connector.within(signal, { database: name, statement: limit }, async (session) => {
        if (!mighty) {
          const powers = await readPowersInside(session, oidsOf([own]), undefined, limit, signal);
          for (const one of strengthsOf(powers, own, `DATABASE ${sqlIdentifier(name)}`)) say(one);
          if (powers.length === MOST) say(cutOff(name));
        }
        if (listed.length === 0) return;
        for (const one of wanted.filter(({ target }) => target.name === name)) {
          const { tables } = one.target;
          const of = tables.length > 0 ? tables : undefined;
          const powers = await readPowersInside(session, oidsOf(listed.map(({ subject }) => subject)), of, limit, signal);
          for (const who of listed) for (const reach of reachInto(who, one, powers)) say(reach);
        }
      });
    } catch (error) {
      const { reason, say: why } = connector.failure(error);
      if (!signal.aborted) say({ kind: 'unaudited', on: clean(`database ${name}`, 100), reason, say: why });
    }
  });
}

function* aboutAgent(who: Reacher, own: Subject, { wanted }: Audit, outside: readonly Power[]): Generator<AuditReport> {
  const { agent, subject, connection } = who;
  if (subject.roles.length === 0) {
    const say = clean(`there is no role ${subject.name} on ${connection}`, 200);
    yield { kind: 'unaudited', on: `agent ${agent}`, reason: 'partial-answer', say };
    return;
  }
  const ownOid = own.roles[0]?.oid;
  if (subject.roles.some(({ oid }) => oid === ownOid)) {
    const same = subject.name === own.name;
    const what = same ? 'is the very role with which the watcher looks' : `can become the watcher's role ${own.name}`;
    const fix = same
      ? ['-- rollcall grants --role NAME makes the watcher one of its own']
      : [`REVOKE ${sqlIdentifier(own.name)} FROM ${sqlIdentifier(subject.name)};`];
    yield { kind: 'shared', agent, what: clean(`role ${subject.name} on ${connection} ${what}`, 300), fix };
  }
  yield* reachOfRole(who, wanted);
  if (!subject.roles[0]?.super) for (const one of wanted) yield* reachInto(who, one, outside);
}

function cutOff(database: string): AuditReport {
  return {
    kind: 'unaudited',
    on: clean(`database ${database}`, 100),
    reason: 'partial-answer',
    say: `only the first ${MOST} rights are listed`,
  };
}

function roleOf({ is }: Agent): string {
  return (is as AgentIdentity).role;
}

/** Those of everybody, and PUBLIC. */
function oidsOf(subjects: readonly Subject[]): string[] {
  return [PUBLIC, ...new Set(subjects.flatMap(({ roles }) => roles.map(({ oid }) => oid)))];
}

/** The databases of the roll, those that do not let us in included, so that it is said; then, unless `only` they count, all that do. */
function inOrder({ databases }: Server, wanted: readonly WantedDatabase[], only: boolean): string[] {
  const rolled = databases.filter(({ name }) => wanted.some(({ target }) => target.name === name));
  const others = only ? [] : databases.filter(({ lets }) => lets);
  return [...new Set([...rolled, ...others].map(({ name }) => name))];
}
