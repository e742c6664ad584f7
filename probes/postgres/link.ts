import type {
  Agent,
  AuditReport,
  Discovery,
  DiscoveryDepth,
  Facet,
  Identity,
  Link,
  Look,
  Nudge,
  ProbeContext,
  Report,
  Wanted,
} from '../../src/probe.ts';
import { auditServer } from './audit.ts';
import { readCatalogue, type Catalogue } from './catalogue.ts';
import { connectorFor, type PostgresConnector } from './connector.ts';
import { HeldSession } from '../../src/probe-kit/held-session.ts';
import type { Failure } from '../../src/probe-kit/failure.ts';
import { discoverServer } from './discover.ts';
import { Inspection, openFacets } from './inspection.ts';
import { inLanes } from '../../src/probe-kit/lanes.ts';
import { inspectBudget, SWEEP_STATEMENT_MS, sweepBudget } from '../../src/probe-kit/patience.ts';
import { Reporter } from '../../src/probe-kit/reporter.ts';
import type { Connection } from './schema.ts';
import type { Session } from './session.ts';
import { SizeTurns } from './size-turns.ts';
import { reportSweep, type Known } from './sweep.ts';
import { sweptFacets, type DatabaseTarget } from './target.ts';
import { holdTripwires } from './tripwire.ts';

/** Databases that are inspected at the same time. */
const LANES = 4;
type WantedDatabase = Wanted<DatabaseTarget>;

/** One server, asked through one held session on its maintenance database and through new ones wherever an echo will not do. */
export class PostgresLink implements Link<DatabaseTarget> {
  readonly #connection: Connection;
  readonly #context: ProbeContext;
  readonly #connector: PostgresConnector;
  readonly #held: HeldSession<Session>;
  readonly #closing = new AbortController();
  /** How each id was last listed. */
  readonly #known = new Map<string, Known>();
  readonly #sizes = new SizeTurns();
  /** Who answered last, by its own word. */
  #caller: Identity | undefined;

  constructor(connection: Connection, context: ProbeContext) {
    this.#connection = connection;
    this.#context = context;
    this.#connector = connectorFor(connection, context);
    this.#held = new HeldSession(this.#connector, context.clock, { statement: SWEEP_STATEMENT_MS });
  }

