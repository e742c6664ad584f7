import { exitOf, worstExit } from '../core/exit.ts';
import type { PrintedResource } from '../core/page.ts';
import type { VerdictKind } from '../core/outcome.ts';

/** CONTRACT §4. */
export interface CheckResult {
  readonly schema: 'rollcall/check/v1';
  readonly watchdog: string;
  readonly manifest: { readonly id: string; readonly version: number; readonly sha256: string; readonly signed_by: readonly string[] };
  readonly started_at: string;
  readonly finished_at: string;
  readonly exit: 0 | 1 | 2 | 3;
  readonly counts: Readonly<Record<VerdictKind, number>>;
  readonly resources: readonly PrintedResource[];
  /** What is wrong with the manifest itself: `the manifest has expired`. */
  readonly warnings: readonly string[];
}

/** Adds up what a round found. `expiring`: a sentence where the manifest has expired or is about to, which alone is a warning. */
export function toCheckResult(about: Omit<CheckResult, 'schema' | 'exit' | 'counts'>): CheckResult {
  const counts: Record<VerdictKind, number> = { present: 0, degraded: 0, doomed: 0, impostor: 0, absent: 0, blind: 0 };
  for (const { verdict } of about.resources) counts[verdict]++;
  const found = worstExit(about.resources.map(exitOf));
  const { watchdog, manifest, started_at, finished_at, resources, warnings } = about;
  const exit = found === 0 && warnings.length > 0 ? 1 : found;
  return { schema: 'rollcall/check/v1', watchdog, manifest, started_at, finished_at, exit, counts, resources, warnings };
}
