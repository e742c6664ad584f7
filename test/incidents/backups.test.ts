import assert from 'node:assert/strict';
import { readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder } from '../support/folder.ts';
import { startPostgres } from '../support/postgres.ts';
import { about } from '../support/post.ts';
import { backups, database, Site, volume } from '../support/site.ts';
import { replay } from './replay.ts';

const DUMP = `--\n-- PostgreSQL database dump\n--\n\n${'SELECT 1;\n'.repeat(500)}\n--\n-- PostgreSQL database dump complete\n--\n\n`;

/** Seven nightly dumps below `folder`, the newest an hour old. */
function writeDumps(folder: Site, name: string): string {
  for (let age = 0; age < 7; age++) {
    const at = new Date(Date.now() - age * 86_400_000 - 3_600_000);
    utimesSync(folder.write(`${name}/night-${age}.dump`, DUMP), at, at);
  }
  return join(folder.path, name);
}

describe('incidents that struck backups, replayed', function () {
  this.timeout(120_000);

  it('PocketOS 2026: database, dumps and volume in one go are three losses, told within seconds', async () => {
    await using pg = await startPostgres();
    await pg.query('create database pocketos');
    using vault = new Site();
    const dumps = writeDumps(vault, 'vault');
    vault.write('data/pgdata/PG_VERSION', '18\n');
    await using scene = await replay({
      pgUrl: pg.url(),
      resources: [
        database('pocketos', { protected_by: ['dumps'] }),
        backups('dumps', `${dumps}/*.dump`, { expect: { newest_within: '26h', min_count: 7 } }),
        volume('data', join(vault.path, 'data'), { expect: { contains: ['pgdata/PG_VERSION'] } }),
      ],
    });
    const { fired } = await scene.strike(async () => {
      await pg.query('drop database pocketos with (force)');
      for (const name of readdirSync(dumps)) rmSync(join(dumps, name));
      rmSync(join(vault.path, 'data'), { recursive: true });
    });
    assert.match(fired[0] ?? '', /^(pocketos: (absent|doomed)|dumps: (absent|degraded)|data: absent)$/);
    await scene.page(about('pocketos', 'absent'));
    await scene.page(about('dumps', 'absent'));
    await scene.page(about('data', 'absent'));
    const page = scene.box.pages.find(about('pocketos', 'absent'));
    assert.deepEqual(page?.resources.find(({ id }) => id === 'pocketos')?.protected_by, ['dumps']);
  });

  it('Code Spaces 2014: the backups go first, one by one, while everything else still runs', async () => {
    using vault = new Site();
    const folder = makeFolder();
    const onsite = writeDumps(vault, 'onsite');
    const offsite = writeDumps(vault, 'offsite');
    await using scene = await replay({
      resources: [
        backups('onsite', `${onsite}/*.dump`, { expect: { min_count: 7 } }),
        backups('offsite', `${offsite}/*.dump`, { expect: { min_count: 7 } }),
        volume('live', folder.path),
      ],
    });
    const { page: thinned, fired } = await scene.strike(() => rmSync(join(onsite, 'night-6.dump')));
    assert.deepEqual(fired, ['onsite: diminished min_count']);
    assert.match(thinned.summary, /has 6 (whole )?backups/);
    rmSync(onsite, { recursive: true });
    rmSync(offsite, { recursive: true });
    const worse = await scene.page(about('onsite', 'absent'));
    assert.notEqual(worse.dedup_key, thinned.dedup_key, 'a graver class has a key of its own');
    await scene.page(about('offsite', 'absent'));
    assert.equal(scene.box.pages.some(about('live')), false);
    folder.remove();
  });

  it('claude-code #27448: backups are turned off first, and that is told while the database file is still there', async () => {
    using vault = new Site();
    const app = makeFolder();
    const dumps = writeDumps(vault, 'dumps');
    writeFileSync(join(app.path, 'tickets.db'), 'SQLite format 3\0');
    await using scene = await replay({
      resources: [
        backups('dumps', `${dumps}/*.dump`, { expect: { newest_within: '26h' } }),
        volume('app', app.path, { expect: { contains: ['tickets.db'] } }),
      ],
    });
    // A night passes, and another, and no dump comes: what there is only ages.
    const { fired, page } = await scene.strike(() => {
      for (const name of readdirSync(dumps)) {
        const then = new Date(statSync(join(dumps, name)).mtimeMs - 2 * 86_400_000);
        utimesSync(join(dumps, name), then, then);
      }
    });
    assert.deepEqual(fired, ['dumps: stale newest_within']);
    assert.equal(page.severity, 'warning');
    assert.equal(scene.box.pages.some(about('app')), false, 'nothing has been lost yet');
    rmSync(join(app.path, 'tickets.db'));
    const lost = await scene.page(about('app', 'degraded'));
    assert.equal(lost.severity, 'critical');
    app.remove();
  });
});
