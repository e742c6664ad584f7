import assert from 'node:assert/strict';
import { keyPattern, patternTrouble } from '../../../probes/aws/s3/pattern.ts';
import { aws } from '../../../probes/aws/index.ts';
import { createSystemClock } from '../../../src/adapters/clock-system.ts';
import type { Clock } from '../../../src/ports.ts';
import type { Facet } from '../../../src/probe.ts';
import { stubBuckets, type Mood } from '../../support/aws/kinds/s3-bucket.ts';
import { DENIED, Fault, startAwsStub, STUB_ACCOUNT, xml, type AwsStub, type StubAnswer } from '../../support/aws/stub.ts';
import { AWS_KEY, AwsWatcher, breachesOf } from '../../support/aws/watcher.ts';

const KIND = 'aws.s3.backups';
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

interface Stored {
  readonly Key: string;
  readonly Size: number;
  readonly LastModified: Date;
}

const night = (age: number, more: Partial<Stored> = {}): Stored => ({
  Key: `nightly/${10 - age}.dump`,
  Size: 1000,
  LastModified: new Date(Date.now() - age * DAY_MS - HOUR_MS),
  ...more,
});

describe('a set of backups in S3', () => {
  let stub: AwsStub;
  let mood: Mood;
  let objects: Stored[];
  let buckets: Map<string, { readonly created: Date }>;
  let answers: Record<string, StubAnswer>;

  beforeEach(async () => {
    stub = await startAwsStub();
    mood = {};
    objects = [0, 1, 2, 3, 4, 5, 6].map((age) => night(age));
    answers = {};
    buckets = new Map(['vault', 'other'].map((name) => [name, { created: new Date(Date.UTC(2024, 2, 1)) }]));
    stubBuckets(stub, buckets, mood);
    stub.on('s3:GET /vault/', ({ params }) => {
      if (!buckets.has('vault')) return new Fault('NoSuchBucket', 404);
      const scripted = Object.entries(answers).find(([question]) => question in params)?.[1];
      return scripted ?? listOf(objects);
    });
  });
  afterEach(async () => stub[Symbol.asyncDispose]());

  const listOf = (Contents: readonly Stored[], more: object = {}): StubAnswer =>
    xml('ListBucketResult', { Name: 'vault', IsTruncated: false, Contents, ...more });
  const watch = (expect: object = {}, more: object = {}, settings: object = {}, clock: Clock = createSystemClock(0)) =>
    new AwsWatcher(
      { account: STUB_ACCOUNT, region: 'eu-west-1', endpoint: stub.url, ...AWS_KEY, ...settings },
      [{ id: 'dumps', kind: KIND, entry: { bucket: 'vault', path: 'nightly/*.dump', expect, ...more } }],
      clock,
    );
  const fired = async (watcher: AwsWatcher, depth: 'sweep' | 'inspect' = 'sweep'): Promise<string[]> => {
    const looked = (await watcher.look(depth))['dumps'];
    const breaches = breachesOf(looked);
    return breaches.length > 0 ? breaches.map(({ kind, path, actual }) => `${kind} ${path} ${actual}`) : [...(looked?.words ?? [])];
  };

  const SWEPT: readonly (readonly [string, object, () => void, RegExp])[] = [
    [
      'too old',
      { newest_within: '26h' },
      () => void (objects = objects.slice(1, 7).map((one) => ({ ...one, LastModified: new Date(Date.now() - 2 * DAY_MS) }))),
      /^stale newest_within/,
    ],
    ['too few', { min_count: 7 }, () => void objects.pop(), /^diminished min_count 6$/],
    ['too small', { min_size: '1KiB' }, () => {}, /^diminished min_size 1000$/],
    ['empty, the newest', {}, () => objects.push(night(-0.01, { Key: 'nightly/11.dump', Size: 0 })), /^diminished min_size 0$/],
    [
      'half the size of those before',
      { max_shrink: '30%' },
      () => void (objects[0] = night(0, { Size: 500 })),
      /^diminished max_shrink 50$/,
    ],
    ['thinned out from behind', { min_reach: '6d' }, () => void objects.pop(), /^diminished min_reach/],
    [
      'written anew, all of them, by whoever encrypts in place',
      { max_written: { count: 2, within: '6h' } },
      () => void (objects = objects.map((one) => ({ ...one, LastModified: new Date() }))),
      /^diminished max_written 7$/,
    ],
  ];
  for (const [what, expect, harm, breach] of SWEPT)
    it(`${what}: a breach`, async () => {
      await using watcher = watch(expect);
      if (what !== 'too small') assert.deepEqual(await fired(watcher), ['good']);
      harm();
      const said = await fired(watcher);
      assert.equal(said.length, 1);
      assert.match(said[0] ?? '', breach);
    });

  it('counts what its pattern means, and nothing else below the prefix', async () => {
    objects.push(
      night(0, { Key: 'nightly/log.txt' }),
      night(0, { Key: 'nightly/old/1.dump' }),
      night(3, { Key: 'nightly/0.dump', Size: 0 }),
    );
    await using watcher = watch({ min_count: 8 });
    assert.deepEqual(await fired(watcher), ['diminished min_count 7']);
    const listed = stub.calls.find(({ action }) => action === 'GET /vault/');
    assert.deepEqual([listed?.params['prefix'], listed?.request.headers['x-amz-expected-bucket-owner']], ['nightly/', STUB_ACCOUNT]);
  });

  it('none of which matches is absent, with what else there is for a control', async () => {
    await using watcher = watch();
    await watcher.look();
    objects = [night(0, { Key: 'nightly/log.txt' })];
    const { words, reports } = (await watcher.look('sweep', 'fresh'))['dumps'] ?? { words: [], reports: [] };
    assert.deepEqual(words, ['lost:absent']);
    const [unseen] = reports;
    assert.ok(unseen?.kind === 'unseen' && unseen.listing.control.by === 'sibling');
  });

  it('whose bucket is gone is absent, by a list of all buckets', async () => {
    await using watcher = watch();
    await watcher.look();
    buckets.delete('vault');
    const { words, reports } = (await watcher.look('sweep', 'fresh'))['dumps'] ?? { words: [], reports: [] };
    assert.deepEqual(words, ['lost:absent']);
    const [unseen] = reports;
    assert.ok(unseen?.kind === 'unseen' && unseen.listing.control.by === 'builtin');
    assert.match(unseen.listing.control.what, /s3:ListBuckets by the same caller shows 1/);
  });

  it('whose bucket is said not to be there, and is listed, is blind', async () => {
    stub.on('s3:GET /vault/', new Fault('NoSuchBucket', 404));
    await using watcher = watch();
    assert.deepEqual(await fired(watcher), ['blind:protocol']);
  });

  it('in a bucket made anew under its name is an impostor, be every object there', async () => {
    await using watcher = watch();
    await watcher.look();
    buckets.set('vault', { created: new Date() });
    const identity = (await watcher.look())['dumps']?.outcomes.identity;
    assert.ok(identity?.is === 'lost' && identity.how === 'impostor');
  });

  it('is blind where the list goes on and does not say where, or is none', async () => {
    for (const answer of [listOf(objects, { IsTruncated: true }), { body: '<html></html>', headers: { 'content-type': 'text/html' } }]) {
      answers['list-type'] = answer;
      await using watcher = watch();
      assert.deepEqual(await fired(watcher), ['blind:protocol']);
    }
  });

  it('is read to its end, page by page, with keys that no XML could hold', async () => {
    stub.on('s3:GET /vault/', ({ params }) => {
      assert.equal(params['encoding-type'], 'url');
      const last = params['continuation-token'] === 'further';
      const odd = night(0, { Key: 'nightly/a%01+b%25.dump' });
      return last
        ? listOf([odd], { EncodingType: 'url' })
        : listOf(objects, { EncodingType: 'url', IsTruncated: true, NextContinuationToken: 'further' });
    });
    await using watcher = watch({ min_count: 8 });
    assert.deepEqual(await fired(watcher), ['good']);
  });

  it('of which there is more than one look may read is blind, and says what to do', async () => {
    stub.on('s3:GET /vault/', listOf(objects, { IsTruncated: true, NextContinuationToken: 'further' }));
    // Two hundred calls are paced over ten seconds: the pace is another test's affair.
    const clock = createSystemClock(0);
    const hurried: Clock = {
      ...clock,
      now: () => clock.now(),
      sleep: (ms, signal) => (ms < 30_000 ? Promise.resolve() : clock.sleep(ms, signal)),
    };
    await using watcher = watch({}, {}, { timeout: '60s' }, hurried);
    const looked = (await watcher.look())['dumps'];
    assert.deepEqual(looked?.words, ['good', 'blind:partial-answer']);
    const count = looked.outcomes['content/count'];
    assert.match(count?.is === 'blind' ? count.say : '', /more than 200000 objects below vault\/nightly\/: name a longer prefix/);
    assert.equal(stub.count('s3:GET /vault/'), 200);
  });

  describe('under lock', () => {
    const locks = new Map<string, StubAnswer>();
    const until = (Mode: string, ms: number) => xml('Retention', { Mode, RetainUntilDate: new Date(Date.now() + ms) });
    const expect = { lock: { left: '7d', newest: 3 } };
    beforeEach(() => {
      locks.clear();
      for (const { Key } of objects) {
        locks.set(Key, until('COMPLIANCE', 30 * DAY_MS));
        stub.on(`s3:GET /vault/${Key}`, () => locks.get(Key) ?? DENIED);
      }
    });

    it('is asked of the newest that a restore takes, and of no other', async () => {
      await using watcher = watch(expect);
      locks.set('nightly/7.dump', until('COMPLIANCE', 0));
      assert.deepEqual(await fired(watcher, 'inspect'), ['good']);
      assert.equal(stub.calls.filter(({ params }) => 'retention' in params).length, 3);
    });

    for (const [what, answer] of [
      ['shorter than wanted', until('COMPLIANCE', 6 * DAY_MS)],
      ['only in GOVERNANCE mode', until('GOVERNANCE', 30 * DAY_MS)],
      ['over', until('COMPLIANCE', -DAY_MS)],
      ['not there', new Fault('NoSuchObjectLockConfiguration', 404)],
      ['not possible in this bucket', new Fault('InvalidRequest', 400, 'Bucket is missing Object Lock Configuration')],
    ] as const)
      it(`${what} for one of them: exposed`, async () => {
        locks.set('nightly/8.dump', answer);
        await using watcher = watch(expect);
        assert.match((await fired(watcher, 'inspect'))[0] ?? '', /^exposed lock/);
      });

    it('that may not be asked for is blind, not open', async () => {
      locks.set('nightly/8.dump', DENIED);
      await using watcher = watch(expect);
      assert.deepEqual(await fired(watcher, 'inspect'), ['blind:denied']);
    });

    it('in GOVERNANCE mode will do where the manifest says so', async () => {
      for (const { Key } of objects) locks.set(Key, until('GOVERNANCE', 30 * DAY_MS));
      await using watcher = watch({ lock: { mode: 'governance', left: '7d' } });
      assert.deepEqual(await fired(watcher, 'inspect'), ['good']);
    });
  });

  describe('below delete markers', () => {
    const markedAt = new Date(Date.UTC(2026, 0, 10));
    const versions = (marked: readonly Stored[]) =>
      xml('ListVersionsResult', {
        Name: 'vault',
        IsTruncated: false,
        Version: [...objects, ...marked].map((one) => ({ ...one, VersionId: 'v', IsLatest: objects.includes(one) })),
        DeleteMarker: marked.map(({ Key }) => ({ Key, VersionId: 'm', IsLatest: true, LastModified: markedAt })),
      });
    const presence = async (watcher: AwsWatcher) => {
      const found = (await watcher.look('sweep', 'fresh'))['dumps']?.outcomes.presence;
      assert.ok(found?.is === 'lost', JSON.stringify(found));
      return found;
    };

    it('all of it: doomed, with how to undo it, and until when where a rule deletes old versions', async () => {
      await using watcher = watch();
      await watcher.look();
      const marked = objects.splice(0);
      answers = { versions: versions(marked), lifecycle: new Fault('NoSuchLifecycleConfiguration', 404) };
      const forever = await presence(watcher);
      assert.deepEqual([forever.how, forever.undoBefore], ['doomed', undefined]);
      assert.match(forever.undo ?? '', /aws s3api delete-object --bucket vault --key nightly\/10.dump --version-id m/);
      answers['lifecycle'] = xml('LifecycleConfiguration', {
        Rule: { Status: 'Enabled', Filter: {}, NoncurrentVersionExpiration: { NoncurrentDays: 14 } },
      });
      assert.equal((await presence(watcher)).undoBefore, markedAt.getTime() + 14 * DAY_MS);
    });

    it('all of it, with the versions gone too, or not to be seen: absent', async () => {
      await using watcher = watch();
      await watcher.look();
      objects = [];
      for (const answer of [versions([]), DENIED]) {
        answers['versions'] = answer;
        assert.equal((await presence(watcher)).how, 'absent');
      }
    });

    it('a part of it: fewer than declared, and where the manifest asks, that they can be had back', async () => {
      await using watcher = watch({ min_count: 7, max_delete_markers: 0 });
      answers['versions'] = versions([]);
      assert.deepEqual(await fired(watcher, 'inspect'), ['good']);
      answers['versions'] = versions(objects.splice(0, 2));
      assert.deepEqual(await fired(watcher), ['diminished min_count 5']);
      assert.deepEqual(await fired(watcher, 'inspect'), ['diminished max_delete_markers 2']);
    });
  });

  describe('with a key that is good for one bucket of a store', () => {
    const settings = { account: undefined, sts: 'off', canary: { bucket: 'vault', key: 'canary.txt', etag: 'abc' } };
    beforeEach(() => {
      stub.on('s3:HEAD /vault/canary.txt', { headers: { etag: '"abc"' } });
      stub.on('s3:GET /', DENIED);
    });

    it('is seen', async () => {
      await using watcher = watch({}, {}, settings);
      assert.deepEqual(await fired(watcher), ['good']);
    });

    it('is absent where something else is in the bucket, and blind where nothing is', async () => {
      await using watcher = watch({}, {}, settings);
      await watcher.look();
      stub.on('s3:GET /vault/', ({ params }) => listOf('prefix' in params ? [] : [night(0, { Key: 'canary.txt' })]));
      assert.deepEqual(await fired(watcher), ['lost:absent']);
      stub.on('s3:GET /vault/', listOf([]));
      assert.deepEqual(await fired(watcher), ['blind:partial-answer']);
    });
  });

  it('of two buckets: one throttled leaves the other as it is', async () => {
    stub.on('s3:GET /other/', new Fault('SlowDown', 503));
    const entry = (bucket: string) => ({ id: bucket, kind: KIND, entry: { bucket, path: 'nightly/*.dump' } });
    const connection = { account: STUB_ACCOUNT, region: 'eu-west-1', endpoint: stub.url, ...AWS_KEY };
    await using watcher = new AwsWatcher(connection, [entry('vault'), entry('other')]);
    const { vault, other } = await watcher.look();
    assert.deepEqual([vault?.words, other?.words], [['good'], ['blind:throttled']]);
  });

  it('asks for reading no object, only for how it is locked', async () => {
    await using watcher = watch({ lock: { left: '1d' } });
    const rights = aws.needs(watcher.resources.map(({ id, kind, target, checks }) => ({ id, kind, target, checks })));
    const said = rights.map(({ right, on }) => `${right} ${on}`);
    assert.ok(said.includes('s3:ListBucket arn:aws:s3:::vault') && said.includes('s3:GetObjectRetention arn:aws:s3:::vault/*'));
    assert.ok(!said.some((right) => right.startsWith('s3:GetObject ')));
  });
});

