import type { Agent, AuditReport, Discovery, DiscoveryDepth, Link, Look, ProbeContext, Report, Wanted } from '../../src/probe.ts';
import type { Denial } from '../../src/probe-kit/failure.ts';
import { Reporter } from '../../src/probe-kit/reporter.ts';
import { auditServer } from './audit.ts';
import { Connector } from './connector.ts';
import { readContents } from './contents.ts';
import { discoverServer } from './discover.ts';
import type { ServerFacts } from './facts.ts';
import { countKeys, readServer } from './read-server.ts';
import { facetsOf, listingOf, METHOD, reportDatabase, reportEmpty, told } from './report.ts';
import type { Connection } from './schema.ts';
import type { Session } from './session.ts';
import type { DatabaseTarget } from './target.ts';

type WantedDatabase = Wanted<DatabaseTarget>;

/** One server. Every look is a connection of its own, so that each is fresh, sees a rotated password, and leaves nothing behind. */
export class RedisLink implements Link<DatabaseTarget> {
  readonly #connection: Connection;
  readonly #context: ProbeContext;
  readonly #closing = new AbortController();

  constructor(connection: Connection, context: ProbeContext) {
    this.#connection = connection;
    this.#context = context;
  }

  async *collect(wanted: readonly WantedDatabase[], look: Look): AsyncGenerator<Report | readonly Report[]> {
    // All of it is cheap: there is nothing that an inspection would look at.
    if (look.depth === 'inspect' || wanted.length === 0) return;
    const stopped = AbortSignal.any([look.signal, this.#closing.signal]);
    const connector = this.#connector();
    const reporter = new Reporter(connector.vantage, () => this.#context.clock.now());
    const left = new Set(wanted);
    const said: Report[] = [];
    try {
      await connector.within(stopped, async (session) => {
        const server = await readServer(session);
        const listing = listingOf(wanted, server, reporter.evidence(METHOD, told(server)));
        said.push({ kind: 'listing', listing });
        for (const [database, some] of Map.groupBy(wanted, ({ target }) => target.database)) {
          const reports = await this.#lookInto(database, some, { session, server, listing, reporter, connector });
          said.push(...reports);
          for (const one of some) left.delete(one);
        }
      });
    } catch (error) {
      if (stopped.aborted) return;
      // What was answered before it broke off stands.
      const failure = connector.failure(error);
      for (const one of left) said.push(reporter.blind(one.id, facetsOf(one), METHOD, failure));
    }
    yield said;
  }

  audit(wanted: readonly WantedDatabase[], agents: readonly Agent[], signal: AbortSignal): AsyncIterable<AuditReport> {
    const bounds = AbortSignal.any([signal, this.#closing.signal]);
    return auditServer({ connector: this.#connector(), connection: this.#context.connection, wanted, signal: bounds }, agents);
  }

  discover(_wanted: readonly WantedDatabase[], depth: DiscoveryDepth, signal: AbortSignal): AsyncIterable<Discovery> {
    return discoverServer(this.#connector(), depth, AbortSignal.any([signal, this.#closing.signal]));
  }

  async close(): Promise<void> {
    this.#closing.abort(new Error('the connection is being closed'));
  }

  /** The session goes to the database only where something in it is asked for: that takes a right of its own. */
  async #lookInto(
    database: number,
    wanted: readonly WantedDatabase[],
    { session, server, listing, reporter, connector }: Scene,
  ): Promise<Report[]> {
    if (server.unsettled) return blindTo(wanted, reporter, server.unsettled);
    const listed = (server.databases.get(database)?.keys ?? 0) > 0;
    const empty = wanted.filter(({ target }) => !listed && !target.mayBeEmpty);
    const others = wanted.filter((one) => !empty.includes(one));
    const said: Report[] = [];
    let there = database === 0;
    const enter = async (): Promise<void> => {
      if (!there) await session.ask(['SELECT', String(database)]);
      there = true;
    };
    const failure = (error: unknown): Denial => connector.failure(error);
    if (empty.length > 0)
      said.push(
        ...(await this.#prove(empty, { session, server, listing, reporter, connector }, enter).catch((error: unknown) =>
          blindTo(empty, reporter, failure(error)),
        )),
      );
    for (const one of others) {
      const { mark, sentinels } = one.target;
      try {
        if (mark !== undefined || sentinels.length > 0) await enter();
        said.push(...reportDatabase(one, server, await readContents(session, one.target, failure), reporter));
      } catch (error) {
        said.push(...blindTo([one], reporter, failure(error)));
      }
    }
    return said;
  }

  async #prove(
    wanted: readonly WantedDatabase[],
    { session, server, listing, reporter }: Scene,
    enter: () => Promise<void>,
  ): Promise<Report[]> {
    await enter();
    const keys = await countKeys(session);
    if (keys === 0) return wanted.map((one) => reportEmpty(one, server, listing, reporter));
    return blindTo(wanted, reporter, {
      reason: 'partial-answer',
      say: `INFO lists no such database, and DBSIZE counts ${keys} keys in it`,
    });
  }

  #connector(): Connector {
    return new Connector(this.#connection, this.#context);
  }
}

interface Scene {
  readonly session: Session;
  readonly server: ServerFacts;
  readonly listing: ReturnType<typeof listingOf>;
  readonly reporter: Reporter;
  readonly connector: Connector;
}

function blindTo(wanted: readonly WantedDatabase[], reporter: Reporter, failure: Denial): Report[] {
  return wanted.map((one) => reporter.blind(one.id, facetsOf(one), METHOD, failure));
}
