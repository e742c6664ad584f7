import assert from 'node:assert/strict';
import { refuteLoss, type ExpectedLoss } from '../../src/core/expected-loss.ts';
import { BLANK } from '../../src/core/memory.ts';
import { ABSENT, after, DOOMED, GOOD, IMPOSTOR, Machine, START } from '../support/roll.ts';

const MINUTE = 60_000;
const MEMORY = { ...BLANK, pin: { oid: '1' }, adopted: true };
const EXPECTED: ExpectedLoss = {
  request: 'R',
  people: ['alice', 'bob'],
  resource: 'orders-db',
  identity: { oid: '1' },
  from: START.wall + MINUTE,
  until: START.wall + 10 * MINUTE,
  since: START,
  ends: START.steady + 10 * MINUTE,
};

/** Seen good at `good`, then missed twice from `missed` on; ms after the start. */
function gone(good: number, missed: number, outcome = ABSENT): Machine {
  const machine = new Machine();
  machine.at = after(good);
  machine.sweep(GOOD);
  machine.at = after(missed);
  return machine.sweep(outcome).wait(2000).sweep(outcome, 'fresh');
}
const why = (machine: Machine, more: Partial<ExpectedLoss> = {}, memory = MEMORY) =>
  refuteLoss({ ...EXPECTED, ...more }, machine.resource, machine.state, memory);

describe('an expected loss', () => {
  it('is one that was seen in its place within the window and first missed within it', () => {
    assert.equal(why(gone(MINUTE, 2 * MINUTE)), null);
    assert.equal(why(gone(MINUTE, 10 * MINUTE - 1)), null, 'proven after the end, missed before it');
    assert.equal(why(gone(2 * MINUTE, 3 * MINUTE, DOOMED)), null);
  });

  it('is none a moment too late, by either clock, and none where it was last seen before the window or the approval', () => {
    assert.match(why(gone(9 * MINUTE, 10 * MINUTE)) ?? '', /after the window/);
    assert.match(why(gone(2 * MINUTE, 3 * MINUTE), { ends: START.steady + 3 * MINUTE }) ?? '', /after the window/);
    assert.match(why(gone(MINUTE - 1, 2 * MINUTE)) ?? '', /since the window began/);
    assert.match(why(gone(2 * MINUTE, 3 * MINUTE), { since: after(2 * MINUTE + 1) }) ?? '', /since the approval/);
  });

  it('counts from the last time it went: what only flapped while the window was open is another matter', () => {
    const machine = gone(2 * MINUTE, 10 * MINUTE - 3000);
    const flapping = new Machine();
    flapping.at = after(2 * MINUTE);
    flapping.sweep(GOOD);
    flapping.at = after(10 * MINUTE - 1000);
    flapping.sweep(ABSENT, 'fresh').wait(2000).sweep(GOOD).wait(2000).sweep(ABSENT, 'fresh');
    assert.equal(flapping.standing(), 'bad');
    assert.match(why(flapping) ?? '', /after the window/);
    assert.equal(why(machine), null);
  });

  it('is of one identity, the one that people approved, and all of it', () => {
    assert.match(why(gone(MINUTE, 2 * MINUTE), { identity: { oid: '2' } }) ?? '', /another identity/);
    assert.match(why(gone(MINUTE, 2 * MINUTE), { identity: { oid: '1', server: 'A' } }) ?? '', /another identity/);
    assert.match(
      why(gone(MINUTE, 2 * MINUTE), {}, { ...MEMORY, pin: { oid: '1', server: 'A' } } as typeof MEMORY) ?? '',
      /another identity/,
    );
    assert.match(why(gone(MINUTE, 2 * MINUTE), { identity: {} }, { ...BLANK, tainted: false } as typeof MEMORY) ?? '', /another identity/);
  });

  it('is no other one under its name, and nothing that is not gone', () => {
    const impostor = new Machine();
    impostor.at = after(MINUTE);
    impostor.sweep(GOOD).wait(1000);
    for (const path of ['usual', 'fresh'] as const) impostor.look({ presence: GOOD, identity: IMPOSTOR }, path).wait(2000);
    assert.equal(impostor.standing('identity'), 'bad');
    assert.match(why(impostor) ?? '', /not gone/);
    assert.match(why(new Machine().sweep(GOOD)) ?? '', /not gone/);
    const replaced = gone(MINUTE, 2 * MINUTE).wait(2000);
    for (const path of ['usual', 'fresh'] as const) replaced.look({ presence: GOOD, identity: IMPOSTOR }, path).wait(2000);
    assert.match(why(replaced) ?? '', /not gone/);
  });
});
