import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { openStore } from '../../src/adapters/store-sqlite.ts';
import type { Page } from '../../src/core/page.ts';
import { runCli, startCli, type RunningCli } from '../support/cli.ts';
import { about, startPostBox, trouble, type PostBox } from '../support/post.ts';
import { SignedSite } from '../support/signed-site.ts';

/** A slow, loaded machine is no failure. */
const PATIENCE_MS = 100_000;
const resolves = (key: string) => (page: Page) => page.event === 'resolve' && page.dedup_key === key;

describe('a rogue with write access to the manifest', function () {
  this.timeout(180_000);
  let box: PostBox;
  beforeEach(async () => {
    box = await startPostBox();
  });
  afterEach(async () => box[Symbol.asyncDispose]());

  async function watching(site: SignedSite): Promise<RunningCli> {
    const daemon = startCli(['watch'], { cwd: site.path });
    await daemon.says('"watching"');
    return daemon;
  }

  it('silences nothing: the last signed roll is watched on, over a restart too, and the edit is paged with what it would change', async () => {
    using site = new SignedSite({ pageUrl: box.url });
    site.draft(['one', 'two', 'three']);
    site.sign(['alice', 'carol']);
    const signed = site.manifest;
    {
      await using daemon = await watching(site);
      site.rewrite({ resources: [site.volume('one')], manifest: { version: 2 } });
      site.allow(['mallory', 'bot']);
      site.sign(['mallory']);
      daemon.signal('SIGHUP');
      const page = await box.page(trouble('manifest.tampered'), PATIENCE_MS);
      assert.equal(page.severity, 'critical');
      assert.match(page.summary, /not what people signed.*version 1.*two leaves the roll; three leaves the roll/);
      assert.match((await box.page(trouble('signers.changed'), PATIENCE_MS)).summary, /\+ mallory/);
      rmSync(join(site.path, 'roll/two'), { recursive: true });
      await box.page(about('two', 'absent'), PATIENCE_MS);
      daemon.signal('SIGTERM');
      assert.equal(await daemon.ended, 0);
    }
    const check = await runCli(['check'], { cwd: site.path });
    assert.equal(check.code, 78);
    assert.match(check.stderr, /RC_MANIFEST_FORK[^]*RC_SIGNERS_CHANGED/);
    {
      await using daemon = await watching(site);
      rmSync(join(site.path, 'roll/three'), { recursive: true });
      await box.page(about('three', 'absent'), PATIENCE_MS);
      const { stdout } = await runCli(['status'], { cwd: site.path });
      assert.match(stdout, /^signed by alice, carol, received .*\nTAMPERED: /m);
      const { dedup_key: key } = await box.page(trouble('manifest.tampered'), PATIENCE_MS);
      site.write('manifest.yaml', signed.toString());
      site.allow(['alice', 'bob', 'carol', 'bot']);
      daemon.signal('SIGHUP');
      await box.page(resolves(key), PATIENCE_MS);
    }
    assert.deepEqual(box.pages.filter(trouble('manifest.changed')), []);
  });

  it('lies ready until the daemon has loaded it, and is not said to be in force before', async () => {
    using site = new SignedSite({ pageUrl: box.url });
    site.draft(['one', 'two']);
    site.sign(['alice', 'carol']);
    const told = async () => (await runCli(['status'], { cwd: site.path })).stdout;
    {
      await using daemon = await watching(site);
      let text = '';
      while (!text.includes('last written')) text = await told();
      assert.match(text, /^tester watching \S+ version 1\nsigned by alice, carol/m);
      daemon.signal('SIGTERM');
      assert.equal(await daemon.ended, 0);
    }
    site.draft(['one', 'two', 'three']);
    site.sign(['alice', 'carol']);
    assert.match(await told(), /^tester watching \S+ version 1\nversion 2 lies ready and is not loaded yet: /m);
    const { stdout } = await runCli(['status', '--json'], { cwd: site.path });
    const { manifest } = JSON.parse(stdout) as { manifest: { version: number; loaded_version: number } };
    assert.deepEqual([manifest.version, manifest.loaded_version], [2, 1]);
    await using daemon = await watching(site);
    let text = '';
    while (!text.includes('version 2')) text = await told();
    while (text.includes('lies ready')) text = await told();
    assert.match(text, /^tester watching \S+ version 2\nsigned by alice, carol/m);
    daemon.signal('SIGTERM');
    assert.equal(await daemon.ended, 0);
  });

  it('goes by unheard where people signed the change, and the ledger says who', async () => {
    using site = new SignedSite({ pageUrl: box.url });
    site.draft(['one', 'two']);
    site.sign(['alice', 'carol']);
    {
      await using daemon = await watching(site);
      site.draft(['one']);
      site.sign(['bob', 'carol']);
      daemon.signal('SIGHUP');
      await daemon.says('a manifest was loaded');
      rmSync(join(site.path, 'roll'), { recursive: true });
      await box.page(about('one', 'absent'), PATIENCE_MS);
      daemon.signal('SIGTERM');
      await daemon.ended;
    }
    assert.deepEqual(
      box.pages.filter((page) => about('two')(page) || trouble('manifest.tampered')(page) || trouble('manifest.changed')(page)),
      [],
    );
    const store = await openStore(site.state, { readOnly: true });
    try {
      const entries = await store.ledger(1, 1000);
      const approvals = entries.flatMap(({ kind, body }) =>
        kind === 'approval' ? [[body['version'], body['people'], body['sense']]] : [],
      );
      assert.deepEqual(approvals, [
        [1, ['alice', 'carol'], 'first'],
        [2, ['bob', 'carol'], 'weakening'],
      ]);
    } finally {
      await store.close();
    }
  });

  it('at the very first start is watched with, and paged about: a watcher that is silent is what such a one wants', async () => {
    using site = new SignedSite({ pageUrl: box.url });
    site.draft(['one']);
    site.sign(['mallory']);
    await using daemon = await watching(site);
    assert.match((await box.page(trouble('manifest.tampered'), PATIENCE_MS)).summary, /not signed by enough people \(under-signed: 0 of 2/);
    rmSync(join(site.path, 'roll/one'), { recursive: true });
    await box.page(about('one', 'absent'), PATIENCE_MS);
    assert.equal((await runCli(['check'], { cwd: site.path })).code, 78);
    daemon.signal('SIGTERM');
    assert.equal(await daemon.ended, 0);
  });
});
