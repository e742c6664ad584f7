import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import { openStore } from '../../src/adapters/store-sqlite.ts';
import { watch } from '../../src/commands/watch.ts';
import { Site, volume } from '../support/site.ts';

describe('a SIGHUP', function () {
  this.timeout(120_000);

  it('that comes while the watcher still starts ends nothing, and is carried out once it has started', async () => {
    using site = new Site({ pageUrl: 'http://127.0.0.1:9/', resources: [volume('tmp', '/tmp')] });
    const stop = new AbortController();
    const ended = watch(
      {
        env: {},
        cwd: site.path,
        out: () => {},
        err: () => {},
        isTerminal: false,
        showsProgress: false,
        flags: [],
        knows: () => false,
        become: undefined,
        ask: () => Promise.resolve(undefined),
        input: async function* () {},
        readLine: () => Promise.resolve(undefined),
        signal: stop.signal,
        // At once: before anything has been read.
        onHangup: (reload) => reload(),
        uid: undefined,
        pid: process.pid,
        monotonicUsec: () => 0n,
      },
      { config: undefined, logLevel: 'silent' },
    );
    for (let reloads = 0; reloads === 0; await wait(50)) {
      const store = await openStore(site.state, { readOnly: true }).catch(() => undefined);
      reloads = (await store?.ledger(1, 100))?.filter(({ kind }) => kind === 'reload').length ?? 0;
      await store?.close();
    }
    stop.abort();
    assert.equal(await ended, 0);
  });
});
