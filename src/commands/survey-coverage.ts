import { CoverageBook, printCoverage, type PrintedCoverage } from '../loop/coverage-book.ts';
import { coverageRound } from '../loop/coverage-round.ts';
import { COVERAGE } from '../loop/coverage-watch.ts';
import type { Plan } from '../loop/plan.ts';
import type { Clock } from '../ports.ts';
import type { AuditResult } from './audit-result.ts';

/** How much of what is there is on the roll now, beside what the daemon remembers from its first look. Records nothing. */
export async function surveyCoverage(
  plan: Plan,
  meta: Readonly<Record<string, string>> | undefined,
  clock: Clock,
  signal: AbortSignal,
): Promise<{ readonly coverage: readonly PrintedCoverage[]; readonly unexplored: AuditResult['unaudited'] }> {
  const book = new CoverageBook(meta?.[COVERAGE]);
  const hidden = await coverageRound(plan, book, { clock, signal, isOver: () => signal.aborted });
  const unexplored = hidden.flatMap(({ connection, why }) =>
    why.map(({ on, reason, say }) => ({ about: connection, on: `what is there: ${on}`, reason, say })),
  );
  return { coverage: printCoverage(book.coverage), unexplored };
}
