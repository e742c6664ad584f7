import assert from 'node:assert/strict';
import { mysql } from '../../../probes/mysql/index.ts';

const kind = mysql.kinds.get('mysql.database');
assert.ok(kind);

function complaints(entry: object): string[] {
  const read = kind?.entry.safeParse({ name: 'orders', ...entry });
  if (read && !read.success) return read.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  const compiled = kind?.compile(read?.data);
  return compiled?.ok === false ? compiled.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) : [];
}

describe('a mysql.database of the manifest', () => {
  for (const [why, entry, wanted] of [
    ['a name longer than the server keeps', { name: 'a'.repeat(65) }, /^name: must be at most 64 characters long$/],
    ['a name that no server can have', { name: 'a\u{1f600}' }, /^name: must be without NUL and without characters beyond U\+FFFF$/],
    ['a name that ends in a space', { name: 'a ' }, /^name: must not end in a space/],
    ['an identity that is no UUID', { identity: { server_uuid: '7' } }, /^identity\.server_uuid: must be a UUID, as SELECT @@server_uuid/],
    [
      'objects of which nothing is said',
      { expect: { objects: { tables: {} } } },
      /^expect\.objects\.tables: must say min, max_shrink or both$/,
    ],
    ['a size, which MySQL only guesses', { expect: { max_shrink: '10%' } }, /Unrecognized key: "max_shrink"/],
    ['a date without a time', { expect: { tables: { t: { fresh: { column: 'at' } } } } }, /^expect\.tables\.t\.fresh\.within: /],
  ] satisfies [string, object, RegExp][])
    it(`is refused with ${why}`, () => {
      const [first, ...rest] = complaints(entry);
      assert.match(first ?? 'no complaint', wanted);
      assert.deepEqual(rest, []);
    });

  it('measures each of its checks by a facet that is looked at, and is asked whether it is empty whatever is declared', () => {
    const compiled = kind.compile(kind.entry.parse({ name: 'orders', identity: { server_uuid: 'AAAAAAAA-0000-0000-0000-000000000000' } }));
    assert.ok(compiled.ok);
    const { checks, identity, vantageKey } = compiled.value;
    assert.deepEqual(identity, { server_uuid: 'aaaaaaaa-0000-0000-0000-000000000000' });
    assert.equal(vantageKey, 'server_uuid');
    assert.deepEqual(
      checks.map(({ path, depth }) => [path, depth]),
      [
        ['activity', 'sweep'],
        ['activity.drops', 'sweep'],
        ['objects.tables', 'inspect'],
      ],
    );
  });
});

describe('a mysql connection', () => {
  it('refuses what would be another place for a setting, or would lock the watcher out', async () => {
    for (const [url, wanted] of [
      ['mysql://w:p@db/app', /names a database/],
      ['mysql://w:p@db?ssl=0', /has parameters/],
      ['postgres://w:p@db', /must begin with mysql:\/\//],
      ['mysql://db', /must name a host and a user/],
    ] as const) {
      const { Watcher } = await import('./helpers.ts');
      await using watcher = new Watcher(url, { app: { name: 'app' } });
      const [report] = await watcher.reports('sweep');
      assert.ok(report?.kind === 'blind' && report.reason === 'protocol');
      assert.match(report.evidence.excerpt, wanted);
      assert.ok(!report.evidence.excerpt.includes(url));
    }
  });

  it('will not verify an address by name', async () => {
    const { Watcher } = await import('./helpers.ts');
    await using watcher = new Watcher('mysql://w:p@192.0.2.1', { app: { name: 'app' } });
    const [report] = await watcher.reports('sweep');
    assert.match(report?.kind === 'blind' ? report.evidence.excerpt : '', /is an address and no name: say tls\.servername/);
  });
});
