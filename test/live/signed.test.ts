import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { startCli } from '../support/cli.ts';
import { about, startPostBox, trouble } from '../support/post.ts';
import { SignedSite } from '../support/signed-site.ts';

/** By the real clock: the daemon looks twice a minute, and believes what it finds twice. */
describe('a manifest that people signed', function () {
  this.timeout(300_000);

  it('comes into force without anybody on the watcher’s host, and what it takes off the roll goes by unheard', async () => {
    await using box = await startPostBox();
    using site = new SignedSite({ pageUrl: box.url });
    site.draft(['one', 'two']);
    site.sign(['alice', 'carol']);
    await using daemon = startCli(['watch'], { cwd: site.path });
    await daemon.says('"watching"');
    site.draft(['one']);
    site.sign(['bob', 'carol']);
    await daemon.says('a manifest was loaded', 180_000);
    rmSync(join(site.path, 'roll'), { recursive: true });
    await box.page(about('one', 'absent'), 120_000);
    for (const wanted of [about('two'), trouble('manifest.tampered'), trouble('manifest.changed'), trouble('reload.failed')])
      assert.deepEqual(box.pages.filter(wanted), []);
    daemon.signal('SIGTERM');
    assert.equal(await daemon.ended, 0);
  });
});
