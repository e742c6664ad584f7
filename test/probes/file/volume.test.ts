import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { mkdirSync, renameSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder, type Folder } from '../../support/folder.ts';
import { BLANK } from '../../../src/core/memory.ts';
import { mayMount, mount, put, resourceOf, unmount, verdictOf, words } from './helpers.ts';

const GOOD = { presence: 'good', identity: 'good', 'content/mounted': 'good' };

describe('a volume that is a folder', () => {
  let base: Folder;
  let data: string;

  beforeEach(() => {
    base = makeFolder();
    data = join(base.path, 'data');
    put(join(data, 'pgdata', 'PG_VERSION'), '18\n');
  });
  afterEach(() => base.remove());

  it('is good while it holds what it must', () => {
    const resource = resourceOf('file.volume', { path: `${data}/`, expect: { contains: ['pgdata/PG_VERSION', 'pgdata'], min_used: '1B' } });
    assert.deepEqual(words(verdictOf(resource)), {
      presence: 'good',
      identity: 'good',
      'content/used': 'good',
      'content/contains.pgdata': 'good',
      'content/contains.pgdata/PG_VERSION': 'good',
    });
  });

  it('is diminished once its contents are gone, and by a link that leads nowhere', () => {
    const resource = resourceOf('file.volume', { path: data, expect: { contains: ['pgdata/PG_VERSION'] } });
    rmSync(join(data, 'pgdata'), { recursive: true });
    const outcome = verdictOf(resource).get('content/contains.pgdata/PG_VERSION')?.outcome;
    assert.ok(outcome?.is === 'breach');
    assert.equal(outcome.breaches[0].what, `pgdata/PG_VERSION is missing from ${data}`);
    symlinkSync('/nowhere/at/all', join(data, 'pgdata'));
    assert.equal(words(verdictOf(resource))['content/contains.pgdata/PG_VERSION'], 'breach contains.pgdata/PG_VERSION');
  });

  it('is absent once it is deleted', () => {
    renameSync(data, join(base.path, 'elsewhere'));
    const presence = verdictOf(resourceOf('file.volume', { path: data })).get('presence');
    assert.ok(presence?.outcome.is === 'lost');
    assert.match(presence.outcome.say, /data is not among the 1 entries of /);
    assert.equal(presence.evidence[0]?.control, '1 other entries');
  });

  it('is not mounted where it must be', () => {
    const found = words(
      verdictOf(resourceOf('file.volume', { path: data, expect: { mounted: true, min_used: '1B', contains: ['pgdata'] } })),
    );
    assert.deepEqual(found, {
      presence: 'good',
      identity: 'blind partial-answer',
      'content/mounted': 'breach mounted',
      'content/used': 'blind partial-answer',
      'content/contains.pgdata': 'good',
    });
  });

  it('is absent where fstab names a device that is gone, diminished where it is there', () => {
    const fstab = join(base.path, 'fstab');
    const uuids = join(base.path, 'by-uuid');
    mkdirSync(uuids);
    writeFileSync(fstab, `UUID=abcd-1234 ${data} ext4 defaults 0 2\n`);
    const resource = resourceOf('file.volume', { path: data, expect: { mounted: true } });
    const system = { fstab, uuids };
    assert.equal(words(verdictOf(resource, { system }))['content/mounted'], 'breach mounted', 'a listing of nothing proves nothing');
    writeFileSync(join(uuids, 'other'), '');
    const presence = verdictOf(resource, { system }).get('presence');
    assert.ok(presence?.outcome.is === 'lost');
    assert.match(presence.outcome.say, /filesystem abcd-1234 is gone/);
    assert.equal(presence.evidence[0]?.control, '1 other entries');
    writeFileSync(join(uuids, 'abcd-1234'), '');
    assert.deepEqual(words(verdictOf(resource, { system })), { ...GOOD, 'content/mounted': 'breach mounted' });
  });

  it('on a network mount that is not mounted is blind, known from fstab, the manifest or an earlier look', () => {
    const fstab = join(base.path, 'fstab');
    writeFileSync(fstab, `nas:/data ${data} nfs4 _netdev 0 0\n`);
    const known = { mountPoint: data, type: 'fuse.sshfs', source: 'nas:/data', device: '0:77' };
    const expect = { mounted: true };
    const looks = [
      verdictOf(resourceOf('file.volume', { path: data, expect }), { system: { fstab } }),
      verdictOf(resourceOf('file.volume', { path: data, expect }), { known }),
      verdictOf(resourceOf('file.volume', { path: data, expect, identity: { type: 'nfs' } })),
    ];
    for (const found of looks)
      assert.deepEqual(words(found), {
        presence: 'blind unreachable',
        identity: 'blind unreachable',
        'content/mounted': 'blind unreachable',
      });
  });

  it('is diminished where a sentinel is changed, emptied, missing or no file', () => {
    const digest = `sha256:${createHash('sha256').update('canary').digest('hex')}`;
    const resource = resourceOf('file.volume', { path: data, expect: { sentinels: { 'pgdata/canary': digest } } });
    const path = join(data, 'pgdata', 'canary');
    const found = () => {
      const outcome = verdictOf(resource, { depth: 'inspect' }).get('content/sentinels.pgdata/canary')?.outcome;
      return outcome?.is === 'breach' ? String(outcome.breaches[0].actual).slice(0, 7) : outcome?.is;
    };
    put(path, 'canary');
    assert.equal(found(), 'good');
    truncateSync(path);
    assert.equal(found(), 'sha256:');
    rmSync(path);
    assert.equal(found(), 'missing');
    execFileSync('mkfifo', [path]);
    assert.equal(found(), 'not a r');
  });

  it('made anew under its name is an impostor where the file system keeps births', () => {
    const resource = resourceOf('file.volume', { path: data });
    const identity = verdictOf(resource).get('identity');
    assert.equal(identity?.outcome.is, 'good');
    const pin = { created: '2020-01-01T00:00:00.000000000Z' };
    const found = words(verdictOf(resource, { memory: { ...BLANK, pin, matched: true } }))['identity'];
    // Where births are not kept there is no key in common, and that is said.
    assert.ok(found === 'lost impostor' || found === 'blind protocol', String(found));
  });

  it('is blind to a pinned key that cannot be told here', () => {
    const resource = resourceOf('file.volume', { path: data, identity: { filesystem: 'abcd' } });
    assert.equal(words(verdictOf(resource, { system: { uuids: '/nowhere' } }))['identity'], 'blind partial-answer');
  });

  it('without a mount table is blind altogether', () => {
    const found = words(verdictOf(resourceOf('file.volume', { path: data }), { system: { mountinfo: '/nowhere/mountinfo' } }));
    assert.equal(found['presence'], 'blind unreachable');
  });

  it('refuses paths that leave it or are no folder', () => {
    assert.throws(() => resourceOf('file.volume', { path: data, expect: { contains: ['../x'] } }), /without \.\./);
    assert.throws(() => resourceOf('file.volume', { path: data, expect: { contains: ['/x'] } }), /relative/);
    assert.throws(() => resourceOf('file.volume', { path: '/srv/*' }), /no wildcards/);
    assert.throws(() => resourceOf('file.volume', { path: '/srv/data', expect: { min_use: '1B' } }), /min_use/);
  });
});

