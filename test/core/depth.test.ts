import assert from 'node:assert/strict';
import { BLANK } from '../../src/core/memory.ts';
import { isUninspectable } from '../../src/core/state.ts';
import { judge } from '../../src/core/verdict.ts';
import { ABSENT, BLIND, blindTo, GOOD, IMPOSTOR, Machine, makeCheck, makeResource, seen } from '../support/roll.ts';

const MINUTE = 60_000;
const content = { checks: [makeCheck()] };

/** An inspection that finds it all there, as `judge` says it. */
const inspected = { presence: GOOD, identity: GOOD, 'content/t': GOOD } as const;

describe('what a deeper look found, no shallower one clears', () => {
  it('an absence that an inspection proves is not outvoted by the sweeps that run while its second look is awaited', () => {
    const machine = new Machine(content).sweep(GOOD).look(inspected, 'usual', 'inspect').wait(1000);
    machine.look({ presence: ABSENT }, 'usual', 'inspect');
    assert.deepEqual(machine.rechecks, ['inspect after 0 urgent']);
    for (let sweep = 0; sweep < 20; sweep++) {
      machine.wait(500).sweep(GOOD, sweep % 2 === 0 ? 'usual' : 'fresh');
      assert.deepEqual(machine.rechecks, [], 'another sweep could not tell either');
    }
    assert.equal(machine.standing(), 'suspect');
    assert.deepEqual(machine.look({ presence: ABSENT }, 'fresh', 'inspect').told, ['raise lost']);
  });

  it('nor is an impostor that inspections meet over new connections, while the held session leads to the old server', () => {
    const machine = new Machine(content).sweep(GOOD).look({ presence: GOOD, identity: IMPOSTOR }, 'usual', 'inspect');
    for (let sweep = 0; sweep < 5; sweep++) machine.wait(500).sweep(GOOD);
    assert.deepEqual(machine.look({ presence: GOOD, identity: IMPOSTOR }, 'fresh', 'inspect').told, ['raise lost']);
  });

  it('no number of sweeps resolves it: inspections do, after as many as it took and a minute', () => {
    const machine = new Machine(content).sweep(GOOD);
    machine.look({ presence: ABSENT }, 'usual', 'inspect').look({ presence: ABSENT }, 'fresh', 'inspect');
    for (let sweep = 0; sweep < 100; sweep++) machine.wait(2000).sweep(GOOD);
    assert.deepEqual(machine.told, ['raise lost']);
    machine.look(inspected, 'usual', 'inspect').wait(30_000).look(inspected, 'usual', 'inspect').wait(30_000);
    assert.deepEqual(machine.told, ['raise lost']);
    machine.sweep(GOOD).look(inspected, 'usual', 'inspect');
    assert.deepEqual(machine.told, ['raise lost', 'clear harm']);
    machine.wait(2000).sweep(ABSENT).sweep(ABSENT, 'fresh');
    assert.deepEqual(machine.told, ['raise lost', 'clear harm', 'raise lost'], 'once cleared, sweeps accuse and clear again');
  });

  it('inspections go on where one of them found the loss, and pause where a sweep did', () => {
    const found = new Machine(content).sweep(GOOD).look({ presence: ABSENT }, 'usual', 'inspect');
    assert.equal(isUninspectable(found.state), false);
    assert.equal(isUninspectable(new Machine(content).sweep(GOOD).sweep(ABSENT).state), true);
    assert.equal(isUninspectable(found.sweep(ABSENT).state), false, 'the deepest accuser stands');
  });

  it('a suspicion whose second inspection was blind is pursued at that depth, without a busy loop', () => {
    const machine = new Machine(content).sweep(GOOD).look({ presence: ABSENT }, 'usual', 'inspect').inspect(BLIND, 'fresh');
    assert.equal(machine.standing(), 'suspect');
    assert.deepEqual(machine.rechecks, ['inspect after 1000 urgent', 'sweep after 0']);
    assert.deepEqual(machine.look({ presence: ABSENT }, 'fresh', 'inspect').told, ['raise lost']);
    assert.deepEqual(machine.rechecks, ['inspect after 30000'], 'a content once suspected does not keep it busy');
  });

  it('what a sweep found gone is not brought back by an inspection that began before', () => {
    const machine = new Machine(content).sweep(GOOD).sweep(ABSENT);
    for (let look = 0; look < 5; look++) machine.look(inspected, 'usual', 'inspect');
    assert.equal(machine.standing(), 'suspect');
    assert.deepEqual(machine.sweep(ABSENT, 'fresh').told, ['raise lost']);
  });

  it('sweeps that cannot see are blind all the same', () => {
    const machine = new Machine(content).sweep(GOOD).look({ presence: ABSENT }, 'usual', 'inspect');
    for (let look = 0; look < 70; look++) machine.wait(2000).sweep(BLIND).look(inspected, 'usual', 'inspect');
    assert.ok(machine.told.includes('raise sight'));
    const seeing = new Machine(content).sweep(GOOD);
    for (let look = 0; look < 70; look++) seeing.wait(2000).sweep(BLIND).look(inspected, 'usual', 'inspect');
    assert.ok(seeing.told.includes('raise sight'), 'an inspection is no sweep');
  });

  it('a manifest that inspects nothing any more leaves it to the sweeps', () => {
    const machine = new Machine(content).sweep(GOOD).look({ presence: ABSENT }, 'usual', 'inspect');
    machine.look({ presence: ABSENT }, 'fresh', 'inspect');
    const kept = new Machine();
    Object.assign(kept, { state: machine.state, at: machine.at });
    kept.restart(1000).sweep(GOOD).wait(MINUTE).sweep(GOOD);
    assert.deepEqual(kept.told, ['clear harm']);
  });

  it('an inspection that sees anything says that it is there, and which one where it shows all of its identity', () => {
    const resource = makeResource({ ...content, identity: { server: 'A', oid: '1' } });
    const facets = (pin: Record<string, string>) => {
      const report = seen({ pin, looked: ['content/t'], measures: { rows: { value: 100, unit: 'rows', how: 'exact' } } });
      return judge(resource, [report], BLANK, { depth: 'inspect', path: 'usual' }).map(({ facet, outcome }) => `${facet} ${outcome.is}`);
    };
    assert.deepEqual(facets({ server: 'A', oid: '1' }), ['presence good', 'identity good', 'content/t good']);
    assert.deepEqual(facets({ server: 'A' }), ['presence good', 'content/t good']);
    const blind = judge(resource, [blindTo(['content/t'])], BLANK, { depth: 'inspect', path: 'usual' });
    assert.deepEqual(
      blind.map(({ facet }) => facet),
      ['content/t'],
    );
  });
});
