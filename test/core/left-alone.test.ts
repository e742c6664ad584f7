import assert from 'node:assert/strict';
import { leftAlone, saidAlike } from '../../src/core/calm.ts';
import type { FacetState } from '../../src/core/facet.ts';
import { BLANK } from '../../src/core/memory.ts';
import type { Measure, Seen } from '../../src/core/report.ts';
import type { ResourceState } from '../../src/core/state.ts';
import { after, BLIND, breach, exactly, GOOD, Machine, makeEvidence, seen } from '../support/roll.ts';

/** A resource that has been good for so long that nothing is counted any more, before and after one more look. */
function calm(): { before: ResourceState; later: ResourceState } {
  const machine = new Machine();
  for (let look = 0; look < 120; look++) machine.wait(2000).sweep(GOOD);
  const before = machine.state;
  return { before, later: machine.wait(2000).sweep(GOOD).state };
}
const known = (state: ResourceState, memory = BLANK) => ({ state, memory });

describe('a look that left everything as it was', () => {
  const { before, later } = calm();
  const left = (was: ResourceState, is: ResourceState) => leftAlone(known(was), known(is));
  /** The same state, one facet of it otherwise. */
  const otherwise = (state: ResourceState, more: Partial<FacetState>, name = 'identity'): ResourceState => {
    const facet = state.facets[name];
    assert.ok(facet);
    return { ...state, facets: { ...state.facets, [name]: { ...facet, ...more } } };
  };

  it('is one of many in a row that found all good, and no other', () => {
    assert.equal(left(before, later), true);
    const young = new Machine().sweep(GOOD);
    const first = young.state;
    assert.equal(left(first, young.wait(2000).sweep(GOOD).state), false, 'good looks are still counted');
  });

  it('is none that left a harm, a blindness or another memory', () => {
    assert.equal(left(before, { ...later, harm: 'warning' }), false);
    assert.equal(left(before, { ...later, blind: true }), false);
    assert.equal(leftAlone(known(before), known(later, { ...BLANK })), false, 'remembered anew');
  });

  it('is none that left one facet more, less or of another name', () => {
    const { presence } = later.facets;
    assert.ok(presence);
    assert.equal(left(before, { ...later, facets: { ...later.facets, 'content/t': presence } }), false);
    assert.equal(left(before, { ...later, facets: { presence } }), false);
    assert.equal(left({ ...before, facets: { presence } }, { ...later, facets: { presence } }), true, 'one alone');
    assert.equal(left(before, { ...later, facets: { presence, other: presence } }), false);
    assert.equal(left({ ...before, facets: {} }, { ...later, facets: {} }), true);
  });

  it('is none after which anything of any facet is otherwise', () => {
    const identity = later.facets['identity'];
    assert.ok(identity);
    const changes: Partial<FacetState>[] = [
      { standing: 'suspect' },
      { outcome: null },
      { outcome: breach() },
      { outcome: { is: 'good', suspicion: 'size fell' } },
      { marks: [...identity.marks] },
      { run: { ...identity.run } },
      { calm: { ...identity.calm } },
      { sight: { ...identity.sight } },
    ];
    for (const change of changes)
      for (const name of ['presence', 'identity'])
        assert.equal(left(before, otherwise(later, change, name)), false, `${name} ${Object.keys(change).join()}`);
    assert.equal(left(otherwise(before, { standing: 'suspect' }), later), false, 'it was not good before');
    assert.equal(left(otherwise(before, { evidence: [], goodAt: after(1) }), later), true, 'what was seen, and when, does not count');
  });

  it('is none in or after the dark, though the dark did not grow', () => {
    const blind = { ...new Machine().sweep(BLIND).state.facets['identity']!.sight };
    for (const sight of [
      { ...blind, blindNow: true, dark: [] },
      { ...blind, blindNow: false, dark: [[1, 2]] as const },
    ])
      assert.equal(left(otherwise(before, { sight }), otherwise(later, { sight })), false);
  });
});

describe('two looks that said the same', () => {
  const rows: Measure = { value: 5, unit: 'rows', how: 'counter', epoch: 'e' };
  const said = (more: Partial<Seen> = {}): Seen =>
    seen({ pin: { server: 'A', oid: '1' }, looked: ['presence', 'identity'], measures: { rows, size: exactly(9, 'bytes') }, ...more });
  const alike = (more: Partial<Seen>): boolean[] => [saidAlike(said(), said(more)), saidAlike(said(more), said())];

  it('may be of two moments, and two copies of one answer', () => {
    assert.deepEqual(alike({}), [true, true]);
    assert.deepEqual(alike({ evidence: makeEvidence(after(9000)) }), [true, true]);
    const one = said();
    assert.equal(saidAlike(one, { ...one }), true);
    assert.equal(saidAlike(said({ looked: [], pin: {}, measures: {} }), said({ looked: [], pin: {}, measures: {} })), true);
  });

  it('said it in the same words, by the same way, as the same caller', () => {
    const evidence = makeEvidence();
    for (const more of [{ excerpt: 'other' }, { method: 'other' }, { vantage: 'other' }])
      assert.deepEqual(alike({ evidence: { ...evidence, ...more } }), [false, false], Object.keys(more).join());
  });

  it('spoke for the same facets', () => {
    assert.deepEqual(alike({ looked: ['presence'] }), [false, false]);
    assert.deepEqual(alike({ looked: ['presence', 'content/t'] }), [false, false]);
    assert.deepEqual(alike({ looked: ['identity', 'presence'] }), [false, false]);
  });

  it('showed the same identity, whole', () => {
    assert.deepEqual(alike({ pin: { server: 'A' } }), [false, false]);
    assert.deepEqual(alike({ pin: { server: 'A', oid: '2' } }), [false, false]);
    assert.deepEqual(alike({ pin: { server: 'A', id: '1' } }), [false, false]);
  });

  it('measured the same things, to the same values', () => {
    assert.deepEqual(alike({ measures: { rows } }), [false, false]);
    assert.deepEqual(alike({ measures: { rows, other: exactly(9, 'bytes') } }), [false, false]);
    const changes = [{ value: 6 }, { epoch: 'f' }, { unit: 'count' }, { how: 'exact' }] as const;
    for (const more of changes)
      assert.deepEqual(
        alike({ measures: { rows: { ...rows, ...more }, size: exactly(9, 'bytes') } }),
        [false, false],
        Object.keys(more).join(),
      );
  });

  it('are never two of a deletion that is marked: that is news each time', () => {
    const doom = { what: 'being dropped' };
    assert.deepEqual(alike({ doom }), [false, false]);
    assert.equal(saidAlike(said({ doom }), said({ doom })), false);
  });
});
