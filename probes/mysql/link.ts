import { HeldSession } from '../../src/probe-kit/held-session.ts';
import { inLanes } from '../../src/probe-kit/lanes.ts';
import { inspectBudget, SWEEP_STATEMENT_MS, sweepBudget } from '../../src/probe-kit/patience.ts';
import { Reporter } from '../../src/probe-kit/reporter.ts';
import type { Agent, AuditReport, Discovery, DiscoveryDepth, Facet, Link, Look, ProbeContext, Report, Wanted } from '../../src/probe.ts';
import { auditServer } from './audit.ts';
import { connectorFor, type MysqlConnector } from './connector.ts';
import { discoverServer } from './discover.ts';
import { inspect } from './inspection.ts';
import { askForMissing } from './missing.ts';
import type { Connection } from './schema.ts';
import { foldName, readServer, type Asking } from './server.ts';
import type { Session } from './session.ts';
import { reportSweep } from './sweep.ts';
import { inspectedFacets, SWEPT, type DatabaseTarget } from './target.ts';

/** Databases that are inspected at the same time. */
const LANES = 4;
type WantedDatabase = Wanted<DatabaseTarget>;

/** One server, asked through one held session and through new ones wherever an echo will not do. */
export class MysqlLink implements Link<DatabaseTarget> {
  readonly #connection: Connection;
  readonly #context: ProbeContext;
  readonly #connector: MysqlConnector;
  readonly #held: HeldSession<Session>;
  readonly #closing = new AbortController();

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

  audit(wanted: readonly WantedDatabase[], agents: readonly Agent[], signal: AbortSignal): AsyncIterable<AuditReport> {
    // Sessions of its own, by a connector of its own: what it meets is no news of the looks.
    const connector = connectorFor(this.#connection, this.#context);
    const bounds = AbortSignal.any([signal, this.#closing.signal]);
    return auditServer({ connector, connection: this.#context.connection, wanted, asking: this.#asking(bounds) }, agents);
  }

  discover(_wanted: readonly WantedDatabase[], depth: DiscoveryDepth, signal: AbortSignal): AsyncIterable<Discovery> {
    const connector = connectorFor(this.#connection, this.#context);
    return discoverServer({ connector, depth, asking: this.#asking(AbortSignal.any([signal, this.#closing.signal])) });
  }

  async close(): Promise<void> {
    this.#closing.abort(new Error('the connection is being closed'));
    await this.#held.close();
  }

  async *#sweep(wanted: readonly WantedDatabase[], path: Look['path'], stopped: AbortSignal): AsyncGenerator<Report | readonly Report[]> {
    const bounds = AbortSignal.any([stopped, AbortSignal.timeout(sweepBudget(this.#connection))]);
    const look = async (session: Session) => this.#look(session, wanted, bounds);
    try {
      yield await (path === 'fresh'
        ? this.#connector.within(bounds, { statement: SWEEP_STATEMENT_MS }, look)
        : this.#held.use(bounds, look));
    } catch (error) {
      if (stopped.aborted) return;
      const failure = this.#connector.failure(error);
      for (const { id } of wanted) yield this.#reporter().blind(id, SWEPT, 'information_schema.schemata', failure);
    }
  }

  async #look(session: Session, wanted: readonly WantedDatabase[], signal: AbortSignal): Promise<Report[]> {
    const asking = { ...this.#asking(signal), statement: SWEEP_STATEMENT_MS };
    const server = await readServer(session, asking);
    const names = wanted.map(({ target }) => target.name);
    const missing = await askForMissing(session, names, server, SWEEP_STATEMENT_MS, signal);
    return reportSweep(wanted, server, missing, this.#reporter());
  }

  /** `bounds` ends it for any reason; `stopped` only where nobody listens any longer. Never throws. */
  async #inspect(one: WantedDatabase, say: (report: Report) => void, bounds: AbortSignal, stopped: AbortSignal): Promise<void> {
    const { id, target } = one;
    const open = new Set<Facet>(inspectedFacets(target));
    const asking = this.#asking(bounds);
    try {
      await this.#connector.within(bounds, { statement: asking.statement }, async (session) => {
        const server = await readServer(session, asking);
        const { identity } = server;
        const shown = server.databases.some((name) => foldName(name, server) === foldName(target.name, server));
        if (!shown || server.stale !== undefined || 'reason' in identity) {
          const missing = await askForMissing(session, [target.name], server, asking.statement, bounds);
          for (const report of reportSweep([one], server, missing, this.#reporter()))
            // What a look of this depth is blind to are the facets of this depth.
            if (report.kind === 'unseen' || report.kind === 'seen') say(report);
            else if (report.kind === 'blind') say({ ...report, facets: [...open] });
          return;
        }
        const room = { session, server, database: target.name, limit: asking.statement, signal: bounds };
        const failure = (error: unknown) => this.#connector.failure(error);
        await inspect(target, room, { id, pin: identity, reporter: this.#reporter(), say, open, over: () => session.over, failure });
      });
    } catch (error) {
      if (!stopped.aborted) say(this.#reporter().blind(id, [...open], `look into ${target.name}`, this.#connector.failure(error)));
    }
  }

  #asking(signal: AbortSignal): Asking {
    const { marker = false, replay_lag: lag, statement_timeout: statement } = this.#connection;
    return { marker, lag, statement, signal };
  }

  #reporter(): Reporter {
    return new Reporter(this.#connector.vantage, () => this.#context.clock.now());
  }
}
