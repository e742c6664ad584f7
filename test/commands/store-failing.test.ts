import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCli, startCli, type RunningCli } from '../support/cli.ts';
import { about, startPostBox, trouble, type PostBox } from '../support/post.ts';
import { mountSmallDisk } from '../support/small-disk.ts';
import { Site, volume } from '../support/site.ts';

/** Limits the size of the files a running process may write, in bytes; false where this cannot be done here. */
function limitFiles(pid: number, bytes: number | 'unlimited'): boolean {
  return spawnSync('prlimit', [`--pid=${pid}`, `--fsize=${bytes}:`]).status === 0;
}

describe('rollcall watch, when its store fails during a loss', function () {
  this.timeout(120_000);
  let box: PostBox;
  let site: Site;
  let gone: string;
  beforeEach(async () => {
    box = await startPostBox();
    site = new Site({ pageUrl: box.url });
    gone = join(site.path, 'gone');
    mkdirSync(gone);
    site.rewrite({ resources: [volume('gone', gone), volume('tmp', '/tmp')] });
  });
  afterEach(async () => {
    site[Symbol.dispose]();
    await box[Symbol.asyncDispose]();
  });

  async function watching(): Promise<RunningCli> {
    const daemon = startCli(['watch'], { cwd: site.path });
    await daemon.says('"watching"');
    for (let tries = 0; tries < 200; tries++) {
      const { stdout } = await runCli(['status', '--json'], { cwd: site.path });
      const { resources } = JSON.parse(stdout) as { resources: { verdict: string }[] };
      if (resources.every(({ verdict }) => verdict === 'present')) return daemon;
    }
    throw new Error(`not all present: ${daemon.stderr}`);
  }

  async function pagesAndSaysSo(why: RegExp): Promise<void> {
    await box.page(about('gone', 'absent'));
    const told = await box.page(trouble('store.failing'));
    assert.match(told.summary, /^the watchdog itself: the store cannot write \(/);
    assert.match(told.summary, why);
    assert.equal(told.severity, 'critical');
  }

  it('notices that its state folder was deleted, says so, and pages from memory', async () => {
    await using _ = await watching();
    rmSync(join(site.path, 'state'), { recursive: true });
    rmSync(gone, { recursive: true });
    await pagesAndSaysSo(/deleted or replaced/);
  });

  if (limitFiles(process.pid, 'unlimited'))
    it('pages from memory where it may not write any further, says so, and writes it all down once it may', async () => {
      await using daemon = await watching();
      assert.ok(limitFiles(daemon.pid, 1));
      rmSync(gone, { recursive: true });
      await pagesAndSaysSo(/disk I\/O error/);
      assert.ok(limitFiles(daemon.pid, 'unlimited'));
      const lost = box.pages.find(about('gone', 'absent'));
      await box.page(({ event, dedup_key }) => event === 'resolve' && dedup_key.includes('@watchdog'));
      const { stdout } = await runCli(['incidents'], { cwd: site.path });
      assert.ok(stdout.includes(lost?.dedup_key ?? 'none'), stdout);
    });

  // Only a superuser may mount; everywhere else the limit above is the proof.
  const disk = mountSmallDisk(64);
  disk?.remove();
  if (disk)
    it('pages from memory while its disk is full, and says so', async () => {
      const small = mountSmallDisk(4096);
      assert.ok(small);
      try {
        site.rewrite({ config: { watchdog: { name: 'tester', state: small.path, listen: 'off' } } });
        await using daemon = await watching();
        assert.throws(() => writeFileSync(join(small.path, 'filler'), Buffer.alloc(8 * 1024 * 1024)), { code: 'ENOSPC' });
        rmSync(gone, { recursive: true });
        await pagesAndSaysSo(/full/);
        daemon.signal('SIGKILL');
        await daemon.ended;
      } finally {
        small.remove();
      }
    });

  it('pages where the file is overwritten under it, and after a restart on what is left pages again, from memory, and says so', async () => {
    await using daemon = await watching();
    for (const name of readdirSync(site.state))
      if (name.startsWith('rollcall.db') && !name.endsWith('-shm')) writeFileSync(join(site.state, name), Buffer.alloc(65_536, 0x5a));
    rmSync(gone, { recursive: true });
    // SQLite reads what it has in memory and may notice nothing before it is opened again.
    await box.page(about('gone', 'absent'));
    daemon.signal('SIGKILL');
    await daemon.ended;
    const before = box.pages.length;
    await using again = startCli(['watch'], { cwd: site.path });
    await again.says('"watching"');
    const after = await box.page((page) => about('gone', 'absent')(page) && box.pages.lastIndexOf(page) >= before);
    // Whatever it was that somebody acknowledged under the keys of before, they are deaf.
    assert.notEqual(after.dedup_key, box.pages.find(about('gone', 'absent'))?.dedup_key);
    await box.page((page) => trouble('store.failing')(page) && /malformed|not a database/.test(page.summary));
    assert.match(again.stderr, /the state folder cannot be used, watching from memory/);
  });

  it('starts and pages where it may only read its state folder', async () => {
    await using first = await watching();
    first.signal('SIGTERM');
    await first.ended;
    rmSync(gone, { recursive: true });
    // To root only a mount is read-only; to others the mode is.
    const mounted = spawnSync('mount', ['--bind', site.state, site.state]).status === 0;
    if (mounted) spawnSync('mount', ['-o', 'remount,bind,ro', site.state]);
    else spawnSync('chmod', ['-R', 'a-w', site.state]);
    try {
      await using _ = startCli(['watch'], { cwd: site.path });
      await pagesAndSaysSo(/read-?only|denied|unable to open/i);
    } finally {
      if (mounted) spawnSync('umount', [site.state]);
      else spawnSync('chmod', ['-R', 'u+w', site.state]);
    }
  });
});
