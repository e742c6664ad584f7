import assert from 'node:assert/strict';
import { dueFacets, expectedFacets, perChecks } from '../../src/core/expectation.ts';
import { makeCheck } from '../support/roll.ts';

describe('what a resource must answer for', () => {
  it('is that it is there and which one it is, by every sweep, whatever else is asked', () => {
    assert.deepEqual(
      [...expectedFacets({ checks: [] })],
      [
        ['presence', 'sweep'],
        ['identity', 'sweep'],
      ],
    );
    assert.deepEqual([dueFacets({ checks: [] }, 'sweep'), dueFacets({ checks: [] }, 'inspect')], [['presence', 'identity'], []]);
  });

  it('is each facet of its checks once, at the depth at which that is looked at', () => {
    const checks = [makeCheck(), makeCheck({ path: 'again' }), makeCheck({ facet: 'precursor/activity', depth: 'sweep' })];
    assert.deepEqual(dueFacets({ checks }, 'sweep'), ['presence', 'identity', 'precursor/activity']);
    assert.deepEqual(dueFacets({ checks }, 'inspect'), ['content/t']);
  });
});

describe('what follows from the checks alone', () => {
  it('is worked out once for each list of checks, and not taken from another', () => {
    const asked: number[] = [];
    const count = perChecks((checks) => {
      asked.push(checks.length);
      return { checks: checks.length };
    });
    const [one, two] = [[makeCheck()], [makeCheck(), makeCheck()]];
    assert.deepEqual([count(one), count(two), count(one)], [{ checks: 1 }, { checks: 2 }, { checks: 1 }]);
    assert.deepEqual(asked, [1, 2]);
  });
});
