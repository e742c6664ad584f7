import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Discovery, DiscoveryDepth, Found } from '../../../src/probe.ts';
import type { DiscoveryAnswer, DiscoveryJob } from '../../../probes/file/discovery-job.ts';
import { covers } from '../../../probes/file/covers.ts';
import { exploreOnce } from '../../../probes/file/explore.ts';
import { matchesPart } from '../../../probes/file/glob.ts';
import { placeOf } from '../../../probes/file/mount.ts';
import { groupFiles } from '../../../src/values/name-groups.ts';
import { LINUX } from '../../../probes/file/system.ts';
import { makeFolder, type Folder } from '../../support/folder.ts';
import { hungMount, mayMount, mount, open, put, resourceOf, unmount, wantedOf } from './helpers.ts';

const HOUR = 3_600_000;

function found(all: readonly Discovery[], of: string): Found[] {
  return all.flatMap((one) => (one.kind === 'found' && one.of === of ? one : [])).sort((a, b) => (a.label < b.label ? -1 : 1));
}

async function discover(
  roots: readonly string[],
  depth: DiscoveryDepth = 'proposals',
  wanted = [] as ReturnType<typeof wantedOf>[],
  timeout = 5000,
) {
  const link = open(timeout, 'disk', undefined, roots);
  try {
    return await Array.fromAsync(link.discover?.(wanted, depth, AbortSignal.timeout(100_000)) ?? []);
  } finally {
    await link.close();
  }
}

