import assert from 'node:assert/strict';
import { BLANK, type Memory } from '../../src/core/memory.ts';
import type { JudgedEvidence, Outcome } from '../../src/core/outcome.ts';
import { printResource } from '../../src/core/print.ts';
import { lostProtection, protectionOf } from '../../src/core/protection.ts';
import { step, type ResourceState } from '../../src/core/state.ts';
import { makePrintedResource } from '../support/page.ts';
import { ABSENT, BLIND, breach, DOOMED, GOOD, IMPOSTOR, Machine, makeCheck, makeEvidence, START } from '../support/roll.ts';

const print = (machine: Machine, memory: Memory = BLANK) => printResource(machine.resource, machine.state, memory, 1);
const deep = { checks: [makeCheck()] };
const impostor = { presence: GOOD, identity: IMPOSTOR } as const;
const worn: Outcome = {
  is: 'breach',
  breaches: [
    { kind: 'stale', path: 'newest', what: 'the newest is old', expected: 5, actual: 9, severity: 'warning' },
    { kind: 'diminished', path: 'rows', what: 'rows are gone', expected: 10, actual: 0, severity: 'critical' },
  ],
};

describe('the verdict that is printed', () => {
  it('is of a loss that was proven, not of one that is only suspected', () => {
    assert.equal(print(new Machine().sweep(GOOD).sweep(ABSENT)).verdict, 'present');
    assert.equal(print(new Machine().sweep(DOOMED)).verdict, 'doomed');
    assert.deepEqual(print(new Machine(deep).sweep(GOOD).inspect(worn)).breaches, []);
  });

  it('is what the last look found where an absence stands and another one answers by now', () => {
    const machine = new Machine().sweep(GOOD).sweep(ABSENT).sweep(ABSENT, 'fresh').wait(2000).look(impostor).look(impostor, 'fresh');
    assert.equal(print(machine).verdict, 'impostor');
    assert.equal(print(machine).summary, 'it is another, 2 of 2 looks');
    const gone = new Machine().sweep(GOOD).look(impostor).look(impostor).wait(2000).sweep(ABSENT).sweep(ABSENT, 'fresh');
    assert.equal(print(gone).verdict, 'absent', 'both accuse: what is not there is no other');
    const back = new Machine().sweep(GOOD).sweep(ABSENT).sweep(ABSENT, 'fresh').wait(2000).sweep(GOOD);
    assert.equal(print(back).verdict, 'absent', 'one good look proves nothing yet');
  });

  it('skips nothing of what is lost: it has no contents to look at', () => {
    assert.deepEqual(print(new Machine(deep).sweep(ABSENT).sweep(ABSENT, 'fresh')).skipped, []);
  });

  it('names each facet that could not be seen, or never was, with the reason', () => {
    const machine = new Machine(deep).sweep(GOOD).inspect(BLIND);
    assert.deepEqual(print(machine).skipped, [{ facet: 'content/t', reason: 'timeout', say: 'no answer' }]);
    machine.inspect(breach()).inspect(breach()).inspect(BLIND);
    assert.deepEqual([print(machine).verdict, print(machine).skipped.length], ['degraded', 1], 'worn and unseen at once');
    assert.deepEqual(print(machine.inspect(breach())).skipped, []);
  });
});

describe('the summary', () => {
  it('joins what is broken, names the first that is unseen, or lists all that answered', () => {
    assert.equal(print(new Machine(deep).sweep(GOOD).inspect(worn).inspect(worn)).summary, 'the newest is old; rows are gone');
    assert.equal(print(new Machine().sweep(BLIND)).summary, 'cannot be seen (presence: timeout): no answer');
    assert.equal(print(new Machine(deep).sweep(GOOD).inspect(GOOD)).summary, 'answered for presence, identity, content/t');
  });

  it('counts the good looks since the harm began, and none from before it', () => {
    const machine = new Machine({ confirm: 3 }).sweep(GOOD).sweep(ABSENT).sweep(GOOD).sweep(ABSENT, 'fresh').sweep(ABSENT, 'fresh');
    assert.equal(print(machine).summary, 'it is not there, 3 of 4 looks');
  });
});

