import assert from 'node:assert/strict';
import { mkdirSync, rmSync, symlinkSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { makeFolder, type Folder } from '../../support/folder.ts';
import { PLAIN, PLAIN_END, put, resourceOf, verdictOf, words } from './helpers.ts';

const HOUR = 3_600_000;
const GOOD = { presence: 'good', identity: 'good', 'content/count': 'good', 'content/size': 'good', 'freshness/newest': 'good' };

describe('a set of backups', () => {
  let base: Folder;
  let folder: string;

  const orders = (expect: Record<string, unknown> = {}) =>
    resourceOf('file.backups', {
      path: `${folder}/*.dump`,
      expect: { newest_within: '26h', min_count: 3, min_size: '512B', max_shrink: '50%', ...expect },
    });
  const fill = (count = 5) => {
    for (let day = 0; day < count; day++) put(join(folder, `day-${day}.dump`), PLAIN + PLAIN_END, HOUR * (1 + 24 * day));
  };

  beforeEach(() => {
    base = makeFolder();
    folder = join(base.path, 'orders');
    mkdirSync(folder);
  });
  afterEach(function () {
    // One of them leaves a hundred thousand files.
    this.timeout(120_000);
    base.remove();
  });

  it('is good while it is', () => {
    fill();
    assert.deepEqual(words(verdictOf(orders())), GOOD);
    assert.deepEqual(words(verdictOf(orders(), { depth: 'inspect' })), { 'content/complete': 'good' });
  });

  it('is absent once all are deleted, proven by the folder above', () => {
    const [presence, ...more] = verdictOf(orders()).values();
    assert.equal(presence?.outcome.is, 'lost');
    assert.match(presence.evidence[0]?.control ?? '', /^orders among the \d+ entries of /);
    assert.deepEqual(more, []);
  });

  it('is absent where only other files are left, which are the control', () => {
    put(join(folder, 'README'), 'x');
    const presence = verdictOf(orders()).get('presence');
    assert.equal(presence?.outcome.is, 'lost');
    assert.equal(presence.evidence[0]?.control, '1 other entries');
  });

  it('is absent with its folder, and with the folder above that', () => {
    rmSync(folder, { recursive: true });
    assert.deepEqual(words(verdictOf(orders())), { presence: 'lost absent' });
    writeFileSync(folder, 'a file in the place of the folder');
    assert.deepEqual(words(verdictOf(orders())), { presence: 'lost absent' });
    const deeper = resourceOf('file.backups', { path: `${base.path}/gone/deeper/*.dump` });
    assert.match(JSON.stringify(verdictOf(deeper).get('presence')?.outcome), /gone is not among the 1 entries/);
  });

  it('is diminished when some are deleted or all are emptied', () => {
    fill(2);
    assert.equal(words(verdictOf(orders()))['content/count'], 'breach min_count');
    fill(5);
    for (let day = 0; day < 5; day++) truncateSync(join(folder, `day-${day}.dump`));
    const found = words(verdictOf(orders()));
    assert.equal(found['content/count'], 'breach min_count');
    assert.equal(found['content/size'], 'breach min_size');
    assert.equal(words(verdictOf(orders(), { depth: 'inspect' }))['content/complete'], 'breach complete min_count');
  });

  it('is diminished by a newest of zero bytes, which does not make it fresh', () => {
    fill();
    put(join(folder, 'now.dump'), '', 2 * 60_000);
    assert.equal(words(verdictOf(orders()))['content/size'], 'breach min_size max_shrink');
    assert.equal(words(verdictOf(orders({ newest_within: '30m' })))['freshness/newest'], 'breach newest_within');
  });

  it('is stale by the time of the storage, whatever the names say', () => {
    put(join(folder, '2099-01-01.dump'), PLAIN + PLAIN_END, 27 * HOUR);
    const found = verdictOf(orders({ min_count: 1 })).get('freshness/newest')?.outcome;
    assert.ok(found?.is === 'breach');
    assert.equal(found.breaches[0].kind, 'stale');
  });

  it('is diminished where the newest is far smaller than those before it', () => {
    fill();
    put(join(folder, 'small.dump'), `-- PostgreSQL database dump\n${'x'.repeat(550)}`, 2 * 60_000);
    assert.equal(words(verdictOf(orders()))['content/size'], 'breach max_shrink');
  });

  it('does not trust dates in the future', () => {
    fill();
    const now = Date.now();
    put(join(folder, 'future.dump'), PLAIN + PLAIN_END, -10 * 60_000, now);
    const found = verdictOf(orders({ newest_within: '30m' }), { now });
    assert.equal(words(found)['freshness/newest'], 'breach newest_within');
    assert.match(found.get('presence')?.evidence[0]?.excerpt ?? '', /1 dated more than 5m ahead and not trusted/);
    // A few minutes are two clocks that differ.
    put(join(folder, 'future.dump'), PLAIN + PLAIN_END, -2 * 60_000, now);
    assert.deepEqual(words(verdictOf(orders({ newest_within: '30m' }), { now })), GOOD);
  });

  it('is blind to freshness where every date is in the future', () => {
    fill();
    const found = words(verdictOf(orders(), { now: Date.now() - 30 * 24 * HOUR }));
    assert.equal(found['freshness/newest'], 'blind partial-answer');
    assert.equal(found['content/count'], 'good');
  });

  it('is judged by the newest finished one while another is being written', () => {
    fill();
    put(join(folder, 'writing.dump'), PLAIN.slice(0, 60), 1000);
    const found = verdictOf(orders());
    assert.deepEqual(words(found), GOOD);
    assert.match(found.get('presence')?.evidence[0]?.excerpt ?? '', /newest day-0\.dump.*1 newer still being written/);
    assert.deepEqual(words(verdictOf(orders(), { depth: 'inspect' })), { 'content/complete': 'good' });
    // Finished a second ago is finished.
    put(join(folder, 'writing.dump'), PLAIN + PLAIN_END, 1000);
    assert.match(verdictOf(orders()).get('presence')?.evidence[0]?.excerpt ?? '', /newest writing\.dump/);
  });

  it('is diminished by a newest that was cut short long ago', () => {
    fill();
    put(join(folder, 'cut.dump'), PLAIN, 5 * 60_000);
    const outcome = verdictOf(orders(), { depth: 'inspect' }).get('content/complete')?.outcome;
    assert.ok(outcome?.is === 'breach');
    assert.deepEqual(
      outcome.breaches.map(({ path, actual }) => [path, actual]),
      [['complete', 'no closing line of pg_dump']],
    );
  });

  it('finds the older ones cut short too, as far as the count needs them', () => {
    fill(5);
    for (const day of [1, 2, 3]) put(join(folder, `day-${day}.dump`), PLAIN, HOUR * 24 * day);
    assert.equal(words(verdictOf(orders(), { depth: 'inspect' }))['content/complete'], 'breach min_count');
  });

  it('says nothing about a format that it does not know, unless completeness is demanded', () => {
    for (let day = 0; day < 3; day++) put(join(folder, `${day}.dump`), Buffer.alloc(1000, 7), HOUR * (1 + 24 * day));
    assert.deepEqual(words(verdictOf(orders(), { depth: 'inspect' })), { 'content/complete': 'good' });
    assert.deepEqual(words(verdictOf(orders({ complete: true }), { depth: 'inspect' })), { 'content/complete': 'blind partial-answer' });
    assert.deepEqual(words(verdictOf(orders({ complete: false }), { depth: 'inspect' })), {});
  });

  it('follows no links and counts no folders', () => {
    put(join(base.path, 'elsewhere.dump'), PLAIN + PLAIN_END);
    symlinkSync('../elsewhere.dump', join(folder, 'link.dump'));
    symlinkSync('nowhere', join(folder, 'dangling.dump'));
    mkdirSync(join(folder, 'folder.dump'));
    assert.deepEqual(words(verdictOf(orders())), { presence: 'lost absent' });
  });

  it('is found in several folders', () => {
    put(join(folder, 'a', 'x.dump'), PLAIN + PLAIN_END);
    put(join(folder, 'b', 'y.dump'), gzipSync(PLAIN + PLAIN_END));
    const resource = resourceOf('file.backups', { path: `${folder}/*/*.dump`, expect: { min_count: 2 } });
    assert.equal(words(verdictOf(resource))['content/count'], 'good');
    assert.deepEqual(words(verdictOf(resource, { depth: 'inspect' })), { 'content/complete': 'good' });
  });

  it('on a network mount that fstab wants and nobody mounted is blind, not absent', () => {
    const fstab = join(base.path, 'fstab');
    writeFileSync(fstab, `nas:/vault ${base.path} nfs4 _netdev 0 0\n`);
    const found = words(verdictOf(orders(), { system: { fstab } }));
    assert.equal(found['presence'], 'blind unreachable');
    assert.ok(Object.values(found).every((word) => word === 'blind unreachable'));
    const known = { mountPoint: base.path, type: 'cifs', source: '//nas/vault', device: '0:99' };
    assert.equal(words(verdictOf(orders(), { known }))['presence'], 'blind unreachable');
  });

  it('of a hundred thousand files is listed in reasonable time and memory', function () {
    this.timeout(120_000);
    for (let i = 0; i < 100_000; i++) writeFileSync(join(folder, `${i}.dump`), 'x');
    const past = (Date.now() - 2 * HOUR) / 1000;
    for (let i = 0; i < 100; i++) utimesSync(join(folder, `${i}.dump`), past, past);
    const before = process.memoryUsage().rss;
    const started = performance.now();
    const found = verdictOf(resourceOf('file.backups', { path: `${folder}/*.dump`, expect: { min_count: 100_000 } }));
    const took = performance.now() - started;
    assert.equal(words(found)['content/count'], 'good');
    assert.ok(took < 5000, `${took} ms`);
    assert.ok(process.memoryUsage().rss - before < 150 * 1024 * 1024);
  });
});

describe('a pattern of backups in the manifest', () => {
  const complaint = (path: string) => {
    try {
      resourceOf('file.backups', { path });
      return '';
    } catch (error) {
      return String(error);
    }
  };

  it('is refused where it cannot be listed whole or is not understood', () => {
    assert.match(complaint('/srv/**/x.dump'), /\*\* is refused/);
    assert.match(complaint('/srv/{a,b}.dump'), /is not understood/);
    assert.match(complaint('/srv/../x.dump'), /without \. and \.\./);
    assert.match(complaint('srv/x.dump'), /must be an absolute path/);
    assert.match(complaint('/srv/[a.dump'), /without its \]/);
    assert.equal(complaint('/srv/[a-z]*.dump'), '');
  });
});
