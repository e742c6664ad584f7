import { freshFacet, oldestFacet, tableFacet } from '../../src/probe-kit/table-rows.ts';
import { lacking, tellFacet } from '../../src/probe-kit/tell-facet.ts';
import type { Denial, Failure } from '../../src/probe-kit/failure.ts';
import type { Facet, Identity, Measure, Report, Wanted } from '../../src/probe.ts';
import { readDatabaseFacts, type DatabaseFacts } from './database-facts.ts';
import { failureOf } from './errors.ts';
import { count, estimate, exact, type Measures } from '../../src/probe-kit/measure.ts';
import type { Reporter } from '../../src/probe-kit/reporter.ts';
import type { Session } from './session.ts';
import { staleness } from './standby.ts';
import { surroundings } from './surroundings.ts';
import { quoteIdentifier, quoteTable } from './table-name.ts';
import { countRows, digestRow, newestAge, oldestAge, readTableFacts, type TableFacts } from './table-facts.ts';
import { churnFacet, columnsFacet, inspectedFacets, sentinelFacet, type DatabaseTarget, type TableTarget } from './target.ts';

/** lock_not_available: `lock_timeout` ran out. */
const LOCKED = '55P03';
const METHOD = 'pg_control_system and pg_database';

/** `statement`: what one statement may take, ms; `lag`: how far behind a standby may be, ms. */
export interface InspectionLimits {
  readonly statement: number;
  readonly lag: number;
  readonly signal: AbortSignal;
}

/** Looks into one database over a session of its own. Each facet is spoken for on its own, as soon as it is known. */
export class Inspection {
  readonly #wanted: Wanted<DatabaseTarget>;
  readonly #session: Session;
  readonly #limits: InspectionLimits;
  readonly #reporter: Reporter;
  readonly #say: (report: Report) => void;

  constructor(
    wanted: Wanted<DatabaseTarget>,
    session: Session,
    limits: InspectionLimits,
    reporter: Reporter,
    say: (report: Report) => void,
  ) {
    this.#wanted = wanted;
    this.#session = session;
    this.#limits = limits;
    this.#reporter = reporter;
    this.#say = say;
  }

