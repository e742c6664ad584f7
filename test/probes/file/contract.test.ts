import { mkdirSync, rmSync } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Resource } from '../../../src/core/expectation.ts';
import { testProbe, type Scenario } from '../../contract/probe.ts';
import { makeFolder } from '../../support/folder.ts';
import { hungMount, open, PLAIN, PLAIN_END, put, resourceOf, unmount } from './helpers.ts';

const ROWS = 'row-contents-nobody-may-see';

/** Two sets of dumps and a folder of real files, behind a link of their own. */
function files(more: (base: string) => { resources?: Resource[]; about?: string[]; end?: () => Promise<void> } = () => ({})): Scenario {
  const folder = makeFolder();
  const dumps = ['a', 'b'].map((id) => {
    put(join(folder.path, id, 'x.dump'), `${PLAIN}-- ${ROWS}\n${PLAIN_END}`);
    const expect = { min_count: 1, min_size: '16B', newest_within: '26h' };
    return resourceOf('file.backups', { path: join(folder.path, id, '*.dump'), expect }, id);
  });
  const volume = resourceOf('file.volume', { path: folder.path, expect: { contains: ['a/x.dump'] } }, 'vol');
  const { resources = [], about, end } = more(folder.path);
  const link = open(5000);
  return {
    link,
    resources: [...dumps, volume, ...resources],
    ...(about && { about }),
    async [Symbol.asyncDispose]() {
      await link.close();
      await end?.();
      folder.remove();
    },
  };
}

/** The same, and a volume on a mount that never answers; undefined where such a mount cannot be made. */
async function hanging(): Promise<Scenario | undefined> {
  const folder = makeFolder();
  const path = join(folder.path, 'hung');
  mkdirSync(path);
  const holder = await hungMount(path);
  if (!holder) {
    folder.remove();
    return undefined;
  }
  return files(() => ({
    resources: [resourceOf('file.volume', { path, expect: { mounted: true } }, 'hung')],
    about: ['hung'],
    end: async () => {
      unmount(path);
      holder.kill();
      if (holder.exitCode === null && holder.signalCode === null) await once(holder, 'exit');
      folder.remove();
    },
  }));
}

testProbe('file', async () => ({
  answers: async () => files(),
  lacks: async () =>
    files((base) => {
      rmSync(join(base, 'b'), { recursive: true });
      return { about: ['b'] };
    }),
  // Root may read everything; what a refusal comes to is shown by another account in link.test.ts.
  denies: async () => undefined,
  hangs: hanging,
  yieldsThenHangs: hanging,
  // Files are on this host: what does not answer hangs.
  unreachable: async () => undefined,
  secrets: [ROWS],
}));
