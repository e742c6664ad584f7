import { array, assert as hold, constantFrom, integer, property, record, type Arbitrary } from 'fast-check';
import assert from 'node:assert/strict';
import { ABSENT, BLIND, breach, GOOD, IMPOSTOR, Machine, makeCheck } from '../support/roll.ts';

const wait = integer({ min: 0, max: 120_000 });
const path = constantFrom('usual' as const, 'fresh' as const);
const depth = constantFrom('sweep' as const, 'inspect' as const);
const harmless = record({ wait, path, depth, outcome: constantFrom(GOOD, BLIND) });
const anything = record({
  wait,
  path,
  depth,
  outcome: constantFrom(GOOD, BLIND, ABSENT, IMPOSTOR, breach(), breach('warning', 'stale')),
});

function play(machine: Machine, looks: readonly (typeof anything extends Arbitrary<infer T> ? T : never)[]): Machine {
  for (const { wait: ms, path: by, depth: at, outcome } of looks) {
    machine.wait(ms);
    if (at === 'inspect') machine.inspect(outcome.is === 'lost' ? GOOD : outcome, by);
    else if (outcome === IMPOSTOR) machine.look({ presence: GOOD, identity: IMPOSTOR }, by);
    else machine.sweep(outcome.is === 'breach' ? GOOD : outcome, by);
  }
  return machine;
}

describe('whatever is looked at, in whatever order', () => {
  const resource = { checks: [makeCheck()] };

  it('good and blind looks alone never raise harm', () => {
    hold(
      property(array(harmless, { maxLength: 60 }), integer({ min: 1, max: 4 }), (looks, confirm) => {
        const machine = play(new Machine({ ...resource, confirm }), looks);
        assert.equal(machine.state.harm, null);
        assert.deepEqual(
          machine.told.filter((told) => told.startsWith('raise') && told !== 'raise sight'),
          [],
        );
      }),
    );
  });

  it('a proven absence always raises lost, whatever came before', () => {
    hold(
      property(array(anything, { maxLength: 40 }), integer({ min: 1, max: 4 }), (looks, confirm) => {
        const machine = play(new Machine({ ...resource, confirm }), looks);
        for (let look = 0; look < Math.max(2, confirm); look++) machine.wait(100).sweep(ABSENT, look === 1 ? 'fresh' : 'usual');
        assert.equal(machine.state.harm, 'lost');
        assert.equal(machine.standing(), 'bad');
      }),
    );
  });

  it('harm is raised before it is cleared, and never cleared by a look that found anything but good', () => {
    hold(
      property(array(anything, { maxLength: 60 }), (looks) => {
        const machine = new Machine(resource);
        for (const look of looks) {
          const cleared = machine.told.filter((told) => told === 'clear harm').length;
          play(machine, [look]);
          if (machine.told.filter((told) => told === 'clear harm').length > cleared)
            assert.ok(look.outcome.is === 'good' || look.depth === 'inspect' || look.outcome.is === 'breach', look.outcome.is);
        }
        const harm = machine.told.filter((told) => !told.endsWith('sight'));
        assert.ok(harm.length === 0 || harm[0]?.startsWith('raise'));
      }),
    );
  });

  it('sixty seconds and enough good looks at everything always clear harm', () => {
    hold(
      property(array(anything, { maxLength: 40 }), integer({ min: 1, max: 4 }), (looks, confirm) => {
        const machine = play(new Machine({ ...resource, confirm }), looks);
        for (let look = 0; look <= confirm + 3; look++) machine.wait(20_000).sweep(GOOD).inspect(GOOD);
        assert.equal(machine.state.harm, null);
      }),
    );
  });

  it('a restart anywhere changes nothing of what is proven', () => {
    hold(
      property(array(anything, { maxLength: 30 }), array(anything, { maxLength: 30 }), (before, then) => {
        const through = play(play(new Machine(resource), before), then);
        const restarted = play(new Machine(resource), before);
        restarted.state = JSON.parse(JSON.stringify(restarted.state)) as typeof restarted.state;
        play(restarted.restart(0), then);
        assert.deepEqual(restarted.state.harm, through.state.harm);
        assert.deepEqual(
          restarted.told.filter((told) => !told.endsWith('sight')),
          through.told.filter((told) => !told.endsWith('sight')),
        );
      }),
    );
  });
});
