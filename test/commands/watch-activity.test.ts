import assert from 'node:assert/strict';
import { runCli, startCli } from '../support/cli.ts';
import { about, startPostBox } from '../support/post.ts';
import { startPostgres } from '../support/postgres.ts';
import { database, Site } from '../support/site.ts';

describe('rollcall watch, between two inspections', function () {
  this.timeout(120_000);

  it('pages an emptied table within seconds, because a sweep saw the rows go', async () => {
    await using pg = await startPostgres();
    await using box = await startPostBox();
    await pg.query('create database shop');
    await pg.query('create table t as select generate_series(1, 500) as id', 'shop');
    const expect = { tables: { 'public.t': { max_shrink: '5%' } } };
    using site = new Site({ pgUrl: pg.url(), pageUrl: box.url, resources: [database('shop', { inspect: '1h', expect })] });
    await using daemon = startCli(['watch'], { cwd: site.path });
    await daemon.says('"watching"');
    const verdict = async () => {
      const { stdout } = await runCli(['status', '--json'], { cwd: site.path });
      return (JSON.parse(stdout) as { resources: { verdict: string }[] }).resources[0]?.verdict;
    };
    while ((await verdict()) !== 'present');
    await pg.query('delete from t', 'shop');
    const began = performance.now();
    const page = await box.page(about('shop', 'degraded'));
    assert.match(page.summary, /public\.t shrank from 500 to 0 rows/);
    assert.ok(performance.now() - began < 90_000, 'an hour before its turn');
  });
});
