import assert from 'node:assert/strict';
import { isGone, refuteLoss, type ExpectedLoss } from '../../src/core/expected-loss.ts';
import { BLANK } from '../../src/core/memory.ts';
import type { ResourceState } from '../../src/core/state.ts';
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

describe('what is gone', () => {
  const LOST = { standing: 'bad', outcome: { is: 'lost', how: 'absent' } };
  const state = (presence: object | undefined, more: { readonly harm?: string | null; readonly identity?: object } = {}): ResourceState => {
    const { harm = 'lost', identity } = more;
    return { harm, facets: { presence, ...(identity && { identity }) } } as unknown as ResourceState;
  };

  it('is absent or marked for deletion, confirmed, and no other one under its name', () => {
    assert.equal(isGone(state(LOST)), true);
    assert.equal(isGone(state({ ...LOST, outcome: { is: 'lost', how: 'doomed' } })), true);
    assert.equal(isGone(state(LOST, { identity: { standing: 'good' } })), true);
  });

  it('is nothing else', () => {
    for (const [what, one] of [
      ['nothing is wrong', state(LOST, { harm: null })],
      ['something milder is wrong', state(LOST, { harm: 'degraded' })],
      ['another one is there', state(LOST, { identity: { standing: 'bad' } })],
      ['not confirmed yet', state({ ...LOST, standing: 'suspect' })],
      ['there, and another', state({ ...LOST, outcome: { is: 'lost', how: 'impostor' } })],
      ['there, with less', state({ ...LOST, outcome: { is: 'harmed' } })],
      ['never looked at', state(undefined)],
      ['looked at without an outcome', state({ standing: 'bad' })],
    ] as const)
      assert.equal(isGone(one), false, what);
  });
});

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
    assert.equal(why(gone(2 * MINUTE, 3 * MINUTE), { since: after(2 * MINUTE) }), null, 'seen at the very moment of the approval');
    const whole = gone(2 * MINUTE, 3 * MINUTE);
    const { presence } = whole.state.facets;
    const without = (more: object) =>
      ({ ...whole.state, facets: { ...whole.state.facets, presence: { ...presence, ...more } } }) as typeof whole.state;
    const said = (more: object) => refuteLoss(EXPECTED, whole.resource, without(more), MEMORY) ?? '';
    assert.match(said({ marks: [] }), /after the window/, 'of which it is not known when it went');
    assert.match(said({ marks: undefined }), /after the window/);
    assert.match(said({ goodAt: undefined }), /since the approval/);
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