  collect(wanted: readonly WantedDatabase[], look: Look): AsyncIterable<Report | readonly Report[]> {
    const stopped = AbortSignal.any([look.signal, this.#closing.signal]);
    if (look.depth === 'sweep') return this.#sweep(wanted, look.path, stopped);
    const bounds = AbortSignal.any([stopped, AbortSignal.timeout(inspectBudget(this.#connection))]);
    return inLanes<WantedDatabase, Report>(wanted, LANES, stopped, async (one, say, left) =>
      this.#inspect(one, say, AbortSignal.any([bounds, left]), left),
    );
  }

  hold(wanted: readonly WantedDatabase[], signal: AbortSignal): AsyncIterable<Nudge> {
    return holdTripwires(wanted, this.#connector, this.#context.clock, AbortSignal.any([signal, this.#closing.signal]));
  }

  audit(wanted: readonly WantedDatabase[], agents: readonly Agent[], signal: AbortSignal): AsyncIterable<AuditReport> {
    const { connection } = this.#context;
    const bounds = AbortSignal.any([signal, this.#closing.signal]);
    // Sessions of its own, by a connector of its own: what it meets is no news of the looks.
    const connector = connectorFor(this.#connection, this.#context);
    return auditServer({ connector, connection, wanted, limit: this.#connection.statement_timeout, signal: bounds }, agents);
  }

  discover(_wanted: readonly WantedDatabase[], depth: DiscoveryDepth, signal: AbortSignal): AsyncIterable<Discovery> {
    const connector = connectorFor(this.#connection, this.#context);
    const bounds = AbortSignal.any([signal, this.#closing.signal]);
    return discoverServer({ connector, depth, limit: this.#connection.statement_timeout, signal: bounds });
  }

  async close(): Promise<void> {
    this.#closing.abort(new Error('the connection is being closed'));
    await this.#held.close();
  }

  async *#sweep(wanted: readonly WantedDatabase[], path: Look['path'], stopped: AbortSignal): AsyncGenerator<Report | readonly Report[]> {
    const bounds = AbortSignal.any([stopped, AbortSignal.timeout(sweepBudget(this.#connection))]);
    try {
      const catalogue = path === 'fresh' ? await this.#freshly(bounds) : await this.#usually(this.#sizes.next(wanted), bounds);
      yield reportSweep(wanted, catalogue, this.#known, this.#connection.replay_lag, this.#reporter());
    } catch (error) {
      if (stopped.aborted) return;
      const failure = this.#connector.failure(error);
      // A missing folder of the maintenance database says nothing of the others: only the server's own files speak for all.
      const gone = failure.code === '58P01';
      for (const one of wanted)
        yield this.#failed(one, sweptFacets(one.target), gone ? failure : { ...failure, filesGone: false }, 'pg_control_system()');
    }
  }

  async #usually(sized: readonly string[], signal: AbortSignal): Promise<Catalogue> {
    return this.#held.use(signal, async (session) => this.#read(session, sized, signal));
  }

  async #freshly(signal: AbortSignal): Promise<Catalogue> {
    const session = await this.#connector.open(signal, { statement: SWEEP_STATEMENT_MS });
    try {
      return await this.#read(session, [], signal);
    } finally {
      void session.close();
    }
  }

  /** A size that cannot be had (a database dropped this moment, a folder that cannot be read) costs nobody the look. */
  async #read(session: Session, sized: readonly string[], signal: AbortSignal): Promise<Catalogue> {
    const catalogue = await readCatalogue(session, sized, SWEEP_STATEMENT_MS, signal).catch((error: unknown) => {
      if (sized.length === 0 || session.over) throw error;
      this.#sizes.giveUp(sized);
      return readCatalogue(session, [], SWEEP_STATEMENT_MS, signal);
    });
    this.#caller = { system_identifier: catalogue.systemIdentifier };
    return catalogue;
  }

  /** `bounds` ends it for any reason; `stopped` only where nobody listens any longer. Never throws. */
  async #inspect(one: WantedDatabase, say: (report: Report) => void, bounds: AbortSignal, stopped: AbortSignal): Promise<void> {
    const open = openFacets(one.target);
    const { statement_timeout, replay_lag } = this.#connection;
    let session: Session | undefined;
    try {
      session = await this.#connector.open(bounds, { database: one.target.name, statement: statement_timeout });
      const limits = { statement: statement_timeout, lag: replay_lag, signal: bounds };
      await new Inspection(one, session, limits, this.#reporter(), say).run(open);
    } catch (error) {
      if (stopped.aborted) return;
      const failure = this.#connector.failure(error);
      const report =
        failure.code === '3D000' && !session
          ? await this.#notLetIn(one, [...open], failure, bounds)
          : this.#failed(one, [...open], failure);
      if (!stopped.aborted) say(report);
    } finally {
      await session?.close();
    }
  }

  /** The server says that it has no such database: its catalogue is asked whether that is so, and which server it is that says it. */
  async #notLetIn(one: WantedDatabase, open: readonly Facet[], failure: Failure, signal: AbortSignal): Promise<Report> {
    try {
      const catalogue = await this.#freshly(signal);
      if (catalogue.databases.some(({ name }) => name === one.target.name)) return this.#failed(one, open, failure);
      const reports = reportSweep([one], catalogue, this.#known, this.#connection.replay_lag, this.#reporter());
      const report = reports.find(({ kind }) => kind !== 'listing');
      return report ?? this.#failed(one, open, failure);
    } catch (error) {
      return this.#failed(one, open, this.#connector.failure(error));
    }
  }

  /** Blind, unless what failed proves that the files are gone, on a server known to be the right one. */
  #failed(one: WantedDatabase, facets: readonly Facet[], failure: Failure, call = `connect to ${one.target.name}`): Report {
    const reporter = this.#reporter();
    const caller = this.#caller;
    const pinned = one.target.identity['system_identifier'];
    if (!failure.filesGone || !caller || (pinned !== undefined && pinned !== caller['system_identifier']))
      return reporter.blind(one.id, facets, call, failure);
    const listing = reporter.filesGone(caller, call, failure, `files of ${one.target.name} on server ${caller['system_identifier']}`);
    const say = `the files of database ${one.target.name} are gone, although the server still answers: ${failure.say}`;
    return reporter.unseen(one.id, listing, reporter.evidence(call, say));
  }

  #reporter(): Reporter {
    return new Reporter(this.#connector.vantage, () => this.#context.clock.now());
  }
}
