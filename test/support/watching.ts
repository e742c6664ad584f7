import type { Change, Delivery, Heartbeat, Letter, Log, Pager, Post, Snapshot, Store, Witness } from '../../src/ports.ts';
import type { Resource } from '../../src/core/expectation.ts';
import { expectedFacets } from '../../src/core/expectation.ts';
import type { Facet, Report } from '../../src/core/report.ts';
import type { Group, Plan } from '../../src/loop/plan.ts';
import { Watch } from '../../src/loop/watch.ts';
import type { WatchPorts } from '../../src/loop/watch-ports.ts';
import type { Hearing, Link, Look, Nudge, Wanted } from '../../src/probe.ts';
import { ulid } from '../../src/values/ulid.ts';
import type { FakeClock } from './fake-clock.ts';
import { createFakeRandom } from './fake-random.ts';
import { blindTo, makeEvidence, seen, unseen } from './roll.ts';

export type Answer = 'good' | 'gone' | 'denied' | 'impostor' | 'hangs' | 'throws' | 'omits' | readonly Report[];

export const SILENT: Log = { debug() {}, info() {}, warn() {}, error() {} };

/** A link that answers as it is told to: one word for all, another for some. */
export class ScriptedLink implements Link {
  readonly looks: { readonly ids: readonly string[]; readonly depth: string; readonly path: string }[] = [];
  readonly answers = new Map<string, Answer>();
  answer: Answer = 'good';
  closed = false;
  listens = false;
  /** What it was given to hold something for, each time. */
  readonly held: (readonly string[])[] = [];
  nudge: (said: Nudge | Hearing) => void = () => {};

  async *collect(wanted: readonly Wanted<unknown>[], look: Look): AsyncIterable<Report> {
    this.looks.push({ ids: wanted.map(({ id }) => id), depth: look.depth, path: look.path });
    for (const one of wanted) {
      const answer = this.answers.get(one.id) ?? this.answer;
      if (answer === 'throws') throw new Error('probe\u001b[2J broke');
      if (answer === 'hangs')
        return void (await new Promise((_, reject) => look.signal.addEventListener('abort', () => reject(new Error('cut')))));
      if (typeof answer !== 'string') yield* answer;
      else if (answer !== 'omits') yield reportOf(answer, one, look);
    }
  }

  async *hold(wanted: readonly Wanted<unknown>[], signal: AbortSignal): AsyncIterable<Nudge | Hearing> {
    this.held.push(wanted.map(({ id }) => id));
    while (!signal.aborted) {
      const next = await new Promise<Nudge | Hearing | undefined>((resolve) => {
        this.nudge = resolve;
        signal.addEventListener('abort', () => resolve(undefined), { once: true });
      });
      if (next) yield next;
    }
  }

  async close(): Promise<void> {
    this.closed = true;
  }
}

function reportOf(answer: 'good' | 'gone' | 'denied' | 'impostor', { id, checks }: Wanted<unknown>, { depth }: Look): Report {
  const due = [...expectedFacets({ checks })].flatMap(([facet, at]): Facet[] => (at === depth ? [facet] : []));
  const measures = Object.fromEntries(checks.map(({ measure }) => [measure, { value: 100, unit: 'rows', how: 'exact' } as const]));
  if (answer === 'gone') return unseen({ id, direct: makeEvidence(undefined, `database ${id} does not exist`) });
  if (answer === 'denied') return { ...blindTo(due, 'denied'), id };
  return seen({ id, looked: due, measures, pin: { server: 'A', oid: answer === 'impostor' ? '2' : '1' } });
}

/** A pager that keeps what it is handed, and answers as it is told to. */
export class RecordingPager implements Pager {
  readonly name: string;
  readonly letters: Letter[] = [];
  answer: Delivery | ((letter: Letter, signal: AbortSignal) => Promise<Delivery>) = { kind: 'delivered', ref: null };

  constructor(name: string) {
    this.name = name;
  }

  async deliver(letter: Letter, signal: AbortSignal): Promise<Delivery> {
    this.letters.push(letter);
    return typeof this.answer === 'function' ? this.answer(letter, signal) : this.answer;
  }

  /** `trigger first orders-db lost`: event, reason, resource and class of the key. */
  get said(): string[] {
    return this.letters.map(({ page }) => `${page.event} ${page.reason} ${page.dedup_key.split('/').slice(3, 5).join(' ')}`);
  }
}

/** A store in memory that can be told to fail. */
export class FlakyStore implements Store {
  readonly changes: Change[] = [];
  failing = false;
  readonly #inner: Store | undefined;

  constructor(inner?: Store) {
    this.#inner = inner;
  }

  load(): Promise<Snapshot> {
    return this.#inner ? this.#inner.load() : Promise.resolve(EMPTY);
  }

