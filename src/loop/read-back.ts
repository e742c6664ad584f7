import { isAcknowledged, isOpen } from '../core/incident.ts';
import type { Instant } from '../core/report.ts';
import type { Log, Pager } from '../ports.ts';
import type { Desk } from './desk.ts';
import type { Journal } from './journal.ts';

const ASK_MS = 30_000;
const PATIENCE_MS = 20_000;
/** Asked at a time; the rest have their turn at the next. */
const AT_ONCE = 20;
/** How long an acknowledgement made elsewhere holds: as long as `rollcall ack` without `--for`. */
const HOLDS_MS = 3_600_000;

/**
 * Reads back what people acknowledged at the vendor. It means what `rollcall ack` means: the repeats stop for a while, the checks do not,
 * and anything graver is another incident. What cannot be read back changes nothing.
 */
export class ReadBack {
  readonly #desk: Desk;
  readonly #journal: Journal;
  readonly #log: Log;
  /** By incident and pager: the acknowledgement that has had its hour. It counts once, or it would hold for ever. */
  readonly #honoured = new Map<string, string>();
  #askedAt = -Infinity;
  #turn = 0;

  constructor(desk: Desk, journal: Journal, log: Log) {
    this.#desk = desk;
    this.#journal = journal;
    this.#log = log;
  }

  isDue(at: Instant, pagers: ReadonlyMap<string, Pager>): boolean {
    return at.steady - this.#askedAt >= ASK_MS && [...pagers.values()].some((pager) => 'acknowledgement' in pager);
  }

  async ask(at: Instant, pagers: ReadonlyMap<string, Pager>, stopping: AbortSignal): Promise<void> {
    this.#askedAt = at.steady;
    const open = this.#desk.open().filter((incident) => isOpen(incident) && !isAcknowledged(incident, at));
    this.#forget(new Set(open.map(({ id }) => id)), at);
    const questions = open.flatMap(({ id, key, told }) =>
      told.flatMap((name) => {
        const pager = pagers.get(name);
        return pager?.acknowledgement ? [{ id, key, name, ask: pager.acknowledgement.bind(pager) }] : [];
      }),
    );
    const from = questions.length > AT_ONCE ? this.#turn++ % Math.ceil(questions.length / AT_ONCE) : 0;
    const signal = AbortSignal.any([stopping, AbortSignal.timeout(PATIENCE_MS)]);
    await Promise.all(
      questions.slice(from * AT_ONCE, (from + 1) * AT_ONCE).map(async ({ id, key, name, ask }) => {
        try {
          const found = await ask(key, signal);
          if (!found || this.#honoured.get(`${id} ${name}`) === found.at) return;
          if (!this.#desk.acknowledge(id, at.steady + HOLDS_MS)) return;
          this.#honoured.set(`${id} ${name}`, found.at);
          this.#journal.record('acknowledged', id, { by: found.by, through: name, for_ms: HOLDS_MS });
        } catch (error) {
          this.#log.warn('an acknowledgement could not be read back', {
            pager: name,
            error: error instanceof Error ? error.message : String(error),
          });
        }
      }),
    );
  }

  /** What is neither open nor acknowledged any more is over. */
  #forget(open: ReadonlySet<string>, at: Instant): void {
    const known = new Set(
      this.#desk.open().flatMap((incident) => (open.has(incident.id) || isAcknowledged(incident, at) ? [incident.id] : [])),
    );
    for (const entry of this.#honoured.keys()) if (!known.has(entry.slice(0, entry.indexOf(' ')))) this.#honoured.delete(entry);
  }
}
