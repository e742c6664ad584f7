import assert from 'node:assert/strict';
import { ABSENT, BLIND, breach, DOOMED, GOOD, IMPOSTOR, Machine, makeCheck } from '../support/roll.ts';

const MINUTE = 60_000;
const content = { checks: [makeCheck()] };

/** Sweeps every two seconds for `ms`. */
function sweepFor(machine: Machine, ms: number, outcome = GOOD): Machine {
  for (let passed = 0; passed < ms; passed += 2000) machine.wait(2000).sweep(outcome);
  return machine;
}

describe("the resource's machine, row by row (DESIGN §5)", () => {
  it('quiet, judged bad, not yet confirmed: suspect, and looked at again at once at that depth', () => {
    const machine = new Machine().sweep(GOOD).wait(2000).sweep(ABSENT);
    assert.equal(machine.standing(), 'suspect');
    assert.deepEqual(machine.rechecks, ['sweep after 0 urgent']);
    assert.deepEqual(machine.told, []);
    const inner = new Machine(content).sweep(GOOD).inspect(breach());
    assert.deepEqual(inner.rechecks, ['inspect after 0 urgent']);
  });

  it('suspect, judged bad and confirmed: raised', () => {
    const machine = new Machine().sweep(GOOD).sweep(ABSENT).wait(50).sweep(ABSENT, 'fresh');
    assert.deepEqual(machine.told, ['raise lost']);
    assert.equal(machine.standing(), 'bad');
    assert.equal(machine.state.harm, 'lost');
  });

  it('an absence takes two looks, one of them on a fresh path, whatever confirm says', () => {
    assert.deepEqual(new Machine({ confirm: 1 }).sweep(ABSENT, 'fresh').told, [], 'one fresh look is one look');
    const eager = new Machine({ confirm: 1 }).sweep(GOOD).sweep(ABSENT);
    assert.deepEqual(eager.told, []);
    assert.deepEqual(sweepFor(eager, 10_000, ABSENT).told, [], 'never by the usual path alone');
    assert.deepEqual(eager.sweep(ABSENT, 'fresh').told, ['raise lost']);
    const patient = new Machine({ confirm: 3 }).sweep(ABSENT, 'fresh').sweep(ABSENT, 'fresh');
    assert.deepEqual(patient.told, []);
    assert.deepEqual(patient.sweep(ABSENT, 'fresh').told, ['raise lost']);
  });

  for (const [what, outcome, told] of [
    ['doomed', DOOMED, 'raise lost'],
    ['weakened protection', breach('warning', 'exposed'), 'raise warning'],
    ['a precursor', breach('critical', 'precursor'), 'raise critical'],
  ] as const)
    it(`quiet, ${what}: raised by one look`, () => {
      assert.deepEqual(new Machine().sweep(GOOD).sweep(outcome).told, [told]);
    });

  it('suspect, as many good looks in a row as it takes to page: quiet', () => {
    const machine = new Machine().sweep(GOOD).sweep(ABSENT).sweep(GOOD, 'fresh');
    assert.equal(machine.standing(), 'suspect');
    assert.deepEqual(machine.rechecks, ['sweep after 0 urgent']);
    machine.sweep(GOOD, 'fresh');
    assert.equal(machine.standing(), 'good');
    assert.deepEqual(machine.rechecks, []);
    assert.deepEqual(machine.told, []);
  });

  it('suspect, blind: stays suspect, and is looked at again without a busy loop', () => {
    const machine = new Machine().sweep(GOOD).sweep(ABSENT).sweep(BLIND, 'fresh');
    assert.equal(machine.standing(), 'suspect');
    assert.deepEqual(machine.rechecks, ['sweep after 1000 urgent']);
    machine.sweep(BLIND, 'fresh').sweep(BLIND, 'fresh');
    assert.equal(machine.standing(), 'suspect', 'not seeing clears no suspicion');
    assert.deepEqual(machine.sweep(ABSENT, 'fresh').told, ['raise lost']);
  });

  it('paged, a graver class confirmed by the same count: raised anew', () => {
    const machine = new Machine(content).sweep(GOOD).inspect(breach('warning')).inspect(breach('warning'));
    assert.deepEqual(machine.told, ['raise warning']);
    machine.inspect(breach('critical'));
    assert.deepEqual(machine.told, ['raise warning'], 'one look is no count');
    machine.inspect(breach('critical'));
    machine.sweep(ABSENT).sweep(ABSENT, 'fresh');
    assert.deepEqual(machine.told, ['raise warning', 'raise critical', 'raise lost']);
  });

  it('paged, judged milder: an update, never a resolve', () => {
    const machine = new Machine(content).inspect(breach('critical')).inspect(breach('critical'));
    for (let look = 0; look < 20; look++) machine.wait(MINUTE).inspect(breach('warning'));
    assert.deepEqual(machine.told, ['raise critical', 'change warning']);
    assert.equal(machine.state.harm, 'warning');
  });

  it('paged, another verdict of the same class: an update of one key', () => {
    const machine = new Machine().sweep(GOOD).sweep(ABSENT).sweep(ABSENT, 'fresh').wait(2000);
    machine.look({ presence: GOOD, identity: IMPOSTOR }).look({ presence: GOOD, identity: IMPOSTOR }, 'fresh');
    assert.deepEqual(machine.told, ['raise lost', 'change lost']);
  });

  it('paged, good by law 7: cleared after as many looks as it took and sixty seconds, not before', () => {
    const machine = new Machine().sweep(GOOD).sweep(ABSENT).sweep(ABSENT, 'fresh').wait(2000).sweep(GOOD);
    sweepFor(machine, MINUTE - 2000);
    assert.deepEqual(machine.told, ['raise lost']);
    machine.wait(2000).sweep(GOOD);
    assert.deepEqual(machine.told, ['raise lost', 'clear harm']);
    assert.equal(machine.state.firstBad, null);
    const rare = new Machine({ confirm: 3 }).sweep(ABSENT).sweep(ABSENT, 'fresh').sweep(ABSENT, 'fresh');
    rare
      .wait(2000)
      .sweep(GOOD)
      .wait(2 * MINUTE)
      .sweep(GOOD);
    assert.deepEqual(rare.told, ['raise lost'], 'two good looks are not the three it took');
    assert.deepEqual(rare.wait(2000).sweep(GOOD).told, ['raise lost', 'clear harm']);
  });

  it('one bad look on the way back starts the sixty seconds anew', () => {
    const machine = new Machine().sweep(ABSENT).sweep(ABSENT, 'fresh');
    sweepFor(machine, MINUTE - 2000)
      .wait(2000)
      .sweep(ABSENT);
    sweepFor(machine, MINUTE - 2000);
    assert.deepEqual(machine.told, ['raise lost']);
    assert.deepEqual(sweepFor(machine, 6000).told, ['raise lost', 'clear harm']);
  });

  it('blindness resolves nothing', () => {
    const machine = new Machine().sweep(ABSENT).sweep(ABSENT, 'fresh');
    sweepFor(machine, 10 * MINUTE, BLIND);
    assert.deepEqual(machine.told, ['raise lost', 'raise sight']);
    assert.equal(machine.wait(2000).sweep(GOOD).state.harm, 'lost', 'blind looks are no good looks');
  });

  it('every expected facet must have been looked at since: presence alone does not clear', () => {
    const machine = new Machine(content).sweep(GOOD).inspect(GOOD).sweep(ABSENT).sweep(ABSENT, 'fresh');
    sweepFor(machine, 10 * MINUTE);
    assert.deepEqual(machine.told, ['raise lost'], 'nobody has looked into it since it is back');
    machine.inspect(GOOD).wait(30_000).inspect(GOOD).wait(30_000);
    assert.deepEqual(machine.told, ['raise lost']);
    machine.sweep(GOOD).inspect(GOOD);
    assert.deepEqual(machine.told, ['raise lost', 'clear harm']);
  });

  it('a truncate found by an inspection survives the sweeps that follow it', () => {
    const machine = new Machine(content).sweep(GOOD).inspect(breach()).inspect(breach());
    sweepFor(machine, 30 * MINUTE);
    assert.deepEqual(machine.told, ['raise critical']);
    assert.equal(machine.standing('content/t'), 'bad');
    assert.equal(machine.state.harm, 'critical');
  });

  it('what was raised owes itself the inspections that could resolve it', () => {
    const machine = new Machine(content).sweep(GOOD).inspect(breach()).inspect(breach(), 'fresh').wait(MINUTE).inspect(GOOD);
    assert.deepEqual(machine.rechecks, ['inspect after 30000']);
  });

  it('manifest reloaded: facets no longer demanded are forgotten, the others are not', () => {
    const machine = new Machine(content).sweep(GOOD).inspect(breach()).inspect(breach());
    const kept = new Machine();
    kept.state = machine.state;
    kept.at = machine.at;
    kept.restart(1000);
    assert.deepEqual(Object.keys(kept.state.facets), ['presence', 'identity']);
    assert.deepEqual(Object.keys(machine.restart(1000).state.facets), ['presence', 'identity', 'content/t']);
  });

  it('blindness: blind for blind_after in sum: raised, beside a harm that is open', () => {
    const machine = new Machine().sweep(ABSENT).sweep(ABSENT, 'fresh');
    sweepFor(machine, 2 * MINUTE, BLIND);
    assert.deepEqual(machine.told, ['raise lost']);
    machine.wait(2000).tick();
    assert.deepEqual(machine.told, ['raise lost', 'raise sight']);
  });

  it('blindness: seen again, for as long: cleared', () => {
    const machine = sweepFor(new Machine().sweep(GOOD), 3 * MINUTE, BLIND);
    assert.deepEqual(machine.told, ['raise sight']);
    sweepFor(machine, 2 * MINUTE);
    assert.deepEqual(machine.told, ['raise sight']);
    assert.deepEqual(sweepFor(machine, 6000).told, ['raise sight', 'clear sight']);
  });

  it('blindness of the contents is not cleared by the loss of the whole', () => {
    const machine = new Machine(content).sweep(GOOD);
    for (let look = 0; look < 5; look++) machine.wait(MINUTE).sweep(GOOD).inspect(BLIND);
    assert.deepEqual(machine.told, ['raise sight']);
    machine.sweep(ABSENT).sweep(ABSENT, 'fresh');
    sweepFor(machine, 10 * MINUTE, ABSENT);
    assert.deepEqual(machine.told, ['raise sight', 'raise lost']);
  });

  it('a look that was blind 19 times of 20 pages', () => {
    const machine = new Machine().sweep(GOOD);
    for (let look = 1; machine.told.length === 0 && look < 1000; look++) machine.wait(2000).sweep(look % 20 === 0 ? GOOD : BLIND);
    assert.deepEqual(machine.told, ['raise sight']);
    assert.ok(machine.at.steady - 1_000_000_000 < 3 * MINUTE);
  });

  it('a watcher that is restarted every minute pages of what it cannot see', () => {
    const machine = new Machine().sweep(GOOD);
    for (let minute = 0; minute < 4; minute++) sweepFor(machine, 50_000, BLIND).restart(10_000);
    assert.deepEqual(machine.told, ['raise sight']);
  });

  it('a watcher that is restarted between every two looks pages of what is gone', () => {
    const machine = new Machine().sweep(GOOD).restart(MINUTE).sweep(ABSENT).restart(MINUTE).sweep(ABSENT, 'fresh');
    assert.deepEqual(machine.told, ['raise lost']);
  });

  it("time asleep is nobody's darkness", () => {
    const machine = new Machine()
      .sweep(GOOD)
      .wait(2000)
      .sweep(BLIND)
      .restart(24 * 60 * MINUTE)
      .tick();
    machine.wait(2000).sweep(GOOD);
    assert.deepEqual(machine.told, []);
  });

  it('two servers behind one name, one with it and one without: pages', () => {
    const machine = new Machine().sweep(GOOD);
    for (let look = 0; look < 6; look++) machine.wait(100).sweep(look % 2 === 0 ? ABSENT : GOOD, 'fresh');
    assert.deepEqual(machine.told, ['raise lost']);
    sweepFor(machine, 30 * MINUTE).sweep(ABSENT);
    const other = new Machine().sweep(GOOD);
    for (let look = 0; look < 6; look++) other.wait(2000).look({ presence: GOOD, identity: look % 2 === 0 ? IMPOSTOR : GOOD });
    assert.deepEqual(other.told, ['raise lost']);
  });

  it('two suspicions an hour and more apart are no proof', () => {
    const machine = new Machine({ confirm: 2 })
      .sweep(GOOD)
      .sweep(ABSENT)
      .wait(61 * MINUTE)
      .sweep(ABSENT, 'fresh');
    assert.deepEqual(machine.told, []);
  });

  it('a wall clock stepped a day back and forth changes nothing', () => {
    const play = (step: number): Machine => {
      const machine = new Machine(content).sweep(GOOD).inspect(GOOD);
      machine.at = { ...machine.at, wall: machine.at.wall + step };
      machine.sweep(GOOD).sweep(ABSENT).sweep(ABSENT, 'fresh');
      machine.at = { ...machine.at, wall: machine.at.wall - 2 * step };
      sweepFor(machine, 2 * MINUTE)
        .inspect(GOOD)
        .wait(MINUTE)
        .inspect(GOOD);
      return sweepFor(machine, 1000);
    };
    const day = 24 * 60 * MINUTE;
    assert.deepEqual(play(day).told, ['raise lost', 'clear harm']);
    assert.deepEqual(play(-day).told, play(0).told);
  });

  it('remembers since when it is bad and when it was last whole', () => {
    const machine = new Machine(content).sweep(GOOD).inspect(GOOD);
    const whole = machine.at;
    machine.wait(5000).sweep(GOOD).wait(5000);
    const first = machine.at;
    machine.sweep(ABSENT).wait(2000).sweep(ABSENT, 'fresh');
    assert.deepEqual(machine.state.firstBad, first);
    assert.deepEqual(machine.state.lastHealthy, whole, 'as old as the facet looked at longest ago');
  });

  it('a signal that proves nothing alone makes an inspection due, and nothing else', () => {
    const machine = new Machine(content).look({ presence: GOOD, identity: GOOD, 'content/size': { is: 'good', suspicion: 'size fell' } });
    assert.deepEqual(machine.rechecks, ['inspect after 0']);
    assert.deepEqual(machine.told, []);
  });
});
