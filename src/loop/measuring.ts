import type { Resource } from '../core/expectation.ts';
import { measuredOf, worthKeeping, type Measured } from '../core/measured.ts';
import type { Depth, Instant, Measure, ResourceReport } from '../core/report.ts';
import type { Trend } from '../core/trend.ts';
import type { ResourceRecord } from '../ports.ts';
import type { Journal } from './journal.ts';

/** How often what moves is written down, of one resource. */
const EVERY_MS = 15 * 60_000;
const TICK_MS = 2000;
/** Written down at a time: a commit that holds a page must not wait for a thousand of these. Ten thousand that all move take their turn in eight minutes. */
const AT_ONCE = 40;

type Measures = Readonly<Record<string, Measure>>;
interface Known {
  readonly looked: Partial<Record<Depth, Measures>>;
  readonly sampledAt: number;
}

/** Keeps what the last looks measured, and hands it to the journal now and then where it has moved. */
export class Measuring {
  readonly #journal: Journal;
  readonly #known = new Map<string, Known>();
  /** Those that have moved since they were written down, whoever waits longest first. */
  readonly #moved = new Set<string>();
  #tickedAt = -Infinity;

  constructor(journal: Journal) {
    this.#journal = journal;
  }

  /** What a look measured that did not say the same as the one before it. `news`: its verdict may have changed, and how things stood then is worth keeping. */
  look({ id }: Resource, reports: readonly ResourceReport[], depth: Depth, news: boolean): void {
    const known = this.#known.get(id);
    const seen = reports.find((report) => report?.kind === 'seen' && report.measures);
    const looked = seen?.kind === 'seen' ? { ...known?.looked, [depth]: seen.measures } : known?.looked;
    if (!looked) return;
    this.#known.set(id, { looked, sampledAt: news ? -Infinity : (known?.sampledAt ?? -Infinity) });
    this.#moved.add(id);
  }

  tick(resources: ReadonlyMap<string, Resource>, at: Instant): void {
    if (at.steady - this.#tickedAt < TICK_MS) return;
    this.#tickedAt = at.steady;
    this.#write(resources, at, AT_ONCE);
  }

  /** All of it, before an end. */
  flush(resources: ReadonlyMap<string, Resource>, at: Instant): void {
    for (const [id, known] of this.#known) this.#known.set(id, { ...known, sampledAt: -Infinity });
    this.#write(resources, at, Infinity);
  }

  /** What is measured of a resource, and how it moved as far as the store can tell; nothing of what is not on the roll. */
  async of(resource: Resource | undefined, record: ResourceRecord | undefined, trend: () => Promise<Trend>): Promise<Measured[]> {
    if (!resource || !record) return [];
    return measuredOf(resource, record.memory, await trend().catch(() => ({})), this.#last(resource.id));
  }

  #last(id: string): Measures {
    const { looked } = this.#known.get(id) ?? {};
    return { ...looked?.sweep, ...looked?.inspect };
  }

  #write(resources: ReadonlyMap<string, Resource>, at: Instant, most: number): void {
    let left = most;
    for (const id of this.#moved) {
      if (left === 0) return;
      const [known, resource] = [this.#known.get(id), resources.get(id)];
      if (known && resource && at.steady - known.sampledAt < EVERY_MS) continue;
      this.#moved.delete(id);
      if (!known || !resource) {
        this.#known.delete(id);
        continue;
      }
      this.#known.set(id, { ...known, sampledAt: at.steady });
      const measures = worthKeeping(resource, this.#last(id));
      if (Object.keys(measures).length === 0) continue;
      this.#journal.sample(id, { at: at.wall, measures });
      left--;
    }
  }
}
