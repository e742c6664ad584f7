import assert from 'node:assert/strict';
import type { Outcome } from '../../src/core/outcome.ts';
import { GOOD_FOR_MS, isLost, isUninspectable, step } from '../../src/core/state.ts';
import { ABSENT, after, BLIND, breach, DOOMED, GOOD, IMPOSTOR, Machine, makeCheck, START } from '../support/roll.ts';

const MINUTE = 60_000;
const content = { checks: [makeCheck()] };
const two = { checks: [makeCheck(), makeCheck({ facet: 'content/u', path: 'u' })] };
const worn = (path: string, severity: 'critical' | 'warning' = 'critical'): Outcome => ({
  is: 'breach',
  breaches: [{ kind: 'diminished', path, what: '', expected: 1, actual: 0, severity }],
});
/** Both contents, looked at by one inspection. */
const inside = (t: Outcome, u: Outcome) => ({ 'content/t': t, 'content/u': u }) as const;

describe('what is told of a harm that stands', () => {
  it('is news where another place is struck, or another verdict reached, and nothing where all is as it was', () => {
    const machine = new Machine(two).sweep(GOOD);
    const look = (t: Outcome, u: Outcome) => machine.look(inside(t, u), 'usual', 'inspect').told.splice(0);
    look(worn('a'), GOOD);
    assert.deepEqual(look(worn('a'), GOOD), ['raise critical']);
    assert.deepEqual(look(worn('a'), GOOD), []);
    assert.deepEqual(look(worn('b'), GOOD), ['change critical'], 'another demand of the same facet');
    assert.deepEqual(look(worn('b'), worn('c')), [], 'the other facet is only suspected');
    assert.deepEqual(look(worn('b'), worn('c')), ['change critical']);
    assert.deepEqual(look(worn('b'), worn('c')), []);
  });

  it('is news where the very same facet is lost in another way', () => {
    const machine = new Machine().sweep(GOOD).sweep(ABSENT).sweep(ABSENT, 'fresh');
    assert.deepEqual(machine.sweep(DOOMED).told, ['raise lost', 'change lost']);
    assert.deepEqual(machine.sweep(DOOMED).told, ['raise lost', 'change lost']);
  });

  it('is raised for a track, so that whoever listens knows what is meant', () => {
    const machine = new Machine().sweep(GOOD).sweep(DOOMED);
    assert.deepEqual(machine.effects[0], { do: 'raise', track: 'harm', harm: 'lost' });
    const milder = new Machine(content).sweep(GOOD).inspect(worn('a')).inspect(worn('a')).inspect(worn('b'));
    assert.deepEqual(milder.effects[0], { do: 'change', track: 'harm', harm: 'critical', more: false });
  });

  it('is the gravest of what is proven, whatever is only suspected beside it', () => {
    const machine = new Machine(two).sweep(GOOD);
    machine.look(inside(worn('a', 'warning'), GOOD), 'usual', 'inspect').look(inside(worn('a', 'warning'), worn('b')), 'usual', 'inspect');
    assert.equal(machine.state.harm, 'warning');
    machine.look(inside(worn('a', 'warning'), worn('b')), 'usual', 'inspect');
    assert.equal(machine.state.harm, 'critical');
    const suspected = new Machine(content).sweep(GOOD).inspect(worn('a'));
    assert.deepEqual([suspected.state.harm, suspected.effects.filter((effect) => effect.do !== 'recheck')], [null, []]);
  });
});

describe('since when, and until when', () => {
  it('it has been bad counts from the first suspicion, and is forgotten with it', () => {
    const machine = new Machine().sweep(GOOD).wait(1000).sweep(ABSENT);
    assert.deepEqual(machine.state.firstBad, after(1000));
    machine.wait(1000).sweep(ABSENT);
    assert.deepEqual(machine.state.firstBad, after(1000));
    assert.equal(machine.sweep(GOOD).sweep(GOOD).state.firstBad, null, 'it was nothing');
  });

  it('it has been bad goes on from the beginning while one harm follows another', () => {
    const machine = new Machine(content).sweep(GOOD).inspect(breach()).inspect(breach());
    const first = machine.state.firstBad;
    machine.wait(MINUTE).inspect(GOOD).wait(MINUTE).inspect(GOOD);
    assert.deepEqual([machine.standing('content/t'), machine.state.harm], ['good', 'critical']);
    machine.sweep(ABSENT);
    assert.deepEqual(machine.state.firstBad, first);
  });

  it('it was whole is known only of what has been seen in all its parts', () => {
    const half = new Machine(content).sweep(GOOD);
    assert.equal(half.state.lastHealthy, null);
    assert.deepEqual(half.wait(500).inspect(GOOD).state.lastHealthy, START, 'as old as its oldest look');
    half.wait(500).sweep(GOOD);
    assert.deepEqual(half.state.lastHealthy, after(500));
    half.wait(500).sweep(GOOD);
    assert.deepEqual(half.state.lastHealthy, after(500), 'the contents are by now the oldest');
    half.wait(500).sweep(BLIND);
    assert.deepEqual(half.wait(500).inspect(GOOD).state.lastHealthy, after(500), 'while one part is unseen, the whole is not seen');
  });

  it('it may be called good again a minute counts from the last harm to any part of it', () => {
    const machine = new Machine(two).sweep(GOOD).look(inside(breach(), GOOD), 'usual', 'inspect');
    machine.look(inside(breach(), GOOD), 'usual', 'inspect').wait(GOOD_FOR_MS);
    machine
      .sweep(GOOD)
      .look(inside(GOOD, worn('u')), 'usual', 'inspect')
      .wait(GOOD_FOR_MS - 1);
    for (let n = 0; n < 3; n++) machine.sweep(GOOD).look(inside(GOOD, GOOD), 'usual', 'inspect');
    assert.equal(machine.state.harm, 'critical');
    machine.wait(GOOD_FOR_MS).sweep(GOOD).look(inside(GOOD, GOOD), 'usual', 'inspect');
    assert.equal(machine.state.harm, null);
  });
});

