import assert from 'node:assert/strict';
import { bench } from '../../bench/bench.ts';
import { compare, type Side } from '../../bench/row.ts';
import { printTable } from '../../bench/table.ts';

// Three seconds hold a sweep of either side, however late on a busy machine.
const TINY = { drops: 1, seconds: 3, starts: 1, hours: 1 };

describe('bench', () => {
  it('measures a daemon beside its floors, both sides of every ratio in one run', async function () {
    this.timeout(240_000);
    const rows = await bench('run-test', { names: ['aws', 'check', 'day', 'drop-to-page', 'load'], sizes: [1] }, TINY, () => {});
    assert.deepEqual([...new Set(rows.map(({ scenario }) => scenario))].sort(), ['aws', 'check', 'day', 'drop-to-page', 'load']);
    for (const { figure, on, subject, floor } of rows) {
      assert.deepEqual([subject.run, floor.run], ['run-test', 'run-test'], `${on}: ${figure}`);
      assert.ok(Number.isFinite(subject.value) && Number.isFinite(floor.value), `${on}: ${figure} is ${subject.value} and ${floor.value}`);
    }
    const calls = rows.find(({ figure }) => figure === 'calls per sweep');
    assert.deepEqual([calls?.subject.value, calls?.target?.met], [1, true]);
    const sweeps = rows.find(({ figure }) => figure === 'sweeps per minute');
    assert.ok(sweeps && sweeps.subject.value > 0 && sweeps.floor.value > 0, 'both sides looked while they were measured');
    assert.match(printTable(rows), /drop-to-page {2}1 database, sweep 1 s/);
  });

  it('refuses a ratio of two runs', () => {
    const side = (run: string): Side => ({ name: 'any', run, value: 1 });
    const about = { scenario: 'any', on: 'any', figure: 'any', unit: 's' };
    assert.equal(compare(about, side('a'), side('a')).ratio, 1);
    assert.throws(() => compare(about, side('a'), side('b')), /two runs/);
  });

  it('says which scenarios there are where one is misspelt, before it starts anything', async () => {
    await assert.rejects(
      bench('run-test', { names: ['droptopage'], sizes: [] }, TINY, () => {}),
      /no such scenario: droptopage.*drop-to-page/,
    );
  });
});