describe('a pattern of keys', () => {
  const CASES: readonly (readonly [string, string, readonly string[], readonly string[]])[] = [
    ['nightly/*.dump', 'nightly/', ['nightly/1.dump', 'nightly/.dump'], ['nightly/a/1.dump', 'nightly/1.dumpx', 'xnightly/1.dump']],
    ['pg/**/base.tar', 'pg/', ['pg/base.tar', 'pg/1/2/base.tar'], ['pg/1/xbase.tar', 'base.tar']],
    ['pg/**', 'pg/', ['pg/1/2'], ['p/1']],
    ['a/?[0-9][!x].gz', 'a/', ['a/b1y.gz'], ['a/b1x.gz', 'a//1y.gz', 'a/bay.gz', 'a/b1/.gz']],
    ['one.tar.gz', 'one.tar.gz', ['one.tar.gz'], ['oneXtar.gz']],
    ['a+b(c)/*', 'a+b(c)/', ['a+b(c)/d'], ['aab(c)/d']],
  ];
  for (const [pattern, prefix, yes, no] of CASES)
    it(`${pattern} lists ${prefix}`, () => {
      const { prefix: listed, matches } = keyPattern(pattern);
      assert.equal(listed, prefix);
      for (const key of yes) assert.ok(matches(key), key);
      for (const key of no) assert.ok(!matches(key), key);
    });

  for (const [pattern, complaint] of [
    ['/a', /without a slash/],
    ['{a,b}', /one resource per pattern/],
    ['a[b', /a \[ without its \]/],
    ['a***', /no more than two/],
  ] as const)
    it(`${pattern} is refused`, () => {
      const kind = aws.kinds.get(KIND);
      const parsed = kind?.compile(kind.entry.parse({ bucket: 'vault', path: pattern }));
      assert.match(JSON.stringify(parsed), complaint);
      assert.match(patternTrouble(pattern) ?? '', complaint);
    });

  const facets: readonly Facet[] = ['content/count', 'content/size'];
  it('alone is expected to have one object that is not empty', () => {
    const kind = aws.kinds.get(KIND);
    const parsed = kind?.compile(kind.entry.parse({ bucket: 'vault', path: 'a/*' }));
    assert.deepEqual(parsed?.ok && parsed.value.checks.map(({ facet }) => facet), facets);
  });
});
