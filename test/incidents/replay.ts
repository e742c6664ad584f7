import assert from 'node:assert/strict';
import { join } from 'node:path';
import { startApp, type App } from '../../src/app.ts';
import type { Page } from '../../src/core/page.ts';
import type { Log } from '../../src/ports.ts';
import { startPostBox, type PostBox } from '../support/post.ts';
import { Site, type SiteParts } from '../support/site.ts';

const silent: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** A watch on the scene of an incident, with whoever is on call at the other end. */
export interface Replay extends AsyncDisposable {
  readonly app: App;
  readonly box: PostBox;
  /**
   * Does the harm once the whole roll has answered twice, inspections included, and nobody was woken by that; waits for the first page.
   * @throws where a page came before the harm began, or none within half a minute of its beginning.
   */
  strike(harm: () => Promise<unknown> | void): Promise<Struck>;
  /** The first page that `wanted` accepts. */
  page(wanted: (page: Page) => boolean): Promise<Page>;
  /** Where the watcher is told from now on that the server is. */
  pointAt(url: string): void;
}

/** What told of it first, and when. */
export interface Struck {
  readonly page: Page;
  /** The checks that fired: verdicts of what is lost, `kind path` of breaches, of all resources of the page. */
  readonly fired: readonly string[];
  /** From the beginning of the harm to the page. */
  readonly seconds: number;
}

/** Every incident replayed here was noticed by people after minutes or days. */
const WITHIN_SECONDS = 30;
/** No incident here is one of blindness: a machine too busy to look for some seconds must not be told of before it. */
const DEFAULTS = { sweep: '300ms', inspect: '1s', blind_after: '2m' };

function firedIn({ resources }: Page): string[] {
  return resources.flatMap(({ id, verdict, breaches }) =>
    verdict === 'degraded' ? breaches.map(({ kind, path }) => `${id}: ${kind} ${path}`) : [`${id}: ${verdict}`],
  );
}

export async function replay(parts: SiteParts): Promise<Replay> {
  const box = await startPostBox();
  const site = new Site({ ...parts, config: { defaults: DEFAULTS, ...parts.config }, pageUrl: box.url });
  const end = async (): Promise<void> => {
    await box[Symbol.asyncDispose]();
    site[Symbol.dispose]();
  };
  const context = { env: {}, cwd: site.path, out: { write: () => true }, log: silent, version: 'test' };
  const app = await startApp(join(site.path, 'config.yaml'), context).catch(async (error: unknown) => {
    // Left listening, it would keep the whole suite from ending.
    await end();
    throw error;
  });
  const running = app.run();
  const resources = () => app.watch.status().resources;
  const until = async (done: () => boolean): Promise<void> => {
    for (const late = Date.now() + 30_000; !done(); await new Promise((resolve) => setTimeout(resolve, 20)))
      if (Date.now() > late) throw new Error(JSON.stringify(resources().map(({ id, verdict, summary }) => [id, verdict, summary])));
  };
  const calm = async (): Promise<void> => {
    await until(() => resources().every(({ verdict }) => verdict === 'present'));
    const seen = new Map(resources().map(({ id, last_seen_healthy }) => [id, last_seen_healthy]));
    await until(() => resources().every(({ id, last_seen_healthy }) => last_seen_healthy !== seen.get(id)));
  };
  return {
    app,
    box,
    strike: async (harm) => {
      await calm();
      assert.deepEqual(box.pages, [], 'nobody is woken before the harm begins');
      const began = performance.now();
      const struck = Promise.resolve(harm());
      const page = await box.page(({ event }) => event === 'trigger', WITHIN_SECONDS * 1000);
      const seconds = (performance.now() - began) / 1000;
      await struck;
      assert.ok(seconds < WITHIN_SECONDS, `${seconds} s after it began`);
      assert.equal(page, box.pages[0], 'the first page of all');
      return { page, fired: firedIn(page), seconds };
    },
    page: async (wanted) => box.page(wanted, WITHIN_SECONDS * 1000),
    pointAt: (url) => void site.write('pg.url', url, 0o600),
    async [Symbol.asyncDispose]() {
      await app.stop();
      await running;
      await end();
    },
  };
}
