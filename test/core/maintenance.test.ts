import assert from 'node:assert/strict';
import { isBadNow, isExcusable, isInScope, printWindow, type MaintenanceWindow } from '../../src/core/maintenance.ts';
import type { Outcome } from '../../src/core/outcome.ts';
import type { BlindReason } from '../../src/core/report.ts';
import { CLEAR_SIGHT } from '../../src/core/sight.ts';
import type { ResourceState } from '../../src/core/state.ts';
import { ABSENT, BLIND, breach, GOOD, Machine, makeCheck } from '../support/roll.ts';

const WINDOW: MaintenanceWindow = {
  name: 'upgrade',
  author: 'alice',
  reason: 'PostgreSQL 18',
  resources: ['orders-db'],
  connections: ['spare-pg'],
  from: Date.UTC(2026, 0, 1),
  until: Date.UTC(2026, 0, 2),
};
const contents = { checks: [makeCheck(), makeCheck({ facet: 'content/u', path: 'tables.u.min_rows' })] };
const stale = breach('warning', 'stale');
const mixed: Outcome = {
  is: 'breach',
  breaches: [
    { kind: 'stale', path: 'p', what: '', expected: 1, actual: 0, severity: 'warning' },
    { kind: 'diminished', path: 'q', what: '', expected: 1, actual: 0, severity: 'warning' },
  ],
};

/** A whole resource, two looks into which found this. */
function found(outcomes: Record<string, Outcome>): ResourceState {
  const machine = new Machine(contents).sweep(GOOD).look({ 'content/t': GOOD, 'content/u': GOOD }, 'usual', 'inspect');
  return machine.look(outcomes, 'usual', 'inspect').look(outcomes, 'fresh', 'inspect').state;
}
const blindFor = (reason: BlindReason): Outcome => ({ is: 'blind', reason, say: '' });

describe('a maintenance window', () => {
  it('covers the resources it names and all behind the connections it names, and nothing else', () => {
    const covers = (id: string, connection: string) => isInScope(WINDOW, { id, connection });
    assert.deepEqual([covers('orders-db', 'pg'), covers('users-db', 'spare-pg'), covers('users-db', 'pg')], [true, true, false]);
  });

  it('is printed with its times in UTC', () => {
    assert.deepEqual(printWindow(WINDOW), {
      name: 'upgrade',
      author: 'alice',
      reason: 'PostgreSQL 18',
      from: '2026-01-01T00:00:00.000Z',
      until: '2026-01-02T00:00:00.000Z',
    });
  });

  it('may keep quiet what grew stale, and nothing that was lost or shrunk beside it', () => {
    const excusable = (outcomes: Record<string, Outcome>) => isExcusable('harm', found(outcomes));
    assert.equal(excusable({ 'content/t': stale }), true);
    assert.equal(excusable({ 'content/t': breach() }), false);
    assert.equal(excusable({ 'content/t': stale, 'content/u': breach() }), false, 'one of two facets');
    assert.equal(excusable({ 'content/t': mixed }), false, 'one of two breaches');
    assert.equal(isExcusable('harm', new Machine().sweep(GOOD).sweep(ABSENT).sweep(ABSENT, 'fresh').state), false);
    assert.equal(isExcusable('harm', new Machine(contents).sweep(GOOD).inspect(breach()).state), true, 'a suspicion is no harm yet');
  });

  it('may keep quiet a server that does not answer, and none that refuses, turns out another or breaks its word', () => {
    const excusable = (reason: BlindReason) => isExcusable('sight', found({ 'content/t': blindFor(reason) }));
    for (const reason of ['timeout', 'unreachable', 'throttled', 'partial-answer', 'stale-vantage'] as const)
      assert.equal(excusable(reason), true, reason);
    for (const reason of ['denied', 'wrong-caller', 'protocol', 'omitted', 'threw'] as const)
      assert.equal(excusable(reason), false, reason);
    assert.equal(isExcusable('sight', found({ 'content/t': BLIND, 'content/u': blindFor('denied') })), false, 'one of two facets');
    const seenAgain = new Machine(contents).sweep(blindFor('denied')).sweep(GOOD).state;
    assert.equal(isExcusable('sight', seenAgain), true, 'what is seen by now needs no excuse');
  });

  it('excuses no darkness of which nothing is known', () => {
    const { facets, ...state } = new Machine().sweep(BLIND).state;
    const dark = { ...facets['presence']!, sight: { ...CLEAR_SIGHT, blindNow: true } };
    assert.equal(isExcusable('sight', { ...state, facets: { ...facets, presence: dark } }), false);
  });
});

describe('what is wrong just now', () => {
  it('is what is proven or unseen at this moment, in any facet, and not what is only not yet proven good again', () => {
    const [whole, worn, dark] = [found({}), found({ 'content/t': breach() }), found({ 'content/u': BLIND })];
    assert.deepEqual([isBadNow('harm', whole), isBadNow('harm', worn), isBadNow('harm', dark)], [false, true, false]);
    assert.deepEqual([isBadNow('sight', whole), isBadNow('sight', worn), isBadNow('sight', dark)], [false, false, true]);
    assert.equal(isBadNow('harm', new Machine().sweep(ABSENT).state), false);
  });
});
