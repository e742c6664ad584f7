import { sayLeftOut } from '../core/coverage.ts';
import type { Instant } from '../core/report.ts';
import type { Clock, Log } from '../ports.ts';
import { clean } from '../values/text.ts';
import { CoverageBook, wordBeyond, wordFall, type ConnectionCoverage } from './coverage-book.ts';
import { coverageRound } from './coverage-round.ts';
import type { Journal } from './journal.ts';
import type { Plan } from './plan.ts';
import type { Troubles } from './troubles.ts';

const EVERY_MS = 3_600_000;
/** After a look that did not see everything. */
const AGAIN_MS = 600_000;
/** After a start or a reload, behind the first looks. */
const FIRST_MS = 30_000;
/** Reasons that a line of the log names. */
const NAMED = 5;
/** Where it is kept in the store. */
export const COVERAGE = 'coverage';

/** What the manifest left out when it was last heeded. */
const RULES = 'left_out';

/** Asks every hour what is there, as cheaply as each probe can, and warns where something is not on the roll that was not there before. */
export class CoverageWatch {
  readonly #book: CoverageBook;
  readonly #troubles: Troubles;
  readonly #journal: Journal;
  readonly #ports: { readonly clock: Clock; readonly log: Log };
  /** Undefined before the first manifest: its rules are as good as the rest of it. */
  #rules: readonly string[] | undefined;
  #plan: Plan | undefined;
  #dueAt = Infinity;
  #asking = false;
  #said: string | undefined;
  /** What was told of each connection. */
  readonly #beyond = new Map<string, string>();

  constructor(
    troubles: Troubles,
    journal: Journal,
    ports: { readonly clock: Clock; readonly log: Log },
    meta: Readonly<Record<string, string>>,
  ) {
    this.#book = new CoverageBook(meta[COVERAGE]);
    const rules = meta[RULES];
    this.#rules = rules === undefined ? undefined : (JSON.parse(rules) as string[]);
    this.#troubles = troubles;
    this.#journal = journal;
    this.#ports = ports;
    this.#said = wordFall(this.#book.coverage);
    for (const { connection, beyond } of this.#book.coverage) {
      const what = wordBeyond(beyond);
      if (what !== undefined) this.#beyond.set(connection, what);
    }
  }

  get coverage(): readonly ConnectionCoverage[] {
    return this.#book.coverage;
  }

  /** Also heeds what a plan that is new leaves out. */
  isDue(at: Instant, plan: Plan): boolean {
    if (plan !== this.#plan) {
      this.#plan = plan;
      this.#heed(plan, at);
      this.#dueAt = at.steady + FIRST_MS;
    }
    return !this.#asking && at.steady >= this.#dueAt && (plan.sources ?? []).length > 0;
  }

  /** Blindness changes nothing: a fall stands until a look that saw everything no longer finds it. Never rejects but as the journal does. */
  async ask(plan: Plan, signal: AbortSignal): Promise<void> {
    this.#asking = true;
    try {
      const { clock, log } = this.#ports;
      // A plan that was replaced meanwhile had another roll.
      const isOver = (): boolean => signal.aborted || plan !== this.#plan;
      const hidden = await coverageRound(plan, this.#book, { clock, signal, isOver });
      if (isOver()) return;
      const at = clock.now();
      this.#dueAt = at.steady + (hidden.length > 0 ? AGAIN_MS : EVERY_MS);
      for (const { connection, why } of hidden)
        log.warn('not all of a connection could be listed', { connection, why: why.slice(0, NAMED).map(({ on, say }) => `${on}: ${say}`) });
      this.#tell(at);
      this.#tellBeyond();
      this.#journal.keepMetaIfChanged(COVERAGE, this.#book.save());
      await this.#journal.commit();
    } finally {
      this.#asking = false;
    }
  }

  /** Whatever is left out from now on is told, as a maintenance window is: silence is nobody's secret. */
  #heed({ leftOut = [], repeat }: Plan, at: Instant): void {
    const rules = leftOut.map(sayLeftOut);
    const added = rules.filter((rule) => this.#rules?.includes(rule) === false);
    if (added.length > 0) {
      const what = clean(
        `need not be on the roll from now on: ${added.slice(0, NAMED).join('; ')}${added.length > NAMED ? `; and ${added.length - NAMED} more` : ''}`,
        600,
      );
      this.#troubles.announce('unmanaged.declared', what, 'warning', at, repeat);
    }
    this.#rules = rules;
    this.#journal.keepMetaIfChanged(RULES, JSON.stringify(rules));
  }

  /** What is not spoken of is told when it changes, and is nobody's alarm: a credential of the least rights may list no more than it needs. */
  #tellBeyond(): void {
    for (const { connection, beyond } of this.#book.coverage) {
      const what = wordBeyond(beyond);
      if (what === this.#beyond.get(connection)) continue;
      const coverage = `of ${connection} ${what ?? 'speaks of all that the probe can list'}`;
      this.#ports.log.info('what coverage speaks of has changed', { connection, coverage });
      this.#journal.record('audit', '@watchdog', { coverage });
      if (what === undefined) this.#beyond.delete(connection);
      else this.#beyond.set(connection, what);
    }
  }

  #tell(at: Instant): void {
    const what = wordFall(this.#book.coverage);
    if (what === undefined) this.#troubles.clear('coverage.fell', at);
    else this.#troubles.raise('coverage.fell', what, 'warning', at);
    if (what !== this.#said) {
      const figures = this.#book.coverage.flatMap(({ kinds }) => kinds);
      const [found, managed] = [figures.reduce((sum, one) => sum + one.found, 0), figures.reduce((sum, one) => sum + one.managed, 0)];
      this.#journal.record('audit', '@watchdog', { coverage: what ?? 'no longer fallen', found, managed });
    }
    this.#said = what;
  }
}

/** What the daemon last wrote down of it. */
export function coverageIn(meta: Readonly<Record<string, string>> | undefined): readonly ConnectionCoverage[] {
  return new CoverageBook(meta?.[COVERAGE]).coverage;
}