  /** @throws where not even the identity of the database can be read, or the session is gone before all is said: `open` is what was not said. */
  async run(open: Set<Facet>): Promise<void> {
    const facts = await readDatabaseFacts(this.#session, this.#limits.statement, this.#limits.signal);
    const { id, target } = this.#wanted;
    const stale = staleness(facts.behind, this.#limits.lag);
    if (stale !== undefined) {
      this.#say(this.#reporter.blind(id, [...open], METHOD, { reason: 'stale-vantage', say: stale }));
      open.clear();
      return;
    }
    // Where nothing more is asked, its identity is at least shown over a new connection.
    if (open.size === 0) this.#say(this.#reporter.seen(id, pinOf(facts), [], {}, this.#reporter.evidence(METHOD, 'it lets us in')));
    const { statement, signal } = this.#limits;
    for (const { facet, method, ask } of surroundings(target))
      await this.#facet(facet, open, facts, method, () => ask(target, this.#session, statement, signal));
    const tables = await readTableFacts(this.#session, target.tables, statement, signal);
    for (const [index, table] of target.tables.entries()) {
      const found = tables[index];
      if (found) await this.#table(table, found, facts, open);
    }
  }

  async #table(table: TableTarget, found: TableFacts, facts: DatabaseFacts, open: Set<Facet>): Promise<void> {
    const at = `tables.${table.key}`;
    const { sentinel, fresh, oldest } = table;
    const { oid } = found;
    const present = oid !== null;
    await this.#facet(tableFacet(table.key), open, facts, table.count === 'exists' ? 'pg_class' : 'count(*)', async () => {
      const stats = { [`${at}.tuples`]: estimate(found.tuples, 'rows'), [`${at}.bytes`]: estimate(found.bytes, 'bytes') };
      const there = { [`${at}.present`]: exact(present ? 1 : 0, 'flag') };
      // A table that is not there has no rows: that much is exact.
      if (oid === null) return { ...there, [`${at}.rows`]: exact(0, 'rows') };
      const shown = { ...there, [`${at}.oid`]: exact(oid, 'text'), ...stats };
      if (table.count === 'exists') return shown;
      const lack = this.#lack(table, found, facts, found.selectsAny, '<any column>');
      if (lack) return lack;
      const rows = await this.#rows(table, found);
      if (typeof rows !== 'string') return { ...shown, [`${at}.rows`]: rows };
      // The catalogue still names it: what there is of it is as much as of one that was dropped.
      return { [`${at}.present`]: exact(0, 'flag'), [`${at}.rows`]: exact(0, 'rows'), [`${at}.files`]: exact(rows, 'text') };
    });
    if (table.columns.length > 0)
      await this.#facet(columnsFacet(table.key), open, facts, 'pg_attribute', () =>
        Object.fromEntries(table.columns.map((name) => [`${at}.columns.${name}`, exact(found.columns.includes(name) ? 1 : 0, 'flag')])),
      );
    if (table.churn)
      await this.#facet(churnFacet(table.key), open, facts, 'pg_stat_get_tuples_deleted', () => {
        // After a crash the statistics know of no rows: held against none, any delete would be a wave of them.
        const epoch = `${facts.started}/${facts.statsReset}/${found.oid}`;
        return {
          [`${at}.deleted`]: count(found.deleted, epoch),
          [`${at}.live`]: { ...estimate(Math.max(found.live, found.tuples), 'rows'), epoch },
        };
      });
    if (sentinel)
      await this.#facet(sentinelFacet(table.key), open, facts, 'sha256 of one row', async () => {
        if (!present) return { [`${at}.sentinel`]: exact('none', 'text') };
        const column = found.keyColumn;
        if (column === null) return { reason: 'protocol', say: keyless(table) };
        const lack = this.#lack(table, found, facts, found.selectsAll);
        if (lack) return lack;
        const digest = await digestRow(this.#session, table, column, sentinel.key, this.#limits.statement, this.#limits.signal);
        return { [`${at}.sentinel`]: exact(digest, 'text') };
      });
    if (fresh)
      await this.#facet(freshFacet(table.key), open, facts, `max(${fresh.column})`, async () => {
        if (!present) return { [`${at}.newest_age`]: exact(facts.now, 'ms') };
        if (!found.freshColumn) return { reason: 'protocol', say: `${table.key} has no column ${fresh.column}` };
        const lack = this.#lack(table, found, facts, found.selectsFresh, quoteIdentifier(fresh.column));
        if (lack) return lack;
        return {
          [`${at}.newest_age`]: exact(
            await newestAge(this.#session, table, fresh.column, this.#limits.statement, this.#limits.signal),
            'ms',
          ),
        };
      });
    if (oldest)
      await this.#facet(oldestFacet(table.key), open, facts, `min(${oldest.column})`, async () => {
        if (!present) return { [`${at}.oldest_age`]: exact(0, 'ms') };
        if (!found.oldestColumn) return { reason: 'protocol', say: `${table.key} has no column ${oldest.column}` };
        const lack = this.#lack(table, found, facts, found.selectsOldest, quoteIdentifier(oldest.column));
        if (lack) return lack;
        const age = await oldestAge(this.#session, table, oldest.column, this.#limits.statement, this.#limits.signal);
        return { [`${at}.oldest_age`]: exact(age, 'ms') };
      });
  }

  /**
   * Counted; behind somebody's lock estimated, which waits for none. The lower of two independent estimates: after a DELETE of
   * everything `reltuples` still tells of yesterday, after a crash the statistics are empty. What holds the lock has not committed yet.
   * A text is what the server says where the table's files are gone under it.
   */
  async #rows(table: TableTarget, { tuples, live }: TableFacts): Promise<Measure | string> {
    try {
      return exact(await countRows(this.#session, table, this.#limits.statement, this.#limits.signal), 'rows');
    } catch (error) {
      const { code, filesGone, say } = failureOf(error);
      if (!this.#session.over && filesGone) return say;
      if (this.#session.over || code !== LOCKED) throw error;
      return estimate(Math.min(tuples, live), 'rows');
    }
  }

  async #facet(
    facet: Facet,
    open: Set<Facet>,
    facts: DatabaseFacts,
    method: string,
    look: () => Promise<Measures | Denial> | Measures | Denial,
  ): Promise<void> {
    const inspected = {
      id: this.#wanted.id,
      pin: pinOf(facts),
      reporter: this.#reporter,
      say: this.#say,
      open,
      over: () => this.#session.over,
      failure: (error: unknown) => locked(failureOf(error)),
    };
    await tellFacet(inspected, facet, method, look);
  }

  /** The grant that is missing, said so that it can be pasted; undefined where none is. */
  #lack(table: TableTarget, found: TableFacts, { user }: DatabaseFacts, selects: boolean, column?: string): Denial | undefined {
    const role = quoteIdentifier(user);
    if (!found.schemaUsage) return lacking(`GRANT USAGE ON SCHEMA ${quoteIdentifier(table.schema)} TO ${role}`);
    return selects ? undefined : lacking(`GRANT SELECT${column === undefined ? '' : ` (${column})`} ON ${quoteTable(table)} TO ${role}`);
  }
}

/** What is due of a database and has not been said. */
export function openFacets(target: DatabaseTarget): Set<Facet> {
  return new Set(inspectedFacets(target));
}

function pinOf({ system, oid }: DatabaseFacts): Identity {
  return { system_identifier: system, oid };
}

function locked(failure: Failure): Denial {
  return failure.code === LOCKED
    ? { reason: 'timeout', say: `locked by somebody else for longer than lock_timeout (${failure.code})` }
    : failure;
}

function keyless({ key, sentinel }: TableTarget): string {
  return sentinel?.column === undefined
    ? `${key} has no primary key of one column; name the sentinel's column`
    : `${key} has no column ${sentinel.column}`;
}