  async commit(change: Change): ReturnType<Store['commit']> {
    await Promise.resolve();
    if (this.failing) throw new Error('no space left on device');
    this.changes.push(change);
    return this.#inner ? this.#inner.commit(change) : null;
  }

  ledger(from: number, limit: number): ReturnType<Store['ledger']> {
    return this.#inner ? this.#inner.ledger(from, limit) : Promise.resolve([]);
  }

  head(): ReturnType<Store['head']> {
    return this.#inner ? this.#inner.head() : Promise.resolve(null);
  }

  archive(order: Parameters<Store['archive']>[0]): ReturnType<Store['archive']> {
    return this.#inner ? this.#inner.archive(order) : Promise.resolve(null);
  }

  consistency(older: number, newer: number): ReturnType<Store['consistency']> {
    return this.#inner ? this.#inner.consistency(older, newer) : Promise.resolve([]);
  }

  incident(id: string): ReturnType<Store['incident']> {
    return this.#inner ? this.#inner.incident(id) : Promise.resolve(undefined);
  }

  story(about: string, limit: number): ReturnType<Store['story']> {
    return this.#inner ? this.#inner.story(about, limit) : Promise.resolve([]);
  }

  trend(resource: string): ReturnType<Store['trend']> {
    return this.#inner ? this.#inner.trend(resource) : Promise.resolve({});
  }

  history(limit: number): ReturnType<Store['history']> {
    return this.#inner ? this.#inner.history(limit) : Promise.resolve([]);
  }

  orders(): ReturnType<Store['orders']> {
    return this.#inner ? this.#inner.orders() : Promise.resolve([]);
  }

  requests(): ReturnType<Store['requests']> {
    return this.#inner ? this.#inner.requests() : Promise.resolve([]);
  }

  requestRevisions(): ReturnType<Store['requestRevisions']> {
    return this.#inner ? this.#inner.requestRevisions() : Promise.resolve(new Map());
  }

  request(id: string): ReturnType<Store['request']> {
    return this.#inner ? this.#inner.request(id) : Promise.resolve(undefined);
  }

  async close(): Promise<void> {
    await this.#inner?.close();
  }
}

export const EMPTY: Snapshot = { resources: new Map(), incidents: [], posts: [], meta: {}, head: null };

/** Ids in order of making, as the daemon makes them. */
export function makeIds(): WatchPorts['newId'] {
  const random = createFakeRandom(7);
  let last: string | undefined;
  return (at) => (last = ulid(at.wall, random.bytes(10), last));
}

export interface PlanParts {
  readonly link?: Link;
  readonly pagers?: readonly Pager[];
  readonly pagersFor?: Plan['pagersFor'];
  readonly version?: number;
  readonly inspectionsPerMinute?: number;
  readonly digests?: Readonly<Record<string, string>>;
}

/** A plan over one group: all resources behind one link. */
export function makePlan(resources: readonly Resource[], parts: PlanParts = {}): Plan {
  const { link = new ScriptedLink(), pagers = [], version = 1, inspectionsPerMinute, digests = {} } = parts;
  const group: Group = { name: 'pg\nserver', connection: 'pg', link, inspectionsPerMinute, patience: () => 5000 };
  return {
    manifest: { id: 'prod', version, sha256: 'f'.repeat(64) },
    configDigests: digests,
    resources,
    groups: new Map([[group.name, group]]),
    groupOf: new Map(resources.map(({ id }) => [id, group.name])),
    confirmAfterMs: () => 0,
    pagers: new Map(pagers.map((pager) => [pager.name, pager])),
    pagersFor: parts.pagersFor ?? (() => pagers.map(({ name }) => name)),
    laterFor: () => undefined,
    repeat: 900_000,
    statusUrl: undefined,
  };
}

export const NO_CRON = { next: () => undefined };

/** Starts a watch on what the store remembers. */
export async function startWatch(
  plan: Plan,
  clock: FakeClock,
  store: Store,
  heartbeat?: { to: Heartbeat; every: number },
  witness?: Witness,
  isProven: NonNullable<WatchPorts['isProven']> = () => true,
): Promise<Watch> {
  const ports: WatchPorts = {
    clock,
    turn: () => clock.turn(),
    random: createFakeRandom(3),
    cron: NO_CRON,
    log: SILENT,
    store,
    heartbeat,
    witness,
    isProven,
    newId: makeIds(),
  };
  const watch = new Watch('vault', plan, ports, await store.load());
  void watch.run();
  return watch;
}

/** Letters that wait, in a few words. */
export function waiting(posts: readonly Post[]): string[] {
  return posts.map(({ page, pager }) => `${page.event} ${page.reason} to ${pager}`);
}
