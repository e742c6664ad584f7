import assert from 'node:assert/strict';
import { Hush, REST_MS } from '../../../../probes/aws/events/hush.ts';

describe('what is heard of', () => {
  const make = (): Hush => new Hush((id) => id.slice(0, 1));

  it('may be looked at at once, and again only after a rest, once however often it was named meanwhile', () => {
    const hush = make();
    hush.add(['a1'], 0);
    assert.equal(hush.wait(0), 0);
    assert.deepEqual(hush.take(0), ['a1']);
    assert.equal(hush.wait(0), Infinity);
    for (let now = 1; now < REST_MS; now++) {
      hush.add(['a1'], now);
      assert.deepEqual(hush.take(now), []);
    }
    assert.equal(hush.wait(REST_MS - 1), 1);
    assert.deepEqual(hush.take(REST_MS), ['a1']);
    assert.deepEqual(hush.take(2 * REST_MS), [], 'and that is that');
  });

  it('of one listing is looked at a few times at once and then together, whoever names how many', () => {
    const hush = make();
    const nudges: string[][] = [];
    for (let now = 0; now < 60_000; now += 10) {
      hush.add([`a${now}`], now);
      const some = hush.take(now);
      if (some.length > 0) nudges.push(some);
    }
    assert.ok(nudges.length <= 3 + 60_000 / REST_MS, `${nudges.length} nudges`);
    assert.ok(nudges.length >= 60_000 / REST_MS);
  });

  it('of another listing does not wait for it', () => {
    const hush = make();
    for (let n = 0; n < 10; n++) {
      hush.add([`a${n}`], n);
      hush.take(n);
    }
    hush.add(['b1'], 20);
    assert.equal(hush.wait(20), 0);
    assert.deepEqual(hush.take(20), ['b1']);
  });

  it('says how long there is to wait, and is true to it', () => {
    const hush = make();
    for (let n = 0; n < 5; n++) {
      hush.add([`a${n}`], 0);
      hush.take(0);
    }
    const wait = hush.wait(0);
    assert.ok(wait > 0 && wait <= REST_MS);
    assert.deepEqual(hush.take(wait), ['a3', 'a4']);
  });
});
