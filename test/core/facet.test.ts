import assert from 'node:assert/strict';
import { lookAtFacet, newFacet, type FacetLook, type FacetState } from '../../src/core/facet.ts';
import type { JudgedEvidence, Outcome } from '../../src/core/outcome.ts';
import { ABSENT, after, BLIND, breach, DOOMED, GOOD, IMPOSTOR, makeEvidence } from '../support/roll.ts';

const GOOD_FOR = 60_000;
const resource = { confirm: 2, blindAfter: 120_000 };

const said = (excerpt: string): JudgedEvidence => ({ ...makeEvidence(undefined, excerpt), path: 'usual' });

/** One look after the other at a facet that is looked at by sweeps; each a tenth of a second after the one before. */
class Facet {
  state: FacetState = newFacet();
  ms = 0;

  look(outcome: Outcome, look: Partial<FacetLook> & { says?: string; confirm?: number } = {}): this {
    this.ms += 100;
    const { says = 'x', confirm = 2, ...more } = look;
    const judgment = { facet: 'presence', outcome, evidence: [said(says)] } as const;
    const made = { at: after(this.ms), path: 'fresh', depth: 'sweep', home: 'sweep', ...more } as const;
    this.state = lookAtFacet({ ...resource, confirm }, this.state, judgment, made, GOOD_FOR);
    return this;
  }

  wait(ms: number): this {
    this.ms += ms;
    return this;
  }

  get said(): string[] {
    return this.state.evidence.map(({ excerpt }) => excerpt);
  }
}

