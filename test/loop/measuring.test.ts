import assert from 'node:assert/strict';
import type { Resource } from '../../src/core/expectation.ts';
import type { Sample } from '../../src/core/trend.ts';
import type { Journal } from '../../src/loop/journal.ts';
import { Measuring } from '../../src/loop/measuring.ts';
import { after, makeResource, seen } from '../support/roll.ts';

const MINUTE = 60_000;

function make(count: number) {
  const samples: [string, Sample][] = [];
  const measuring = new Measuring({ sample: (id: string, sample: Sample) => samples.push([id, sample]) } as unknown as Journal);
  const resources = new Map<string, Resource>(Array.from({ length: count }, (_, n) => [`r${n}`, makeResource({ id: `r${n}` })]));
  const look = (id: string, value: number, news = false): void =>
    measuring.look(makeResource({ id }), [seen({ id, measures: { size: { value, unit: 'bytes', how: 'exact' } } })], 'sweep', news);
  return { samples, measuring, resources, look };
}

describe('what looks measure', () => {
  it('is written down at first, then every quarter of an hour where it moves, and at once where the verdict may have changed', () => {
    const { samples, measuring, resources, look } = make(1);
    const values = () => samples.map(([, { measures }]) => measures['size']?.value);
    look('r0', 1);
    measuring.tick(resources, after(0));
    look('r0', 2);
    measuring.tick(resources, after(MINUTE));
    assert.deepEqual(values(), [1]);
    measuring.tick(resources, after(16 * MINUTE));
    assert.deepEqual(values(), [1, 2]);
    measuring.tick(resources, after(60 * MINUTE));
    assert.deepEqual(values(), [1, 2], 'nothing has moved');
    look('r0', 3);
    measuring.tick(resources, after(61 * MINUTE));
    look('r0', 0, true);
    measuring.tick(resources, after(62 * MINUTE));
    assert.deepEqual(values(), [1, 2, 3, 0]);
  });

  it('is written down for forty at a time, every one in its turn', () => {
    const { samples, measuring, resources, look } = make(1000);
    for (const id of resources.keys()) look(id, 1);
    for (let turn = 0; turn < 25; turn++) {
      measuring.tick(resources, after(turn * 2000));
      measuring.tick(resources, after(turn * 2000 + 1000));
      assert.equal(samples.length, (turn + 1) * 40);
    }
    assert.equal(new Set(samples.map(([id]) => id)).size, 1000);
  });

  it('is written down before an end, all that has moved', () => {
    const { samples, measuring, resources, look } = make(300);
    for (const id of resources.keys()) look(id, 1);
    measuring.flush(resources, after(0));
    look('r7', 2);
    measuring.flush(resources, after(1000));
    assert.equal(samples.length, 301);
  });

  it('is forgotten of what has left the roll', async () => {
    const { samples, measuring, resources, look } = make(1);
    look('gone', 1);
    measuring.tick(resources, after(0));
    assert.deepEqual(samples, []);
    assert.deepEqual(await measuring.of(undefined, undefined, async () => ({})), []);
  });
});