describe('a harm to one part', () => {
  it('makes every other part owe a look too before it is let go, though nothing was ever wrong with that one', () => {
    const machine = new Machine(two).sweep(GOOD).sweep(GOOD).sweep(GOOD);
    machine.look(inside(breach(), GOOD), 'usual', 'inspect').look(inside(breach(), GOOD), 'usual', 'inspect');
    for (let n = 0; n < 4; n++) machine.wait(GOOD_FOR_MS).look(inside(GOOD, GOOD), 'usual', 'inspect');
    assert.equal(machine.state.harm, 'critical', 'nobody has asked since whether it is there');
    machine.sweep(GOOD).wait(GOOD_FOR_MS).sweep(GOOD);
    assert.equal(machine.state.harm, null);
  });
});

describe('what is lost has no contents', () => {
  it('so that not seeing them is no blindness of its own, and not seeing it itself is', () => {
    const machine = new Machine(content).sweep(GOOD).inspect(GOOD).sweep(ABSENT).sweep(ABSENT, 'fresh').inspect(BLIND);
    for (let n = 0; n < 10; n++) machine.wait(MINUTE).sweep(ABSENT).tick();
    assert.deepEqual(machine.told, ['raise lost']);
    for (let n = 0; n < 10; n++) machine.wait(MINUTE).sweep(BLIND);
    assert.deepEqual(machine.told, ['raise lost', 'raise sight']);
    const other = new Machine(content)
      .sweep(GOOD)
      .look({ presence: GOOD, identity: IMPOSTOR })
      .look({ presence: GOOD, identity: IMPOSTOR });
    for (let n = 0; n < 10; n++) other.wait(MINUTE).look({ presence: GOOD, identity: BLIND });
    assert.deepEqual(other.told, ['raise lost', 'raise sight'], 'nor whose it is');
  });

  it('while its presence or its identity is gone or suspected to be, and no longer', () => {
    const state = (machine: Machine) => [isLost(machine.state), isUninspectable(machine.state)];
    assert.deepEqual(state(new Machine().sweep(GOOD)), [false, false]);
    assert.deepEqual(state(new Machine().sweep(ABSENT)), [true, true]);
    assert.deepEqual(state(new Machine().sweep(ABSENT).sweep(ABSENT, 'fresh')), [true, true]);
    const impostor = { presence: GOOD, identity: IMPOSTOR } as const;
    assert.deepEqual(state(new Machine().look(impostor)), [true, true]);
    assert.deepEqual(state(new Machine(content).inspect(breach()).inspect(breach())), [false, false]);
    const deep = new Machine(content).sweep(GOOD).look({ identity: IMPOSTOR }, 'usual', 'inspect');
    assert.deepEqual(state(deep), [true, false]);
    assert.deepEqual(state(deep.sweep(ABSENT)), [true, true], 'one of the two was found by a sweep');
  });
});

describe('blindness, seen again', () => {
  it('is cleared once every facet has been seen for as long as it took, to the millisecond', () => {
    const machine = new Machine({ blindAfter: 10_000 }).sweep(GOOD).sweep(BLIND).wait(10_000).tick();
    assert.deepEqual(machine.told, ['raise sight']);
    machine.wait(1000).sweep(GOOD).wait(9999).sweep(GOOD).tick();
    assert.deepEqual(machine.told, ['raise sight']);
    for (let n = 0; n < 3; n++) machine.wait(10_000).sweep(GOOD);
    assert.deepEqual(machine.told, ['raise sight', 'clear sight']);
  });

  it('asks no facet that nobody ever looked at', () => {
    const machine = new Machine({ ...content, blindAfter: 10_000 }).sweep(GOOD).sweep(BLIND).wait(10_000).tick();
    machine.look({ 'content/t': GOOD });
    for (let n = 0; n < 4; n++) machine.wait(10_000).sweep(GOOD);
    assert.deepEqual(machine.told, ['raise sight', 'clear sight']);
  });

  it('needs as long after the dark ended, not only less of it', () => {
    const machine = new Machine({ blindAfter: 10_000 }).sweep(GOOD).sweep(BLIND).wait(10_000).tick().sweep(GOOD);
    machine.wait(15_000).sweep(BLIND).wait(1).sweep(GOOD).wait(9998).tick();
    assert.deepEqual(machine.told, ['raise sight'], 'seen again for less than that');
    assert.deepEqual(machine.wait(2).tick().told, ['raise sight', 'clear sight']);
  });
});

