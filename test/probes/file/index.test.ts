import assert from 'node:assert/strict';
import * as z from 'zod';
import { file } from '../../../probes/file/index.ts';
import { resourceOf, wantedOf } from './helpers.ts';

describe('the file probe', () => {
  it('has its timeout from the connection, five seconds unless stated', () => {
    assert.deepEqual(file.connection.parse({}), { timeout: 5000, roots: [] });
    assert.deepEqual(file.connection.parse({ timeout: '2s' }), { timeout: 2000, roots: [] });
    assert.ok(!file.connection.safeParse({ timeout: '1ms' }).success);
    assert.ok(!file.connection.safeParse({ timout: '2s' }).success);
  });

  it('has a JSON Schema of each kind', () => {
    for (const [name, kind] of file.kinds) {
      const schema = z.toJSONSchema(kind.entry, { io: 'input' });
      assert.deepEqual(schema.required, ['path'], name);
    }
  });

  it('accepts the entries of the public interface', () => {
    const backups = resourceOf('file.backups', {
      path: '/srv/vault/orders/*.dump',
      expect: { newest_within: '26h', min_count: 7, min_size: '1MiB', max_shrink: '50%' },
    });
    const measured = backups.checks.map(({ path, measure, breach }) => `${path} ${measure} ${breach}`);
    assert.deepEqual(measured, [
      'min_count count diminished',
      'min_size newest_size diminished',
      'newest_within newest_age stale',
      'max_shrink newest_share diminished',
      'complete damage diminished',
      'min_count whole diminished',
    ]);
    const volume = resourceOf('file.volume', {
      path: '/srv/data',
      expect: { mounted: true, min_used: '1GiB', contains: ['pgdata/PG_VERSION'] },
    });
    assert.deepEqual(
      volume.checks.map(({ path }) => path),
      ['mounted', 'min_used', 'contains.pgdata/PG_VERSION'],
    );
  });

  it('needs to read and search, and nothing that changes anything', () => {
    const rights = file.needs([wantedOf(resourceOf('file.backups', { path: '/srv/vault/orders/*.dump' }))]);
    assert.deepEqual(
      rights.map(({ right, on }) => `${right}: ${on}`),
      [
        'search: every folder above /srv/vault/orders',
        'read: /srv/vault',
        'read and search: /srv/vault/orders',
        'read: /srv/vault/orders/*.dump',
      ],
    );
  });
});
