import type { Instant } from '../core/report.ts';
import type { Pager } from '../ports.ts';
import { clean } from '../values/text.ts';

const EVERY_MS = 5 * 60_000;
/** What failed is tried sooner: the dead man's switch waits for it. */
const AGAIN_MS = 60_000;
const PATIENCE_MS = 20_000;

/**
 * Tries the ways that pages would take while there is nothing to page, so that a revoked key or a dead relay is known before it matters.
 * Where a vendor can be asked without waking anybody, it is; a pager that cannot be asked shows by its last attempt alone.
 */
export class PagingPath {
  readonly #failures = new Map<string, string>();
  #triedAt = -Infinity;
  #trying = false;

  /** Why a page might not arrive; empty where every way that can be tried was found open. */
  get reasons(): string[] {
    if (this.#triedAt === -Infinity) return ['the paging path has not been tried yet'];
    return [...this.#failures].map(([name, why]) => `pager ${name} could not be verified: ${why}`);
  }

  isDue(at: Instant): boolean {
    return !this.#trying && at.steady - this.#triedAt >= (this.#failures.size > 0 ? AGAIN_MS : EVERY_MS);
  }

  async verify(at: Instant, pagers: ReadonlyMap<string, Pager>, stopping: AbortSignal): Promise<void> {
    this.#trying = true;
    const signal = AbortSignal.any([stopping, AbortSignal.timeout(PATIENCE_MS)]);
    const failures = await Promise.all(
      [...pagers].map(async ([name, pager]): Promise<[string, string] | undefined> => {
        // A pager that throws must not keep the others from being tried; its text may hold anything, so it is not quoted.
        const why = await pager.verify?.(signal).catch(() => 'it threw');
        return typeof why === 'string' ? [name, clean(why)] : undefined;
      }),
    );
    this.#failures.clear();
    for (const failure of failures) if (failure) this.#failures.set(...failure);
    this.#triedAt = at.steady;
    this.#trying = false;
  }
}