describe('what was expected and what is there', () => {
  const pin = { server: 'A', oid: '1' };
  const pinned = (identity: Record<string, string>, memory: Memory) => print(new Machine({ identity }).sweep(GOOD), memory);

  it('says where the identity it is held to comes from, and names it only where there is one', () => {
    assert.deepEqual([pinned({ oid: '1' }, BLANK).pin, pinned({ oid: '1' }, BLANK).expected], ['manifest', { identity: { oid: '1' } }]);
    const adopted = pinned({}, { ...BLANK, pin, adopted: true });
    assert.deepEqual([adopted.pin, adopted.expected], ['store', { identity: pin }]);
    for (const memory of [BLANK, { ...BLANK, pin }, { ...BLANK, adopted: true }])
      assert.deepEqual([pinned({}, memory).pin, pinned({}, memory).expected], ['none', { identity: {} }]);
  });

  it('holds every identifier there is, and no list of them where there is none', () => {
    assert.deepEqual(pinned({}, { ...BLANK, pin }).ids, pin);
    assert.equal('ids' in pinned({}, BLANK), false);
  });

  it('says of each breach what was wanted and what was found', () => {
    const printed = print(new Machine(deep).sweep(GOOD).inspect(worn).inspect(worn), { ...BLANK, pin });
    assert.deepEqual(printed.expected, { identity: {}, newest: 5, rows: 10 });
    assert.deepEqual(printed.actual, { identity: pin, newest: 9, rows: 0 });
  });

  it('says who answers in its place, and nothing of what is not there', () => {
    const found = { oid: '2' };
    const other = { presence: GOOD, identity: { ...IMPOSTOR, found } } as const;
    assert.deepEqual(print(new Machine().sweep(GOOD).look(other).look(other), { ...BLANK, pin }).actual, { identity: found });
    assert.equal(print(new Machine().sweep(ABSENT).sweep(ABSENT, 'fresh'), { ...BLANK, pin }).actual, null);
    assert.deepEqual(print(new Machine().sweep(GOOD)).actual, {});
  });
});

describe('what is printed besides', () => {
  it('is since when it is bad and when it was last whole, where it ever was', () => {
    const printed = print(new Machine().sweep(GOOD).wait(2000).sweep(ABSENT).sweep(ABSENT, 'fresh'));
    assert.deepEqual([printed.last_seen_healthy, printed.first_seen_bad], ['2026-01-01T00:00:00.000Z', '2026-01-01T00:00:02.000Z']);
    const blind = print(new Machine().sweep(BLIND));
    assert.deepEqual([blind.last_seen_healthy, blind.first_seen_bad, blind.undo_before], [null, null, null]);
  });

  it('is what the manifest says of it, and no key of what it does not say', () => {
    const more = { owner: 'payments', runbook: 'https://r', protectedBy: ['dumps'] };
    const { owner, runbook, protected_by: guards } = print(new Machine(more).sweep(GOOD));
    assert.deepEqual([owner, runbook, guards], ['payments', 'https://r', ['dumps']]);
    const bare = print(new Machine().sweep(GOOD));
    for (const key of ['owner', 'runbook', 'protected_by', 'undo']) assert.equal(key in bare, false, key);
  });
});

