import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { runCli, startCli } from '../support/cli.ts';
import { blocksOf, partOf } from '../support/pages.ts';
import { startPostBox } from '../support/post.ts';
import { Site, volume } from '../support/site.ts';
import { ROOT } from '../support/source-file.ts';

const run = promisify(execFile);

describe('the backup that the page on operating shows', function () {
  this.timeout(120_000);

  it('is a whole copy of a store that is written to, and is gone on from', async () => {
    await using box = await startPostBox();
    using site = new Site({ pageUrl: box.url, resources: [volume('gone', '/srv/nothing'), volume('tmp', '/tmp')] });
    const copies = join(site.path, 'copies');
    mkdirSync(copies);
    const page = readFileSync(join(ROOT, 'docs/operating.md'), 'utf8');
    const [shown] = blocksOf(partOf(page, /^## Backup of the watcher/));
    const script = (shown?.text ?? '').replaceAll('/var/lib/rollcall', site.state).replaceAll('/srv/copies', copies);
    {
      await using daemon = startCli(['watch'], { cwd: site.path });
      await box.page(({ event }) => event === 'trigger', 100_000);
      await run('bash', ['-e', '-c', script], { env: { ...process.env, PATH: `${dirname(process.execPath)}:${process.env['PATH']}` } });
      daemon.signal('SIGTERM');
      await daemon.ended;
    }
    const known = async () =>
      (JSON.parse((await runCli(['incidents', '--json'], { cwd: site.path })).stdout) as { incidents: { id: string }[] }).incidents.map(
        ({ id }) => id,
      );
    const before = await known();
    assert.equal(before.length, 1);
    // As it would be after the disk is lost.
    rmSync(site.state, { recursive: true });
    cpSync(copies, site.state, { recursive: true });
    assert.deepEqual(await known(), before);
    const verified = await runCli(['ledger', 'verify'], { cwd: site.path });
    assert.equal(verified.code, 0, verified.stdout);
    assert.match(verified.stdout, /each as it was written/);
    const pages = box.pages.length;
    await using daemon = startCli(['watch'], { cwd: site.path });
    await daemon.says('watching');
    daemon.signal('SIGTERM');
    assert.equal(await daemon.ended, 0);
    assert.deepEqual(
      box.pages.slice(pages).filter(({ reason }) => reason === 'first'),
      [],
    );
  });
});