describe('one facet, look by look', () => {
  it('begins unknown, with nothing said of it', () => {
    const { standing, evidence, marks, outcome, run } = newFacet();
    assert.deepEqual([standing, evidence, marks, outcome, run], ['unknown', [], [], null, { count: 0, since: 0 }]);
  });

  it('is good by one look that finds it good, and says when that was', () => {
    const { state } = new Facet().look(GOOD);
    assert.deepEqual([state.standing, state.goodAt, state.accuser, state.run.count], ['good', after(100), null, 1]);
  });

  it('shows what the last look said, or, once accused, what the last two bad looks said', () => {
    const facet = new Facet().look(GOOD, { says: 'a' }).look(ABSENT, { says: 'b' });
    assert.deepEqual(facet.said, ['b']);
    assert.deepEqual(facet.look(ABSENT, { says: 'c' }).said, ['b', 'c']);
    assert.deepEqual(facet.look(ABSENT, { says: 'd' }).said, ['b', 'c', 'd']);
    assert.deepEqual(facet.look(ABSENT, { says: 'e' }).said, ['c', 'd', 'e'], 'never more than the two before it');
  });

  it('keeps the proof through blind looks, which replace only what accuses nobody', () => {
    const good = new Facet().look(GOOD, { says: 'a' });
    assert.deepEqual(good.look(BLIND, { says: 'b' }).said, ['b']);
    assert.deepEqual([good.state.standing, good.state.sight.blindNow], ['good', true]);
    const suspect = new Facet().look(ABSENT, { says: 'a' }).look(BLIND, { says: 'b' });
    assert.deepEqual([suspect.state.standing, suspect.said], ['suspect', ['a']]);
    const bad = new Facet().look(DOOMED, { says: 'a' }).look(BLIND, { says: 'b' });
    assert.deepEqual([bad.state.standing, bad.said], ['bad', ['a']]);
  });

  it('is bounded however much one look says', () => {
    const facet = new Facet().look(ABSENT);
    const judgment = { facet: 'presence', outcome: ABSENT, evidence: ['a', 'b', 'c', 'd', 'e'].map(said) } as const;
    const look = { at: after(9000), path: 'fresh', depth: 'sweep', home: 'sweep' } as const;
    const { evidence } = lookAtFacet(resource, facet.state, judgment, look, GOOD_FOR);
    assert.deepEqual(
      evidence.map(({ excerpt }) => excerpt),
      ['b', 'c', 'd', 'e'],
    );
  });

  it('that is bad stays bad while worse is only suspected, and milder while it is confirmed', () => {
    const facet = new Facet().look(breach('warning'), { confirm: 3 }).look(breach('warning'), { confirm: 3 });
    assert.equal(facet.look(breach('warning'), { confirm: 3 }).state.standing, 'bad');
    const calm = facet.wait(3_600_001).look(breach('critical'), { confirm: 3 });
    assert.deepEqual([calm.state.standing, calm.state.harm], ['bad', 'warning'], 'one look an hour later confirms nothing anew');
  });

  it('asks for a fresh path only of an absence: another in its place is seen where it stands', () => {
    const usual = { path: 'usual', confirm: 1 } as const;
    assert.equal(new Facet().look(IMPOSTOR, usual).state.standing, 'bad');
    assert.equal(new Facet().look(ABSENT, usual).look(ABSENT, usual).state.standing, 'suspect');
    assert.equal(new Facet().look(breach(), usual).state.standing, 'bad');
  });

  it('is let go after as many good looks as it takes, and the time, both together', () => {
    const bad = () => new Facet().look(breach()).look(breach());
    assert.equal(bad().look(GOOD).wait(GOOD_FOR).look(GOOD).state.standing, 'good');
    assert.equal(bad().look(GOOD).look(GOOD).look(GOOD).state.standing, 'bad', 'enough looks, not enough time');
    const slow = bad().look(GOOD, { confirm: 3 }).wait(GOOD_FOR).look(GOOD, { confirm: 3 });
    assert.equal(slow.state.standing, 'bad', 'enough time, not enough looks');
    assert.equal(slow.look(GOOD, { confirm: 3 }).state.standing, 'good');
    assert.equal(
      bad()
        .look(GOOD)
        .wait(GOOD_FOR - 100)
        .look(GOOD).state.standing,
      'good',
      'the minute is over with its last moment',
    );
    assert.equal(
      bad()
        .look(GOOD)
        .wait(GOOD_FOR - 101)
        .look(GOOD).state.standing,
      'bad',
    );
  });

  it('forgets, once let go, what was held against it', () => {
    const { state } = new Facet().look(breach()).look(breach()).look(GOOD).wait(GOOD_FOR).look(GOOD, { says: 'whole' });
    assert.deepEqual([state.harm, state.outcome, state.accuser, state.evidence.length], [null, GOOD, null, 1]);
  });

  it('counts good looks no further than can matter, and keeps when they began', () => {
    const facet = new Facet();
    for (let n = 0; n < 100; n++) facet.look(GOOD);
    const { run } = facet.state;
    assert.deepEqual(run, { count: 2, since: after(100).steady }, 'two looks confirm');
    assert.equal(facet.look(GOOD).state.run, run);
  });
});

describe('a facet and the depth of looks', () => {
  it('accused by an inspection is spoken for by none but inspections, though sweeps see all the while', () => {
    const facet = new Facet().look(ABSENT, { depth: 'inspect' }).look(BLIND);
    const before = facet.state;
    assert.equal(before.sight.blindNow, true);
    facet.look(GOOD);
    assert.deepEqual([facet.state.standing, facet.state.sight.blindNow], ['suspect', false]);
    assert.deepEqual([facet.state.marks, facet.state.run], [before.marks, before.run]);
    assert.equal(facet.look(GOOD, { depth: 'inspect' }).look(GOOD, { depth: 'inspect' }).state.standing, 'good');
  });

  it('is not touched at all by a good look of a depth that neither accused it nor is its own', () => {
    const { state } = new Facet().look(BLIND);
    const facet = new Facet();
    facet.state = state;
    assert.equal(facet.look(GOOD, { depth: 'inspect' }).state, state, 'the sweep that could not see is blind all the same');
  });

  it('once accused by an inspection is not made a matter of sweeps by a sweep that agrees', () => {
    const facet = new Facet().look(ABSENT, { depth: 'inspect' }).look(ABSENT);
    assert.equal(facet.state.accuser, 'inspect');
    assert.equal(new Facet().look(ABSENT).look(ABSENT, { depth: 'inspect' }).state.accuser, 'inspect', 'the deepest stands');
    assert.equal(new Facet().look(ABSENT).state.accuser, 'sweep');
  });
});