describe('sets of backups that are found', function () {
  this.timeout(120_000);
  let folder: Folder;
  beforeEach(() => {
    folder = makeFolder();
  });
  afterEach(() => folder.remove());
  const daily = (name: (nth: number) => string, size = 4096) => {
    for (let nth = 1; nth <= 8; nth++) put(join(folder.path, name(nth)), Buffer.alloc(size), nth * 24 * HOUR - HOUR);
  };

  it('are sorted by their names, with a freshness from how often one comes, and floors below what is there', async () => {
    daily((nth) => `pg/orders/orders-2026-11-${10 + nth}T0300Z.sql.gz`);
    daily((nth) => `pg/orders/users_${nth}.dump`, 100);
    put(join(folder.path, 'pg/readme.txt'), 'no backup');
    const sets = found(await discover([folder.path]), 'file.backups');
    assert.deepEqual(
      sets.map(({ label, name }) => `${name} ${label.slice(folder.path.length)}`),
      ['orders-backups /pg/orders/orders-*.sql.gz', 'users-backups /pg/orders/users_*.dump'],
    );
    assert.deepEqual(sets[0]?.expect, { newest_within: '30h', min_count: 6, min_size: '2048B', max_shrink: '50%' });
  });

  it('are proposed as patterns that match just them, whatever their names hold', async () => {
    for (const name of ['we[ird]*?.dump', 'b{r}ace.dump', '\u202eevil\n- id: x.dump', '2026.tar', 'a]b.dump'])
      put(join(folder.path, 'odd', name), 'x');
    const sets = found(await discover([folder.path]), 'file.backups');
    assert.equal(sets.length, 5);
    for (const set of sets) {
      const path = String(set.entry['path']);
      const resource = resourceOf('file.backups', { path });
      assert.ok(covers(resource.target as never, set), JSON.stringify(set));
    }
  });

  it('say when too few are there to tell how often one is made', async () => {
    put(join(folder.path, 'one.dump'), 'x');
    const [set] = found(await discover([folder.path]), 'file.backups');
    assert.deepEqual(set?.expect, { min_count: 1, min_size: '1B' });
    assert.match(set?.facts?.join() ?? '', /add newest_within/);
  });

  it('are looked for near what is on the roll, and not through links', async () => {
    daily((nth) => `a/x-${nth}.dump`);
    put(join(folder.path, 'b/y.dump'), 'x');
    symlinkSync(join(folder.path, 'b'), join(folder.path, 'a/link'));
    const wanted = [wantedOf(resourceOf('file.backups', { path: join(folder.path, 'a/other-*.dump') }))];
    const sets = found(await discover([], 'proposals', wanted), 'file.backups');
    assert.deepEqual(
      sets.map(({ label }) => label),
      [join(folder.path, 'a/x-*.dump')],
    );
    assert.ok(!covers(wanted[0]?.target as never, sets[0] as Found));
  });

  it('are named only where names are asked for', async () => {
    daily((nth) => `x-${nth}.dump`);
    const [set] = found(await discover([folder.path], 'names'), 'file.backups');
    assert.ok(set && set.expect === undefined && set.facts === undefined && set.aliases?.length === 1);
  });

  it('are not looked for in folders that are not there, and that is said', async () => {
    const missing = join(folder.path, 'missing');
    const all = await discover([missing]);
    assert.deepEqual(
      all.flatMap((one) => (one.kind === 'unexplored' && one.on === missing ? `${one.on} ${one.reason} ${one.hides}` : [])),
      [`${missing} partial-answer true`],
    );
  });

  it('tell a folder that hangs from the others', async () => {
    const hung = join(folder.path, 'hung');
    mkdirSync(hung);
    put(join(folder.path, 'zz/x.dump'), 'x');
    const holder = await hungMount(hung);
    // Only who may mount can make one; what hangs is replaced in the tests of the crew too.
    if (!holder) return;
    try {
      const all = await discover([folder.path], 'proposals', [], 700);
      assert.ok(all.some((one) => one.kind === 'unexplored' && one.on === hung && one.reason === 'timeout'));
      assert.equal(found(all, 'file.backups').length, 1);
    } finally {
      holder.kill('SIGKILL');
      unmount(hung);
    }
  });

  it('are one by their ending where every file has a name of its own kind', () => {
    const words = 'abcdefghijklmnopqrstuvwxyz'.split('');
    const sets = groupFiles(
      words.map((word) => ({ path: `/x/${word}${word}.dump`, size: 1, mtime: 1 })),
      matchesPart,
    );
    assert.deepEqual(
      sets.map(({ pattern, files }) => `${pattern} ${files.length}`),
      ['*.dump 26'],
    );
  });

  it('refused are not passed over in silence', async () => {
    // Root is refused nothing, and alone may start a child as somebody else.
    const somebody = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};
    const worker = fileURLToPath(new URL('../../../probes/file/worker.ts', import.meta.url));
    const child = fork(worker, [], { ...somebody, env: {}, execArgv: [], cwd: '/', stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
    try {
      await once(child, 'message');
      chmodSync(folder.path, 0o000);
      const answer = once(child, 'message');
      child.send({ id: 'x', explore: 'folder', path: folder.path, now: 0, proposals: true } satisfies DiscoveryJob);
      const [{ said }] = (await answer) as [DiscoveryAnswer];
      assert.deepEqual(
        said.map((one) => one.kind === 'unexplored' && `${one.on} ${one.reason} ${one.hides}`),
        [`${folder.path} denied true`],
      );
    } finally {
      chmodSync(folder.path, 0o700);
      child.kill();
    }
  });
});

describe('volumes that are found', function () {
  this.timeout(120_000);
  const line = (id: number, point: string, type: string, device = `8:${id}`, root = '/') =>
    `${id} 1 ${device} ${root} ${point} rw - ${type} /dev/x${id} rw`;

  it("are the mounts with somebody's data, once each", () => {
    const folder = makeFolder();
    try {
      const mountinfo = join(folder.path, 'mountinfo');
      put(
        mountinfo,
        [
          line(1, '/', 'ext4'),
          line(2, '/proc', 'proc', '0:1'),
          line(3, '/srv/data', 'xfs'),
          line(4, '/srv/again', 'xfs', '8:3'),
          line(5, '/boot/efi', 'vfat'),
          line(6, '/mnt/nas', 'nfs4', '0:9'),
          line(7, '/tmp', 'tmpfs', '0:5'),
          line(8, '/var/lib/docker/overlay', 'ext4'),
          line(9, '/srv/we\\040ird', 'btrfs'),
        ].join('\n'),
      );
      const { folders } = exploreOnce({ id: 'm', explore: 'mounts', path: '', now: 0, proposals: false }, { ...LINUX, mountinfo });
      assert.deepEqual(folders, ['/mnt/nas', '/srv/data', '/srv/we ird']);
    } finally {
      folder.remove();
    }
  });

  it('are blind where there is no mount table', () => {
    const { said } = exploreOnce({ id: 'm', explore: 'mounts', path: '', now: 0, proposals: false }, { ...LINUX, mountinfo: '/nowhere' });
    assert.ok(said[0]?.kind === 'unexplored' && said[0].hides);
  });

  it('have no floor where they are a folder of a filesystem, whose other folders are counted with it', () => {
    const folder = makeFolder();
    try {
      const { mount: its } = placeOf(folder.path, LINUX);
      const mountinfo = join(folder.path, 'mountinfo');
      put(mountinfo, line(its.id, its.mountPoint, 'ext4', its.device, '/srv/files'));
      const { said } = exploreOnce({ id: 'm', explore: 'mounts', path: folder.path, now: 0, proposals: true }, { ...LINUX, mountinfo });
      const [one] = said;
      assert.ok(one?.kind === 'found');
      assert.deepEqual([one.expect, one.facts], [{ mounted: true }, [`/srv/files of ext4 /dev/x${its.id}`]]);
    } finally {
      folder.remove();
    }
  });

  it('have a floor at half of what is used, and the pins that a look confirms', async () => {
    const folder = makeFolder();
    const path = join(folder.path, 'vol');
    mkdirSync(path);
    if (!mayMount(path)) return;
    mount('-t', 'tmpfs', 'tmpfs', path);
    try {
      put(join(path, 'f'), Buffer.alloc(1024 * 1024));
      const { said } = exploreOnce({ id: 'm', explore: 'mounts', path, now: 0, proposals: true }, LINUX);
      const [one] = said;
      assert.ok(one?.kind === 'found');
      assert.deepEqual(one.expect, { mounted: true, min_used: '512KiB', max_shrink: '30%' });
      const resource = resourceOf('file.volume', { ...one.entry, identity: one.pin, expect: { mounted: true } });
      const link = open();
      const reports = (
        await Array.fromAsync(link.collect([wantedOf(resource)], { depth: 'sweep', path: 'usual', signal: AbortSignal.timeout(100_000) }))
      ).flat();
      await link.close();
      assert.deepEqual(
        reports.map(({ kind }) => kind),
        ['seen'],
      );
      assert.deepEqual(reports.flatMap((report) => (report.kind === 'seen' ? [report.pin] : []))[0], one.pin);
    } finally {
      unmount(path);
      folder.remove();
    }
  });
});