describe('the evidence that is printed', () => {
  /** A state after looks that each heard these sentences. */
  function heard(looks: readonly { outcomes: Record<string, Outcome>; evidence: Record<string, readonly JudgedEvidence[]>; at: number }[]) {
    const machine = new Machine(deep);
    for (const { outcomes, evidence, at } of looks) {
      const judgments = Object.entries(outcomes).map(([facet, outcome]) => ({
        facet: facet as 'presence',
        outcome,
        evidence: evidence[facet] ?? [],
      }));
      const when = { wall: START.wall + at, steady: START.steady + at };
      const event = { type: 'looked', at: when, depth: 'sweep', path: 'usual', judgments } as const;
      machine.state = step(machine.resource, machine.state, event).next;
    }
    return machine;
  }
  const said = (excerpt: string, at = 0, more: Partial<JudgedEvidence> = {}): JudgedEvidence => ({
    ...makeEvidence({ wall: START.wall + at, steady: START.steady + at }, excerpt),
    path: 'usual',
    ...more,
  });
  const excerpts = (machine: Machine, of: (state: ResourceState) => ResourceState = (state) => state) =>
    printResource(machine.resource, of(machine.state), BLANK, 1).evidence.map(({ excerpt }) => excerpt);

  it('is of what is bad, else of what cannot be seen, else of the presence', () => {
    const evidence = { presence: [said('there')], identity: [said('the same')], 'content/t': [said('rows')] };
    const whole = { presence: GOOD, identity: GOOD, 'content/t': GOOD };
    const sweeps = { checks: [makeCheck({ depth: 'sweep' })] };
    const seen = (outcomes: Record<string, Outcome>) => {
      const machine = new Machine(sweeps);
      for (const n of [0, 1]) {
        const at = { wall: START.wall + n, steady: START.steady + n };
        const judgments = Object.entries(outcomes).map(([facet, outcome]) => ({
          facet: facet as 'presence',
          outcome,
          evidence: evidence[facet as 'presence'],
        }));
        machine.state = step(machine.resource, machine.state, { type: 'looked', at, depth: 'sweep', path: 'usual', judgments }).next;
      }
      return excerpts(machine);
    };
    assert.deepEqual(seen(whole), ['there']);
    assert.deepEqual(seen({ ...whole, 'content/t': BLIND }), ['rows']);
    assert.deepEqual(seen({ ...whole, identity: BLIND }), ['the same']);
    assert.deepEqual(seen({ ...whole, 'content/t': breach(), identity: BLIND }), ['rows']);
  });

  it('is in the order of time, the last six, each said once', () => {
    const [late, early] = [said('late', 50), said('early', 10)];
    const two = heard([{ outcomes: { presence: GOOD, identity: GOOD, 'content/t': GOOD }, evidence: { presence: [late, early] }, at: 60 }]);
    const present = (state: ResourceState): ResourceState => ({
      ...state,
      facets: { ...state.facets, 'content/t': { ...state.facets['presence']!, evidence: [] } },
    });
    assert.deepEqual(excerpts(two, present), ['early', 'late']);
    const evidence = Array.from({ length: 8 }, (_, n) => said(`n${n}`, n));
    const flood = heard([{ outcomes: { presence: GOOD, identity: GOOD }, evidence: { presence: [...evidence, ...evidence] }, at: 60 }]);
    assert.deepEqual(excerpts(flood, present), ['n2', 'n3', 'n4', 'n5', 'n6', 'n7']);
  });

  it('is numbered by looks: what was heard in one look shares its number', () => {
    const doomed = { presence: DOOMED };
    const [first, second] = [{ presence: [said('a', 1), said('b', 2)] }, { presence: [said('c', 11)] }];
    const machine = heard([
      { outcomes: doomed, evidence: first, at: 5 },
      { outcomes: doomed, evidence: second, at: 15 },
    ]);
    const printed = print(machine).evidence.map(({ excerpt, look }) => `${excerpt} ${look}`);
    assert.deepEqual(printed, ['a 1', 'b 1', 'c 2']);
  });

  it('shows whether a listing was whole and what else was in it, where there was one', () => {
    const shown = said('not listed', 0, { complete: true, control: '3 others' });
    const [listed, direct] = print(
      heard([{ outcomes: { presence: DOOMED }, evidence: { presence: [shown, said('no such thing', 1)] }, at: 2 }]),
    ).evidence;
    assert.deepEqual(listed, {
      method: 'list',
      vantage: 'watcher@server',
      at: '2026-01-01T00:00:00.000Z',
      complete: true,
      control: '3 others',
      look: 1,
      excerpt: 'not listed',
    });
    assert.deepEqual(['complete' in direct!, 'control' in direct!], [false, false]);
  });
});

describe('what protects a resource', () => {
  it('is printed in short, as far as it is on the roll', () => {
    const guard = makePrintedResource({ id: 'dumps', verdict: 'present', summary: 'whole', last_seen_healthy: null });
    const print = (id: string) => (id === 'dumps' ? guard : undefined);
    assert.deepEqual(protectionOf({ protected_by: ['gone', 'dumps'] }, print), [
      { id: 'dumps', verdict: 'present', summary: 'whole', last_seen_healthy: null },
    ]);
    assert.deepEqual(protectionOf({}, print), []);
  });

  it('is lost with it where it is not whole either, each told once and none that is told anyway', () => {
    const guard = (id: string, verdict: 'absent' | 'present') => ({ id, verdict, summary: '', last_seen_healthy: null });
    const [a, b] = [
      makePrintedResource({ id: 'a', protection: [guard('dumps', 'absent'), guard('b', 'absent'), guard('copy', 'present')] }),
      makePrintedResource({ id: 'b', protection: [guard('dumps', 'absent')] }),
    ];
    assert.deepEqual(
      lostProtection([a, b]).map(({ id }) => id),
      ['dumps'],
    );
    assert.deepEqual(lostProtection([makePrintedResource()]), []);
  });
});