const place = makeFolder();
const allowed = mayMount(place.path);
place.remove();

describe('a volume that is mounted', () => {
  if (!allowed) {
    it('is tested on recorded mount tables only, since this account may not mount', () => assert.equal(allowed, false));
    return;
  }

  let folder: Folder;
  let data: string;

  beforeEach(() => {
    folder = makeFolder();
    data = join(folder.path, 'my data');
    mkdirSync(data);
  });
  afterEach(() => {
    try {
      unmount(data);
    } catch {
      // The test has unmounted it.
    }
    folder.remove();
  });

  const resource = (expect: Record<string, unknown> = {}) =>
    resourceOf('file.volume', { path: data, expect: { mounted: true, ...expect } });

  it('is good, also through a link to it, and diminished once unmounted', () => {
    mount('-t', 'tmpfs', 'tmpfs', data);
    put(join(data, 'here'), 'x');
    const expect = { contains: ['here'] };
    assert.deepEqual(words(verdictOf(resource(expect))), { ...GOOD, 'content/contains.here': 'good' });
    const link = join(folder.path, 'link');
    symlinkSync(data, link);
    assert.deepEqual(words(verdictOf(resourceOf('file.volume', { path: link, expect: { mounted: true } }))), GOOD);
    unmount(data);
    const found = words(verdictOf(resource(expect)));
    assert.equal(found['presence'], 'good');
    assert.equal(found['content/mounted'], 'breach mounted');
    assert.equal(found['content/contains.here'], 'breach contains.here');
  });

  it('says so where only a folder of it is named', () => {
    mount('-t', 'tmpfs', 'tmpfs', data);
    mkdirSync(join(data, 'inner'));
    const inner = resourceOf('file.volume', { path: join(data, 'inner'), expect: { mounted: true } });
    assert.equal(words(verdictOf(inner))['content/mounted'], 'breach mounted');
  });

  it('is diminished once emptied: fewer bytes, confirmed by fewer files', () => {
    mount('-t', 'tmpfs', '-o', 'size=16m', 'tmpfs', data);
    const shrinking = resource({ min_used: '1MiB', max_shrink: '50%' });
    for (let i = 0; i < 20; i++) put(join(data, `f${i}`), Buffer.alloc(100_000));
    assert.equal(words(verdictOf(shrinking))['content/used'], 'good');
    const memory = { ...BLANK, baselines: { used: 2_000_000, entries: 20, files: 21 } };
    assert.equal(words(verdictOf(shrinking, { memory }))['content/used'], 'good');
    for (let i = 0; i < 20; i++) truncateSync(join(data, `f${i}`));
    assert.equal(
      words(verdictOf(shrinking, { memory }))['content/used'],
      'breach min_used',
      'bytes alone are a suspicion, the floor is not',
    );
    for (let i = 0; i < 20; i++) rmSync(join(data, `f${i}`));
    assert.equal(words(verdictOf(shrinking, { memory }))['content/used'], 'breach min_used max_shrink');
  });

  it('on a loop device is known by its UUID, and an impostor after a new mkfs', () => {
    const image = join(folder.path, 'image');
    const uuids = join(folder.path, 'by-uuid');
    const make = () => {
      writeFileSync(image, '');
      truncateSync(image, 8 * 1024 * 1024);
      execFileSync('mkfs.ext4', ['-q', '-F', image], { stdio: 'ignore' });
      mount('-o', 'loop', image, data);
    };
    try {
      make();
    } catch {
      // No loop devices here: the same comparisons run on recorded listings above.
      return;
    }
    mkdirSync(uuids);
    const source = execFileSync('findmnt', ['-no', 'SOURCE', data], { encoding: 'utf8' }).trim();
    symlinkSync(source, join(uuids, 'uuid-one'));
    const system = { uuids };
    const pinned = resourceOf('file.volume', { path: data, identity: { filesystem: 'uuid-one' }, expect: { mounted: true } });
    assert.deepEqual(words(verdictOf(pinned, { system })), GOOD);
    renameSync(join(uuids, 'uuid-one'), join(uuids, 'uuid-two'));
    assert.equal(words(verdictOf(pinned, { system }))['identity'], 'lost impostor');
    // Pulled out under the mount: the kernel lists other devices and not this one.
    const devices = join(folder.path, 'devices');
    mkdirSync(join(devices, '8:0'), { recursive: true });
    assert.deepEqual(words(verdictOf(pinned, { system: { uuids, devices } })), { presence: 'lost absent' });
  });
});
