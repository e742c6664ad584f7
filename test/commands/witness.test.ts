import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { runCli, startCli, type RunningCli } from '../support/cli.ts';
import { freePort } from '../support/free-port.ts';
import { startPostBox, trouble, type PostBox } from '../support/post.ts';
import { Site, volume } from '../support/site.ts';

interface Keys {
  readonly log: string;
  readonly witness: string;
}

/** Two daemons, each with a folder of its own, as two hosts have them; what one's owner does to its disk, the other's memory shows. */
describe('two rollcalls, one the witness of the other', function () {
  this.timeout(120_000);
  let box: PostBox;
  let eu: Site;
  let us: Site;
  let keys: Keys;
  let witness: Keys;
  let listen: string;

  const ledger = async (site: Site, ...args: string[]) => runCli(['ledger', ...args], { cwd: site.path });
  const keysOf = async (site: Site) => JSON.parse((await ledger(site, 'key', '--json')).stdout) as Keys;
  const watch = async (site: Site): Promise<RunningCli> => {
    const daemon = startCli(['watch'], { cwd: site.path });
    await daemon.says('"watching"');
    return daemon;
  };
  const stop = async (daemon: RunningCli): Promise<void> => {
    daemon.signal('SIGTERM');
    assert.equal(await daemon.ended, 0, daemon.stderr);
  };
  /** What the API of the one that is witnessed says once it says something else than nothing. */
  const cosigned = async (address: string): Promise<{ readonly head: { readonly note: string; readonly size: number } }> => {
    for (;;) {
      const answer = (await (await fetch(`http://${address}/api/v1/ledger/head`)).json()) as { cosigned: never[] };
      if (answer.cosigned[0]) return answer.cosigned[0];
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  };

  before(async () => {
    box = await startPostBox();
    const resources = [volume('tmp', '/tmp')];
    eu = new Site({ pageUrl: box.url, resources });
    us = new Site({ pageUrl: box.url, resources });
    listen = `127.0.0.1:${await freePort()}`;
    us.rewrite({ config: { watchdog: { name: 'vault-us', state: './state', listen } } });
    assert.equal((await ledger(eu, 'key')).code, 78, 'there is no key before the first start');
    for (const site of [eu, us]) await stop(await watch(site));
    [keys, witness] = [await keysOf(eu), await keysOf(us)];
    us.rewrite({
      config: { watchdog: { name: 'vault-us', state: './state', listen }, ledger: { witness_for: [{ key: keys.log }] } },
    });
  });
  after(async () => {
    for (const site of [eu, us]) site[Symbol.dispose]();
    await box[Symbol.asyncDispose]();
  });

  it('cosigns its heads, which `verify` demands and finds, and pages what was cut off the disk', async () => {
    const address = `127.0.0.1:${await freePort()}`;
    eu.rewrite({
      config: {
        watchdog: { name: 'tester', state: './state', listen: address },
        ledger: { witnesses: [{ url: `http://${listen}/api/v1/witness`, key: witness.witness }] },
      },
    });
    await using other = await watch(us);
    await using first = await watch(eu);
    const { head } = await cosigned(address);
    await stop(first);
    assert.equal((await ledger(eu, 'cosigned')).stdout, head.note);
    assert.equal((await ledger(us, 'cosigned')).stdout, head.note, 'the witness keeps it as well');

    const kept = eu.write('cosigned.txt', head.note);
    const found = await ledger(eu, 'verify', '--head', kept, '--witness', witness.witness);
    assert.equal(found.code, 0, found.stdout + found.stderr);
    const lacking = await ledger(eu, 'verify', '--head', kept, '--witness', keys.witness);
    assert.equal(lacking.code, 64);
    assert.match(lacking.stderr, /not cosigned by rollcall\/tester\+/);

    const db = new DatabaseSync(join(eu.state, 'rollcall.db'));
    db.exec(`DROP TRIGGER ledger_no_update; DROP TRIGGER ledger_no_delete; DROP TRIGGER ledger_in_order;
      DELETE FROM ledger WHERE seq > 1; DELETE FROM tree; DELETE FROM block; DELETE FROM meta WHERE key = 'own_heads_cosigned'`);
    db.close();
    await using again = await watch(eu);
    const page = await box.page(trouble('ledger.disputed'));
    assert.match(
      JSON.stringify(page),
      new RegExp(`rollcall/vault-us: it knows ${head.size} entries of this record, which has \\d+: entries were cut off`),
    );
    await stop(again);
    await stop(other);
  });
});
