import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises';
import { createSystemClock } from '../../src/adapters/clock-system.ts';
import { createNodeCron } from '../../src/adapters/cron-node.ts';
import { systemRandom } from '../../src/adapters/random-system.ts';
import { openStore } from '../../src/adapters/store-sqlite.ts';
import { filesContext, makePlan } from '../../src/app.ts';
import type { PrintedResource } from '../../src/core/page.ts';
import { readFiles } from '../../src/files.ts';
import type { Identity } from '../../src/core/report.ts';
import type { Group, Plan } from '../../src/loop/plan.ts';
import { Watch } from '../../src/loop/watch.ts';
import type { Clock } from '../../src/ports.ts';
import type { Link } from '../../src/probe.ts';
import { ulid } from '../../src/values/ulid.ts';
import { Site } from '../support/site.ts';
import { RecordingPager } from './recording-pager.ts';
import type { Row } from './row.ts';
import { BLIND_AFTER_MS, HEALTHY_WITHIN_MS, INSPECT_MS, INSPECTIONS_AFTER, QUIET_WITHIN_MS, SWEEP_MS } from './timing.ts';

const ID = 'watched';
const POLL_MS = 20;
const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** The whole daemon but its process: real files, store, schedule, probe and clock; only the pager is the test's own. */
export class Watched implements AsyncDisposable {
  readonly pager = new RecordingPager();
  readonly #site: Site;
  readonly #entry: Readonly<Record<string, unknown>>;
  #watch: Watch | undefined;
  #clock: Clock | undefined;
  #inspections = 0;
  /** How many are waited for: none where the manifest gives nothing to inspect. */
  #owed = 0;
  #end: () => Promise<void> = async () => {};

  private constructor(site: Site, entry: Readonly<Record<string, unknown>>) {
    this.#site = site;
    this.#entry = entry;
  }

  /** Watches `database` at `url` as the row says until it is disposed of. */
  static async start(url: string, database: string, { expect, inspect = INSPECT_MS }: Pick<Row, 'expect' | 'inspect'>): Promise<Watched> {
    const ms = (value: number): string => `${value}ms`;
    const entry = { id: ID, kind: 'postgres.database', connection: 'pg', name: database, expect };
    const site = new Site({
      pgUrl: url,
      config: {
        connections: {
          pg: {
            probe: 'postgres',
            url: { file: './pg.url' },
            connect_timeout: '2s',
            lock_timeout: '200ms',
            inspections_per_minute: 6000,
            accept: ['superuser'],
          },
        },
        defaults: { sweep: ms(SWEEP_MS), inspect: ms(inspect), blind_after: ms(BLIND_AFTER_MS) },
      },
      resources: [entry],
    });
    const watched = new Watched(site, entry);
    try {
      await watched.#begin();
      return watched;
    } catch (error) {
      site[Symbol.dispose]();
      throw error;
    }
  }

  async #begin(): Promise<void> {
    const clock = createSystemClock(0);
    const plan = await this.#plan(clock);
    this.#owed = plan.resources.some(({ checks }) => checks.some(({ depth }) => depth === 'inspect')) ? 1 : 0;
    const store = await openStore(this.#site.state);
    const watch = new Watch(
      'truth',
      plan,
      {
        clock,
        turn: () => turn(),
        random: systemRandom,
        cron: await createNodeCron(),
        log: silent,
        store,
        heartbeat: undefined,
        newId: (at) => ulid(at.wall, systemRandom.bytes(10)),
      },
      await store.load(),
    );
    this.#watch = watch;
    this.#clock = clock;
    const running = watch.run();
    this.#end = async () => {
      await watch.stop();
      await running;
      await store.close();
    };
  }

  /** As the files say now, but with the test's own pager. */
  async #plan(clock: Clock): Promise<Plan> {
    const context = { env: {}, cwd: this.#site.path, out: { write: () => true } };
    const files = await readFiles(this.#site.config, filesContext(context));
    const plan = makePlan(files, context, clock);
    const groups = new Map([...plan.groups].map(([name, group]) => [name, this.#counted(group)]));
    return { ...plan, groups, pagers: new Map([[this.pager.name, this.pager]]), pagersFor: () => [this.pager.name] };
  }

  get resource(): PrintedResource | undefined {
    return this.#watch?.status().resources.find(({ id }) => id === ID);
  }

  pointAt(url: string): void {
    this.#site.write('pg.url', url, 0o600);
  }

  /** The manifest is rewritten to pin this identity, and read again. */
  async repin(identity: Identity): Promise<void> {
    this.#site.rewrite({ resources: [{ ...this.#entry, identity }] });
    if (this.#clock) await this.#watch?.reload(await this.#plan(this.#clock));
  }

  /** Resolves once everything wanted was seen twice, and its identity taken. @throws Error with what is missing. */
  async healthy(): Promise<void> {
    const is = (): boolean => this.resource?.verdict === 'present' && this.resource.pin === 'store' && this.#inspections >= 2 * this.#owed;
    if (!(await this.#until(is, HEALTHY_WITHIN_MS))) throw new Error(`was never healthy: ${this.resource?.summary ?? 'not looked at'}`);
  }

  /** Resolves after as many whole inspections, and as long a time, as would have brought a page. @throws Error where they do not end. */
  async quiet(): Promise<void> {
    const [from, began] = [this.#inspections, performance.now()];
    const is = (): boolean =>
      this.#inspections >= from + INSPECTIONS_AFTER * this.#owed && performance.now() - began > BLIND_AFTER_MS + INSPECT_MS;
    if (!(await this.#until(is, QUIET_WITHIN_MS))) throw new Error(`only ${this.#inspections - from} inspections ended`);
  }

  /** Whether `is` came true within `ms`. */
  async #until(is: () => boolean, ms: number): Promise<boolean> {
    const end = performance.now() + ms;
    while (!is()) {
      if (performance.now() > end) return false;
      await sleep(POLL_MS);
    }
    return true;
  }

  /** Resolves when a page for which `is` holds has been accepted, or after `ms`. */
  async paged(is: () => boolean, ms: number): Promise<void> {
    await this.#until(is, ms);
  }

  #counted(group: Group): Group {
    const { link } = group;
    const collect: Link['collect'] = (wanted, look) => this.#count(link.collect(wanted, look), look.depth === 'inspect');
    const hold = link.hold?.bind(link);
    return { ...group, link: { collect, close: async () => link.close(), ...(hold && { hold }) } };
  }

  async *#count<T>(reports: AsyncIterable<T>, inspects: boolean): AsyncGenerator<T> {
    yield* reports;
    if (inspects) this.#inspections++;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#end();
    this.#site[Symbol.dispose]();
  }
}
