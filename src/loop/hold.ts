import type { Log } from '../ports.ts';
import type { Link, Nudge } from '../probe.ts';
import { clean } from '../values/text.ts';
import { toWanted } from './batch.ts';
import type { Group, Plan } from './plan.ts';

/** Of how many connections a trouble says why they are not heard, and of how many resources a line of the log that they are due. */
const NAMED = 5;
const UNHEARD = 'events are not heard, so that what happens is found by the next look and not at once';

/** Who is told what is noticed between two looks. */
export interface Noticing {
  nudged(nudge: Nudge): void;
  /** What is out of reach, connection by connection; null where nothing is. */
  deaf(say: string | null): void;
}

/** What is held for the plan now standing: sessions whose end is noticed, queues that are listened to. */
export class Holding {
  readonly #to: Noticing;
  readonly #log: Log;
  /** By connection; over a reload until it is heard again. */
  readonly #deaf = new Map<string, string>();
  /** Connections that have not yet said whether they hear: until then what was said before a restart stands. */
  #unsaid = new Set<string>();
  #over = new AbortController();
  #isStopped = false;

  constructor(log: Log, to: Noticing) {
    this.#log = log;
    this.#to = to;
  }

  /** Lets go of what was held for the plan before; each promise ends when what is held now does. */
  begin(plan: Plan): Promise<void>[] {
    this.end();
    // Nobody would let go of these again, and the end would wait for them for ever.
    if (this.#isStopped) return [];
    const { signal } = (this.#over = new AbortController());
    const groups = new Map<Link, Group>([...plan.groups.values()].map((group) => [group.link, group]));
    this.#unsaid = new Set([...groups].flatMap(([{ listens }, { connection }]) => (listens === true ? [connection] : [])));
    for (const connection of this.#deaf.keys()) if (!this.#unsaid.has(connection)) this.#deaf.delete(connection);
    this.#tell();
    return [...groups].flatMap(([link, { connection }]) => (link.hold ? [this.#hold(plan, link, connection, signal)] : []));
  }

  end(): void {
    this.#over.abort();
  }

  /** For good. */
  stop(): void {
    this.#isStopped = true;
    this.end();
  }

  async #hold({ resources, groups, groupOf }: Plan, link: Link, connection: string, signal: AbortSignal): Promise<void> {
    const wanted = resources.filter(({ id }) => groups.get(groupOf.get(id) ?? '')?.link === link).map(toWanted);
    for await (const said of link.hold?.(wanted, signal) ?? []) {
      if (signal.aborted) return;
      if ('ids' in said) this.#nudged(connection, said);
      else this.#hears(connection, said.deaf);
    }
  }

  #nudged(connection: string, nudge: Nudge): void {
    const { ids, why } = nudge;
    this.#log.info('a look is due before its time', { connection, why, resources: ids.length, ids: ids.slice(0, NAMED) });
    this.#to.nudged(nudge);
  }

  #hears(connection: string, deaf: string | null): void {
    this.#unsaid.delete(connection);
    if (deaf === null) this.#deaf.delete(connection);
    else this.#deaf.set(connection, clean(deaf, 300));
    this.#tell();
  }

  #tell(): void {
    const named = [...this.#deaf].map(([connection, why]) => `${connection}: ${why}`).toSorted();
    const more = named.length > NAMED ? `; and ${named.length - NAMED} more` : '';
    if (named.length > 0) this.#to.deaf(`${UNHEARD} (${named.slice(0, NAMED).join('; ')}${more})`);
    else if (this.#unsaid.size === 0) this.#to.deaf(null);
  }
}
