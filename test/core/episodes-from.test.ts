import assert from 'node:assert/strict';
import { episodesFrom } from '../../src/core/episodes-from.ts';

const DAY = 86_400_000;
const AT = { wall: 20_000 * DAY + DAY / 2, steady: 1 };

describe('what episodes are counted on from', () => {
  it('is what an earlier start kept, whatever else is known', () => {
    assert.equal(episodesFrom({ episodes_from: '7' }, 1, AT), 7);
    assert.equal(episodesFrom({ episodes_from: '7', forgotten: 'all' }, 3, AT), 7);
    assert.equal(episodesFrom({ episodes_from: '0', roll: '[]' }, 3, AT), 0);
  });

  it('is nothing for a store that remembers its roll, and for one that is new', () => {
    assert.equal(episodesFrom({ roll: '[]' }, 3, AT), 0);
    assert.equal(episodesFrom({ roll: '[]', forgotten: 'all' }, 1, AT), 0);
    assert.equal(episodesFrom({}, 1, AT), 0);
  });

  it('is the day, the whole day, for one that has forgotten what it knew', () => {
    assert.equal(episodesFrom({}, 2, AT), 20_000);
    assert.equal(episodesFrom({ forgotten: 'all' }, 1, AT), 20_000);
    assert.equal(episodesFrom({}, 2, { ...AT, wall: 20_000 * DAY }), 20_000);
    assert.equal(episodesFrom({}, 2, { ...AT, wall: 20_001 * DAY - 1 }), 20_000);
  });
});
