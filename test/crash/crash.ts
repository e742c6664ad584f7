import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { verifyLedger } from '../../src/adapters/ledger-verify.ts';
import { openStore } from '../../src/adapters/store-sqlite.ts';
import type { Page } from '../../src/core/page.ts';
import type { Snapshot } from '../../src/ports.ts';
import { startCli, type RunningCli } from '../support/cli.ts';
import { about, startPostBox, type PostBox } from '../support/post.ts';
import { Site, type SiteParts } from '../support/site.ts';

const KILL_AT = new URL('../support/kill-at.ts', import.meta.url).href;
const PATIENCE_MS = 90_000;

/** Two things that are watched, of which one goes away. */
export interface Subject {
  readonly parts: SiteParts;
  readonly lose: () => Promise<void> | void;
  /** Makes the same thing again. */
  readonly restore?: () => void;
}

/** Where a daemon is killed, see `test/support/kill-at.ts`. */
export interface Point {
  readonly at: string;
  /** The restarted daemon is killed too, before its so-manyth call. */
  readonly again?: number;
  /** What was lost is there again at the restart, where the loss had been written down before the crash. */
  readonly back?: boolean;
}

/** One crash: where it struck, and what the receivers had heard by the time the restarted daemon had all its receipts. */
export interface Crash {
  readonly at: string;
  /** The call; undefined where the daemon was through before. */
  readonly struck: string | undefined;
  readonly keys: ReadonlySet<string>;
  /** By receiver: how many times it accepted the page, and under how many message ids. */
  readonly times: readonly number[];
  readonly ids: readonly number[];
  readonly damage: Awaited<ReturnType<typeof verifyLedger>>['bad'];
}

/**
 * A daemon watches `gone` and `kept`, the first goes away, the daemon is killed at the point, and started again. Both receivers accept
 * whatever comes.
 */
export async function crash({ at, again, back = false }: Point, make: (folder: string) => Promise<Subject> | Subject): Promise<Crash> {
  const boxes: PostBox[] = [await startPostBox(), await startPostBox()];
  for (const { receiver } of boxes) receiver.otherwise({ status: 202 });
  const pagers = Object.fromEntries(boxes.map(({ url }, index) => [`hook${index}`, { type: 'webhook', url }]));
  using site = new Site({ config: { pagers, routes: [{ pagers: Object.keys(pagers) }], defaults: { sweep: '300ms' } } });
  const [log, from] = [join(site.path, 'struck'), join(site.path, 'from')];
  const { parts, lose, restore } = await make(site.path);
  site.rewrite(parts);
  const start = (point: string): RunningCli =>
    // What kills it writes down where it struck, and strikes from a thread: a confined daemon may do neither.
    startCli(['watch', '--unconfined'], { cwd: site.path, preload: [KILL_AT], env: { KILL_AT: point, KILL_FROM: from, KILL_LOG: log } });
  try {
    const first = start(at);
    await until(site, first, ({ resources }) => ['gone', 'kept'].every((id) => Boolean(resources.get(id)?.state.lastHealthy)));
    site.write('from', '');
    await lose();
    await until(site, first, isPaged);
    await kill(first);
    const struck = existsSync(log) ? readFileSync(log, 'utf8') : undefined;
    const left = await peek(site);
    if (back && left && lossIn(left)) restore?.();
    if (again !== undefined) {
      const second = start(String(again));
      await until(site, second, isPaged);
      await kill(second);
    }
    const last = start('0');
    if (!(await until(site, last, isPaged))) throw new Error(`never paged after a crash at ${at} (${struck}): ${last.stderr}`);
    await kill(last);
    const store = await openStore(site.state);
    const { bad } = await verifyLedger(store);
    await store.close();
    const pages = boxes.map((box) => box.attempts((page) => page.event === 'trigger' && about('gone')(page)));
    return {
      at,
      struck,
      keys: new Set(pages.flat().map(({ body }) => (body as Page).dedup_key)),
      times: pages.map((posts) => posts.length),
      ids: pages.map((posts) => new Set(posts.map(({ headers }) => headers['webhook-id'])).size),
      damage: bad,
    };
  } finally {
    for (const box of boxes) await box[Symbol.asyncDispose]();
  }
}

const lossIn = ({ incidents }: Snapshot) => incidents.find(({ key }) => key.includes('/gone/lost/'));

function isPaged(left: Snapshot): boolean {
  return lossIn(left)?.phase === 'paged';
}

/** Waits until the store says so, or the daemon has ended; false where it ended without. */
async function until(site: Site, { ended }: RunningCli, wanted: (left: Snapshot) => boolean): Promise<boolean> {
  const life = { over: false };
  void ended.then(() => (life.over = true));
  for (const late = Date.now() + PATIENCE_MS; Date.now() < late; await wait(30)) {
    const { over } = life;
    const left = await peek(site);
    if (left && wanted(left)) return true;
    if (over) return false;
  }
  return false;
}

/** What is in the store; undefined while it is being made. */
async function peek(site: Site): Promise<Snapshot | undefined> {
  try {
    const store = await openStore(site.state, { readOnly: true });
    try {
      return await store.load();
    } finally {
      await store.close();
    }
  } catch {
    return undefined;
  }
}

async function kill(daemon: RunningCli): Promise<void> {
  daemon.signal('SIGKILL');
  await daemon.ended;
}
