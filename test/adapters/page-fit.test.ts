import assert from 'node:assert/strict';
import { fitPage, jsonBytes } from '../../src/adapters/page-fit.ts';
import { makePage, makePrintedResource } from '../support/page.ts';

describe('a page cut to a size', () => {
  const resources = Array.from({ length: 40 }, (_, index) => makePrintedResource({ id: `db-é-${index}` }));
  const page = makePage({ resources });

  it('is the page itself where it fits', () => {
    assert.equal(fitPage(page, jsonBytes(page)), page);
    assert.equal('truncated' in fitPage(page, jsonBytes(page)), false);
  });

  it('keeps the first resources that fit, says that it was cut, and counts all', () => {
    for (let max = jsonBytes(page) - 1; max > 2000; max -= 997) {
      const cut = fitPage(page, max);
      assert.ok(jsonBytes(cut) <= max);
      assert.ok(jsonBytes({ ...cut, resources: resources.slice(0, cut.resources.length + 1) }) > max - 1, 'no room is left unused');
      assert.deepEqual(cut.resources, resources.slice(0, cut.resources.length));
      assert.equal(cut.truncated, true);
      assert.equal(cut.total, 40);
    }
  });

  it('keeps its summary where no resource fits', () => {
    const cut = fitPage(page, 10);
    assert.deepEqual(cut.resources, []);
    assert.equal(cut.summary, page.summary);
  });
});
