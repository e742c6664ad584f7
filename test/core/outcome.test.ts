import assert from 'node:assert/strict';
import { compareHarm, harmOf, needsNoConfirmation, type Breach, type Outcome } from '../../src/core/outcome.ts';
import { ABSENT, BLIND, DOOMED, GOOD, IMPOSTOR } from '../support/roll.ts';

const one = (kind: Breach['kind'], severity: Breach['severity'] = 'warning'): Breach => ({
  kind,
  path: 'p',
  what: '',
  expected: null,
  actual: null,
  severity,
});
const of = (first: Breach, ...rest: readonly Breach[]): Outcome => ({ is: 'breach', breaches: [first, ...rest] });

describe('an outcome', () => {
  it('weighs what its gravest breach weighs; what is good or unseen is no harm', () => {
    assert.equal(harmOf(of(one('stale'), one('diminished', 'critical'))), 'critical');
    assert.equal(harmOf(of(one('stale'))), 'warning');
    assert.deepEqual([harmOf(ABSENT), harmOf(GOOD), harmOf(BLIND)], ['lost', undefined, undefined]);
    const order = [undefined, 'warning', 'critical', 'lost'] as const;
    for (const [n, harm] of order.entries()) for (const [m, other] of order.entries()) assert.equal(compareHarm(harm, other), n - m);
  });

  it('is paged after one look only where all of it is a sign before the harm, or a marked deletion', () => {
    assert.deepEqual([needsNoConfirmation(DOOMED), needsNoConfirmation(ABSENT), needsNoConfirmation(IMPOSTOR)], [true, false, false]);
    assert.equal(needsNoConfirmation(of(one('exposed'), one('precursor'))), true);
    assert.equal(needsNoConfirmation(of(one('exposed'), one('diminished'))), false);
    assert.deepEqual([needsNoConfirmation(GOOD), needsNoConfirmation(BLIND)], [false, false]);
  });
});
