import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { openWatcherKey } from '../../src/adapters/watcher-key.ts';
import { runCli, startCli } from '../support/cli.ts';
import { freePort } from '../support/free-port.ts';
import { Site, volume } from '../support/site.ts';

interface Kept {
  readonly cosigned: readonly {
    readonly size: number;
    readonly note: string;
    readonly witness: string | null;
    readonly log: string | null;
  }[];
}

describe('two watchers that bear witness to each other', function () {
  this.timeout(120_000);

  it('cosign each other’s heads, keep them, and a checkpoint counts only with the cosignature asked for', async () => {
    using one = new Site();
    using other = new Site();
    const [a, b] = [
      { site: one, name: 'vault-eu', port: await freePort() },
      { site: other, name: 'vault-us', port: await freePort() },
    ].map((watcher) => {
      mkdirSync(watcher.site.state, { mode: 0o700 });
      return { ...watcher, key: openWatcherKey(watcher.site.state, watcher.name) };
    });
    if (!a || !b) return assert.fail();
    for (const [own, peer] of [
      [a, b],
      [b, a],
    ] as const) {
      const ledger = {
        witnesses: [{ url: `http://127.0.0.1:${peer.port}/api/v1/witness`, key: peer.key.witnessLine }],
        witness_for: [{ key: peer.key.line }],
      };
      const watchdog = { name: own.name, state: './state', listen: `127.0.0.1:${own.port}` };
      own.site.rewrite({ config: { watchdog, ledger }, resources: [volume('tmp', '/tmp')] });
    }
    const kept = async (site: Site): Promise<Kept> =>
      JSON.parse((await runCli(['ledger', 'cosigned', '--json'], { cwd: site.path })).stdout) as Kept;
    {
      await using first = startCli(['watch'], { cwd: a.site.path });
      await using second = startCli(['watch'], { cwd: b.site.path });
      await Promise.all([first.says('"watching"'), second.says('"watching"')]);
      for (const { site } of [a, b]) while ((await kept(site)).cosigned.length < 2) await wait(200);
      const answer = await fetch(`http://127.0.0.1:${a.port}/api/v1/ledger/head`);
      const { cosigned } = (await answer.json()) as { cosigned: readonly { witness: string }[] };
      assert.deepEqual(
        cosigned.map(({ witness }) => witness),
        ['rollcall/vault-us'],
      );
    }
    const [atA, atB] = [await kept(a.site), await kept(b.site)];
    const mine = atA.cosigned.find(({ witness }) => witness === b.key.witnessLine) ?? assert.fail();
    assert.ok(
      atB.cosigned.some(({ log, size }) => log === a.key.line && size >= mine.size),
      'the witness has it, too',
    );
    const file = a.site.write('cosigned.note', mine.note);
    const verify = async (witness: string) => runCli(['ledger', 'verify', '--head', file, '--witness', witness], { cwd: a.site.path });
    const good = await verify(b.key.witnessLine);
    assert.equal(good.code, 0, good.stdout + good.stderr);
    const bad = await verify(a.key.witnessLine);
    assert.deepEqual([bad.code, /not cosigned by rollcall\/vault-eu/.test(bad.stderr)], [64, true]);
    const keys = await runCli(['ledger', 'key'], { cwd: a.site.path });
    assert.ok(keys.stdout.includes(a.key.line) && keys.stdout.includes(a.key.witnessLine));
  });
});
