import assert from 'node:assert/strict';
import { endIncident, openIncident, type Incident } from '../../src/core/incident.ts';
import { callIn, reroute, type Route } from '../../src/core/reroute.ts';
import { START } from '../support/roll.ts';

const opening = { id: 'I', key: 'k', class: 'lost', severity: 'critical', connection: 'pg', resource: 'db', supersedes: [] } as const;
const open = (pagers: readonly string[], more: Partial<Incident> = {}): Incident => ({
  ...openIncident({ ...opening, pagers, at: START }, false).next,
  ...more,
});
const to = (...pagers: readonly string[]): Route => ({ pagers, later: undefined });
const configured = (...names: readonly string[]): ReadonlyMap<string, unknown> => new Map(names.map((name) => [name, {}]));

describe('an incident under a new configuration', () => {
  it('goes on with the pagers that are left, which are owed what they were owed, and tells those of the route of today beside them', () => {
    const { next, wishes } = reroute(open(['oncall', 'ops'], { told: ['oncall', 'ops'] }), configured('ops', 'mail'), to('mail'));
    assert.deepEqual([next.phase, next.pagers, next.told], ['paging', ['ops', 'mail'], ['ops']]);
    assert.deepEqual(wishes, [{ incident: 'I', event: 'trigger', reason: 'escalated', to: ['mail'] }]);
  });

  it('falls back and climbs as the route of today says, where somebody it would have told later is gone', () => {
    const [spare, boss, night] = (['spare', 'boss', 'night'] as const).map((name) => ({ afterMs: 1000, pagers: [name] }));
    const [was, today] = [{ ladder: [], ...(spare && { fallback: spare }) }, { ladder: night ? [night] : [] }];
    for (const turn of [reroute, callIn]) {
      const later = turn(open(['ops'], { later: was }), configured('ops', 'night'), { pagers: ['ops'], later: today }).next.later;
      assert.deepEqual(later, today);
      assert.equal(turn(open(['ops'], { later: { ladder: boss ? [boss] : [] } }), configured('ops'), to('ops')).next.later, undefined);
      assert.equal(turn(open(['ops'], { later: was }), configured('ops', 'spare'), to('ops')).next.later, was);
    }
  });

  it('waits for nobody who is gone: where all that are left have accepted, it is paged', () => {
    const half = open(['oncall', 'ops'], { accepted: ['ops'], told: ['oncall', 'ops'] });
    const { next, wishes } = reroute(half, configured('ops'), to('ops'));
    assert.deepEqual([next.phase, next.accepted, wishes], ['paged', ['ops'], []]);
    assert.equal(reroute(half, configured('oncall', 'ops'), to('ops')).next.phase, 'paging', 'one of the two still owes its receipt');
  });

  it('tells the route of today from the start where none of its own is left, whoever had accepted', () => {
    const paged = open(['oncall'], { phase: 'paged', accepted: ['oncall'], told: ['oncall'] });
    const { next, wishes } = reroute(paged, configured('mail', 'phone'), to('mail', 'phone'));
    assert.deepEqual([next.phase, next.pagers, next.accepted, next.told], ['paging', ['mail', 'phone'], [], []]);
    assert.deepEqual(wishes, [{ incident: 'I', event: 'trigger', reason: 'first', to: ['mail', 'phone'] }]);
  });

  it('that is being resolved wakes nobody new, and is over once nobody who is left is owed the resolve', () => {
    const ending = { ...endIncident(open(['oncall', 'ops']), 'resolved').next, accepted: ['ops'] };
    const waiting = reroute(ending, configured('oncall', 'ops'), to('mail'));
    assert.deepEqual([waiting.next.phase, waiting.wishes], ['resolving', []]);
    for (const left of [configured('ops'), configured('mail')]) {
      const over = reroute(ending, left, to('mail'));
      assert.deepEqual([over.next.phase, over.wishes], ['closed', []]);
    }
  });

  it('calls in those of the route of today who do not know of it, beside those who do', () => {
    const paged = open(['oncall', 'ops'], { phase: 'paged', accepted: ['oncall', 'ops'] });
    const { next, wishes } = callIn(paged, configured('ops', 'phone'), to('ops', 'phone'));
    assert.deepEqual([next.phase, next.pagers, next.accepted], ['paging', ['oncall', 'ops', 'phone'], ['oncall', 'ops']]);
    assert.deepEqual(wishes, [{ incident: 'I', event: 'trigger', reason: 'escalated', to: ['phone'] }]);
  });

  it('calls nobody in where its own pagers all stay, where the route knows of it, or where it is ending', () => {
    const paged = open(['oncall'], { phase: 'paged' });
    for (const [incident, names, route] of [
      [paged, ['oncall', 'phone'], ['phone']],
      [open(['oncall', 'ops'], { phase: 'paged' }), ['ops'], ['ops']],
      [endIncident(paged, 'resolved').next, ['phone'], ['phone']],
    ] as const)
      assert.deepEqual(callIn(incident, configured(...names), to(...route)), { next: incident, wishes: [] });
  });
});
