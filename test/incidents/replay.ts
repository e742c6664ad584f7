import { join } from 'node:path';
import { startApp, type App } from '../../src/app.ts';
import type { PrintedResource } from '../../src/core/page.ts';
import type { Log } from '../../src/ports.ts';
import { startPostBox, type PostBox } from '../support/post.ts';
import { Site, type SiteParts } from '../support/site.ts';

const silent: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** A watch on the scene of an incident, with whoever is on call at the other end. */
export interface Replay extends AsyncDisposable {
  readonly app: App;
  readonly box: PostBox;
  /** Waits until the whole roll has answered, inspections included, and says how many pages came until then. */
  calm(): Promise<number>;
  /** Waits until every resource has been looked at again, at both depths. */
  nextRound(): Promise<void>;
  resource(id: string): PrintedResource | undefined;
}

export async function replay(parts: SiteParts): Promise<Replay> {
  const box = await startPostBox();
  const site = new Site({ ...parts, pageUrl: box.url });
  const app = await startApp(join(site.path, 'config.yaml'), {
    env: {},
    cwd: site.path,
    out: { write: () => true },
    log: silent,
    version: 'test',
  });
  const running = app.run();
  const resources = () => app.watch.status().resources;
  const until = async (done: () => boolean): Promise<void> => {
    for (const end = Date.now() + 15_000; !done(); await new Promise((resolve) => setTimeout(resolve, 20)))
      if (Date.now() > end) throw new Error(JSON.stringify(resources().map(({ id, verdict, summary }) => [id, verdict, summary])));
  };
  return {
    app,
    box,
    resource: (id) => resources().find((resource) => resource.id === id),
    calm: async () => {
      await until(() => resources().every(({ verdict }) => verdict === 'present'));
      return box.pages.length;
    },
    nextRound: async () => {
      const seen = new Map(resources().map(({ id, last_seen_healthy }) => [id, last_seen_healthy]));
      await until(() => resources().every(({ id, last_seen_healthy }) => last_seen_healthy !== seen.get(id)));
    },
    async [Symbol.asyncDispose]() {
      await app.stop();
      await running;
      await box[Symbol.asyncDispose]();
      site[Symbol.dispose]();
    },
  };
}
