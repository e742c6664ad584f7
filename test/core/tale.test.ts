import assert from 'node:assert/strict';
import { newFacet, type FacetState } from '../../src/core/facet.ts';
import type { HarmClass, Outcome } from '../../src/core/outcome.ts';
import { isMore, tale } from '../../src/core/tale.ts';
import { ABSENT, DOOMED, GOOD, IMPOSTOR } from '../support/roll.ts';

const facet = (outcome: Outcome, harm: HarmClass, standing: FacetState['standing'] = 'bad'): FacetState => ({
  ...newFacet(),
  standing,
  harm,
  outcome,
});
const worn = (actual: number, kind: 'diminished' | 'stale' = 'diminished', path = 'p'): FacetState =>
  facet({ is: 'breach', breaches: [{ kind, path, what: '', expected: 10, actual, severity: 'critical' }] }, 'critical');
const lost = (outcome: Outcome): FacetState => facet(outcome, 'lost');

describe('what is told of bad facets', () => {
  it('names each by how it is lost or which demands it breaks, and says where it was emptied; the others say nothing', () => {
    const facets = { presence: lost(ABSENT), 'content/t': worn(5), 'content/u': worn(0), identity: facet(GOOD, 'lost', 'good') };
    assert.equal(tale(facets), 'presence absent\ncontent/t p\ncontent/u p emptied');
    assert.equal(tale({ 'content/t': facet(GOOD, 'critical') }), 'content/t');
  });

  it('is more where another facet is struck, what shrank is emptied, or a deletion announced is done', () => {
    for (const [before, now, harm] of [
      [{ 'content/t': worn(5) }, { 'content/t': worn(5), 'content/u': worn(5) }, 'critical'],
      [{ 'content/t': worn(5) }, { 'content/t': worn(0) }, 'critical'],
      [{ presence: lost(DOOMED) }, { presence: lost(ABSENT) }, 'lost'],
      [{ presence: lost(DOOMED) }, { identity: lost(IMPOSTOR) }, 'lost'],
    ] as const) {
      assert.equal(isMore(before, now, harm), true);
      assert.equal(isMore(now, before, harm), false, 'the way back is less');
    }
  });

  it('is no more where it stands as it stood, wears another face, breaks another demand, weighs less or is only suspected', () => {
    for (const [before, now, harm] of [
      [{ 'content/t': worn(5) }, { 'content/t': worn(5) }, 'critical'],
      [{ 'content/t': worn(5) }, { 'content/t': worn(4, 'diminished', 'q') }, 'critical'],
      [{ presence: lost(ABSENT) }, { identity: lost(IMPOSTOR) }, 'lost'],
      [{ presence: lost(ABSENT) }, { presence: lost(DOOMED) }, 'lost'],
      [{ presence: lost(ABSENT) }, { presence: lost(ABSENT), 'content/t': worn(5) }, 'lost'],
      [{ 'freshness/a': worn(5, 'stale') }, { 'freshness/a': worn(0, 'stale') }, 'critical'],
      [{ 'content/t': worn(5) }, { 'content/t': worn(5), 'content/u': { ...worn(5), standing: 'suspect' } }, 'critical'],
    ] as const)
      assert.equal(isMore(before, now, harm), false, JSON.stringify([tale(before), tale(now)]));
  });
});
