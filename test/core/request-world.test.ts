import assert from 'node:assert/strict';
import { observe, steadyPart } from '../../src/core/request-world.ts';
import { makePrintedResource } from '../support/page.ts';
import { makeResource } from '../support/roll.ts';

const here = { provider: 'railway', account: 'acme' };
const ROLL = [
  makeResource({ id: 'orders-db', protectedBy: ['dumps', 'offsite', 'lost'], domain: here }),
  makeResource({ id: 'dumps', domain: here }),
  makeResource({ id: 'offsite', domain: { provider: 'hetzner', account: 'acme' } }),
  makeResource({ id: 'users-db', protectedBy: ['dumps'], domain: { ...here } }),
];
const print = (id: string) => {
  if (id === 'offsite' || id === 'lost') return undefined;
  const breach = (path: string) => ({ kind: 'stale', path, what: '', expected: 1, actual: 2, severity: 'warning' }) as const;
  return makePrintedResource({
    id,
    verdict: id === 'dumps' ? 'degraded' : 'present',
    breaches: id === 'dumps' ? [breach('z'), breach('a')] : [],
    last_seen_healthy: '2026-11-23T11:00:00.000Z',
  });
};

describe('what an approver is shown of a resource', () => {
  it('is itself, what protects it and whether that goes with it, what it protects, and what lies within reach', () => {
    const dumps = { id: 'dumps', verdict: 'degraded', breaches: ['a', 'z'] };
    assert.deepEqual(observe(ROLL, 'orders-db', print), {
      target: { id: 'orders-db', verdict: 'present', breaches: [] },
      what: 'fake.thing on pg',
      protects: [],
      protected_by: [
        { ...dumps, shares_domain: true },
        { id: 'offsite', verdict: 'unknown', breaches: [], shares_domain: false },
        { id: 'lost', verdict: 'unknown', breaches: [], shares_domain: false },
      ],
      same_domain: ['dumps', 'users-db'],
      last_seen_healthy: '2026-11-23T11:00:00.000Z',
    });
    assert.deepEqual(
      observe(ROLL, 'dumps', print)?.protects.map(({ id }) => id),
      ['orders-db', 'users-db'],
    );
    assert.equal(observe(ROLL, 'offsite', print)?.last_seen_healthy, null);
    assert.equal(observe(ROLL, 'other', print), undefined);
  });

  it('is at most fifty of each', () => {
    const many = Array.from({ length: 60 }, (_, n) => `r${n}`);
    const roll = [makeResource({ id: 'x', protectedBy: many }), ...many.map((id) => makeResource({ id, protectedBy: ['x'] }))];
    const observed = observe(roll, 'x', print);
    assert.deepEqual([observed?.protects.length, observed?.protected_by.length, observed?.same_domain.length], [50, 50, 50]);
  });

  it('has a part that must not move: all but when it was last healthy', () => {
    const observed = observe(ROLL, 'orders-db', print);
    assert.ok(observed);
    assert.equal(steadyPart({ ...observed, last_seen_healthy: null }), steadyPart(observed));
    assert.notEqual(steadyPart({ ...observed, same_domain: [] }), steadyPart(observed));
    assert.notEqual(steadyPart({ ...observed, target: { ...observed.target, verdict: 'blind' } }), steadyPart(observed));
  });
});