describe('the next look that is owed', () => {
  it('by contents that cannot be seen is an inspection in a quarter of the time allowed, and a sweep at once', () => {
    const machine = new Machine(content).sweep(GOOD).inspect(BLIND);
    assert.deepEqual(machine.rechecks, ['sweep after 0', 'inspect after 30000']);
    const half = new Machine(two).sweep(GOOD).look(inside(GOOD, BLIND), 'usual', 'inspect');
    assert.deepEqual(half.rechecks, ['sweep after 0', 'inspect after 30000'], 'one facet of two');
  });

  it('is none where an inspection found all good and nothing stands, nor by a sweep that could not see', () => {
    assert.deepEqual(new Machine(content).sweep(GOOD).inspect(GOOD).rechecks, []);
    assert.deepEqual(new Machine(content).sweep(GOOD).sweep(BLIND).rechecks, []);
  });

  it('by a harm that stands is an inspection; by a suspicion beside it, that one first', () => {
    const machine = new Machine(two).sweep(GOOD).look(inside(worn('a'), GOOD), 'usual', 'inspect');
    machine.look(inside(worn('a'), GOOD), 'usual', 'inspect');
    assert.deepEqual(machine.rechecks, ['inspect after 30000']);
    machine.look(inside(worn('a'), worn('b')), 'usual', 'inspect');
    assert.deepEqual(machine.rechecks, ['inspect after 0 urgent']);
  });

  it('to a suspicion is not paid by a look that found the loss elsewhere', () => {
    const machine = new Machine(content).sweep(GOOD).look({ presence: GOOD, identity: IMPOSTOR });
    assert.deepEqual(machine.rechecks, ['sweep after 0 urgent']);
    machine.sweep(DOOMED);
    assert.deepEqual(machine.rechecks, ['sweep after 0 urgent'], 'the identity is looked at in it');
    const gone = new Machine(content).sweep(GOOD).look({ presence: GOOD, identity: IMPOSTOR });
    gone.look({ presence: DOOMED });
    assert.deepEqual(gone.rechecks, [], 'lost already: whose it was can wait');
  });

  it('is an inspection after a sweep only for a suspicion that a good outcome carries', () => {
    const jump: Outcome = { is: 'good', suspicion: 'size fell' };
    assert.deepEqual(new Machine().look({ presence: jump, identity: GOOD }).rechecks, [], 'there is nothing to inspect');
    assert.deepEqual(new Machine(content).look({ presence: GOOD, identity: jump }).rechecks, ['inspect after 0']);
    assert.deepEqual(new Machine(content).look({ presence: jump, identity: GOOD }, 'usual', 'inspect').rechecks, []);
  });
});

describe('a watcher that starts again', () => {
  it('goes on with what accused, unless nothing inspects any more', () => {
    const machine = new Machine(content).sweep(GOOD).look({ presence: ABSENT }, 'usual', 'inspect').restart(1000);
    assert.equal(machine.state.facets['presence']?.accuser, 'inspect');
    const swept = new Machine().sweep(ABSENT).restart(1000);
    assert.equal(swept.state.facets['presence']?.accuser, 'sweep');
    assert.equal(swept.state.facets['identity'], undefined, 'what nobody looked at is not made up');
    assert.equal(new Machine().sweep(GOOD).restart(1000).state.facets['presence']?.accuser, null);
    const { next } = step({ ...machine.resource, checks: [] }, machine.state, { type: 'resumed', at: machine.at });
    assert.equal(next.facets['presence']?.accuser, 'sweep');
  });

  it('tells nobody anything for that alone', () => {
    const machine = new Machine().sweep(GOOD).sweep(ABSENT).sweep(ABSENT, 'fresh').restart(1000);
    assert.deepEqual(machine.effects, []);
  });
});

describe('the evidence of a look', () => {
  it('is dated by the look it belongs to, and shared by the facets that rest on it', () => {
    const { state, at } = new Machine().wait(500).sweep(GOOD);
    const [presence, identity] = [state.facets['presence'], state.facets['identity']];
    assert.deepEqual([presence?.evidence.map(({ look }) => look), presence?.evidence === identity?.evidence], [[at.steady], true]);
  });
});
