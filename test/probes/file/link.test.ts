import assert from 'node:assert/strict';
import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { lookup } from 'node:dns/promises';
import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeFolder, type Folder } from '../../support/folder.ts';
import type { Answer } from '../../../probes/file/job.ts';
import { collected, hungMount, jobOf, judged, look, open, PLAIN, PLAIN_END, put, resourceOf, unmount, wantedOf, words } from './helpers.ts';

const WORKER = fileURLToPath(new URL('../../../probes/file/worker.ts', import.meta.url));

/** False for a process that is gone or waits only to be reaped. */
function isAlive(pid: number): boolean {
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

/** Running children of this process that are the probe's workers, by pid. */
function workers(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        const stat = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
        return Number(stat[1]) === process.pid && stat[0] !== 'Z' && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('worker');
      } catch {
        return false;
      }
    });
}

describe('looks at files', () => {
  let base: Folder;
  let links: ReturnType<typeof open>[];

  const linkWith = (timeout?: number) => {
    const link = open(timeout);
    links.push(link);
    return link;
  };
  const dumps = (id: string) => {
    put(join(base.path, id, 'x.dump'), PLAIN + PLAIN_END);
    return resourceOf('file.backups', { path: join(base.path, id, '*.dump') }, id);
  };

  beforeEach(() => {
    base = makeFolder();
    links = [];
  });
  afterEach(async () => {
    await Promise.all(links.map((link) => link.close()));
    assert.deepEqual(workers(), []);
    base.remove();
  });

  it('are made in one child process, kept between looks, and in another for a fresh look', async () => {
    const link = linkWith();
    // One resource: a second child is started where the first is slow, and on a busy machine it is.
    const resource = dumps('a');
    const wanted = [wantedOf(resource)];
    const reports = await collected(link.collect(wanted, look('sweep')));
    assert.equal(words(judged(resource, reports, 'sweep'))['content/count'], 'good');
    const kept = workers();
    assert.equal(kept.length, 1);
    await collected(link.collect(wanted, look('inspect')));
    assert.deepEqual(workers(), kept);
    const seen = new Set<number>();
    const watching = setInterval(() => {
      for (const pid of workers()) seen.add(pid);
    }, 5);
    await collected(link.collect(wanted, look('sweep', undefined, 'fresh')));
    clearInterval(watching);
    assert.equal(seen.size, 2, 'the kept one and one of its own');
    while (workers().length > 1) await sleep(10);
    assert.deepEqual(workers(), kept);
  });

  it('give the child nothing of the environment', async () => {
    const link = linkWith();
    await collected(link.collect([wantedOf(dumps('a'))], look('sweep')));
    const [pid] = workers();
    const names = readFileSync(`/proc/${pid}/environ`, 'utf8')
      .split('\0')
      .filter(Boolean)
      .map((pair) => pair.split('=')[0]);
    assert.deepEqual(
      names.filter((name) => !name?.startsWith('NODE_CHANNEL_')),
      [],
    );
  });

  it('of a stopped child are blind: timeout, the child is replaced and the next look sees', async () => {
    const link = linkWith(4000);
    const resource = dumps('a');
    await collected(link.collect([wantedOf(resource)], look('sweep')));
    const [pid] = workers();
    assert.ok(pid);
    process.kill(pid, 'SIGSTOP');
    assert.equal(
      words(judged(resource, await collected(link.collect([wantedOf(resource)], look('sweep'))), 'sweep'))['presence'],
      'blind timeout',
    );
    assert.equal(words(judged(resource, await collected(link.collect([wantedOf(resource)], look('sweep'))), 'sweep'))['presence'], 'good');
    assert.ok(!workers().includes(pid));
  });

  it('end with the parent, however it ends', async () => {
    const script = `const { fork } = await import('node:child_process');
      const child = fork(${JSON.stringify(WORKER)}, [], { env: {}, execArgv: [], stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
      child.once('message', () => console.log(child.pid));`;
    const parent = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'ignore'] });
    const [line] = (await once(parent.stdout, 'data')) as [Buffer];
    const pid = Number(String(line));
    process.kill(pid, 0);
    parent.kill('SIGKILL');
    await once(parent, 'exit');
    const deadline = Date.now() + 60_000;
    while (isAlive(pid)) {
      assert.ok(Date.now() < deadline, 'the child outlives its parent');
      await turn();
    }
  });

  it('of a killed child are blind, and the next look sees', async () => {
    const link = linkWith();
    const resource = dumps('a');
    await collected(link.collect([wantedOf(resource)], look('sweep')));
    const [pid] = workers();
    assert.ok(pid);
    process.kill(pid, 'SIGSTOP');
    const pending = collected(link.collect([wantedOf(resource)], look('sweep')));
    process.kill(pid, 'SIGKILL');
    assert.match(words(judged(resource, await pending, 'sweep'))['presence'] ?? '', /^(blind threw|good)$/);
    assert.equal(words(judged(resource, await collected(link.collect([wantedOf(resource)], look('sweep'))), 'sweep'))['presence'], 'good');
  });

  it('end at an abort, with the child that hung', async () => {
    const link = linkWith(600_000);
    const resource = dumps('a');
    await collected(link.collect([wantedOf(resource)], look('sweep')));
    const [pid] = workers();
    assert.ok(pid);
    process.kill(pid, 'SIGSTOP');
    const abort = new AbortController();
    const pending = collected(link.collect([wantedOf(resource)], look('sweep', abort.signal)));
    setTimeout(() => abort.abort(), 50);
    const started = performance.now();
    assert.deepEqual(await pending, []);
    assert.ok(performance.now() - started < 60_000, 'sooner than by its timeout');
  });

  it('at mounts that hang starve neither the others nor name resolution', async function () {
    this.timeout(120_000);
    const mounts = ['h1', 'h2', 'h3', 'h4', 'h5'].map((name) => join(base.path, name));
    const holders = [];
    try {
      for (const path of mounts) {
        mkdirSync(path);
        const holder = await hungMount(path);
        // Without the right to mount there is no mount that hangs; the stopped child stands for it.
        if (!holder) return;
        holders.push({ holder, path });
      }
      const link = linkWith(2500);
      const hung = mounts.map((path, i) => resourceOf('file.volume', { path, expect: { mounted: true } }, `h${i}`));
      const good = ['a', 'b'].map(dumps);
      const wanted = [...hung, ...good].map(wantedOf);
      const pending = collected(link.collect(wanted, look('sweep')));
      const earlier = await Promise.race([lookup('localhost').then(() => 'name'), pending.then(() => 'looks')]);
      assert.equal(earlier, 'name', 'the name was resolved only after the hung mounts were given up');
      const reports = await pending;
      for (const resource of hung) assert.equal(words(judged(resource, reports, 'sweep'))['presence'], 'blind timeout');
      for (const resource of good) assert.equal(words(judged(resource, reports, 'sweep'))['presence'], 'good');
      // Those that hung come last from now on.
      const [first, second] = (await collected(link.collect(wanted, look('sweep')))).filter((report) => report.kind === 'seen');
      assert.deepEqual([first?.id, second?.id], ['a', 'b']);
      const order = (await collected(link.collect(wanted, look('sweep')))).map((report) => report.kind);
      assert.deepEqual(order.slice(0, 2), ['seen', 'seen']);
    } finally {
      for (const { holder, path } of holders) {
        const gone = once(holder, 'exit');
        holder.kill('SIGKILL');
        await gone;
        unmount(path);
      }
    }
  });

  it('by an account that may not read a folder are blind: denied, never empty', async () => {
    // Only root may start a child as somebody else, and root may read everything.
    if (process.getuid?.() !== 0) return;
    const folder = join(base.path, 'secret');
    const resources = [
      dumps('secret'),
      resourceOf('file.volume', { path: folder }, 'volume'),
      resourceOf('file.backups', { path: join(base.path, '*', '*.dump') }, 'several'),
    ];
    dumps('open');
    const child = fork(WORKER, [], {
      uid: 65534,
      gid: 65534,
      env: {},
      execArgv: [],
      cwd: '/',
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    try {
      await once(child, 'message');
      const found = async (mode: number) => {
        chmodSync(base.path, 0o755);
        chmodSync(folder, mode);
        const all = [];
        for (const resource of resources) {
          const answer = once(child, 'message');
          child.send(jobOf(resource, 'sweep'));
          const [{ reports }] = (await answer) as [Answer];
          all.push(words(judged(resource, reports, 'sweep'))['presence']);
        }
        return all;
      };
      assert.deepEqual(await found(0o755), ['good', 'good', 'good']);
      assert.deepEqual(await found(0o700), ['blind denied', 'blind denied', 'blind denied']);
      // Names without the right to reach them.
      assert.equal((await found(0o744))[0], 'blind denied');
      // Emptied: shown to be there by a listing further up where the one above may not be read.
      rmSync(join(folder, 'x.dump'));
      chmodSync(base.path, 0o711);
      chmodSync(folder, 0o755);
      const answer = once(child, 'message');
      child.send(jobOf(resources[0]!, 'sweep'));
      const [{ reports }] = (await answer) as [Answer];
      const presence = judged(resources[0]!, reports, 'sweep').get('presence');
      assert.equal(presence?.outcome.is, 'lost');
      assert.match(presence.evidence[0]?.control ?? '', /^rollcall-test-.* entries of /);
    } finally {
      const gone = once(child, 'exit');
      child.disconnect();
      await gone;
    }
  });
});
