import assert from 'node:assert/strict';
import { acknowledge, endIncident, openIncident, receipt, tickIncident, type Incident, type Opening } from '../../src/core/incident.ts';
import type { Instant } from '../../src/core/report.ts';

const at = (steady: number): Instant => ({ wall: steady, steady });
const REPEAT = 900_000;
const OPENING: Opening = {
  id: 'i1',
  key: 'rollcall/m/w/r/lost/1',
  class: 'lost',
  severity: 'critical',
  connection: 'c',
  resource: 'r',
  pagers: ['phone', 'chat'],
  supersedes: [],
  later: { fallback: { afterMs: 120_000, pagers: ['mail'] }, ladder: [{ afterMs: 600_000, pagers: ['boss'] }] },
  at: at(0),
};

describe('who is called in later', () => {
  const opened = (): Incident => openIncident(OPENING, false).next;

  it('calls the fallback in where one pager has not accepted in time, once, and goes on asking the others', () => {
    const half = receipt(opened(), 'chat', 'trigger', at(1000)).next;
    assert.deepEqual(tickIncident(half, at(119_999), REPEAT).wishes, []);
    const called = tickIncident(half, at(120_000), REPEAT);
    assert.deepEqual(called.wishes, [{ incident: 'i1', event: 'trigger', reason: 'escalated', to: ['mail'] }]);
    assert.deepEqual(called.next.pagers, ['phone', 'chat', 'mail']);
    assert.deepEqual(tickIncident(called.next, at(130_000), REPEAT).wishes, []);
  });

  it('is paged once the fallback has accepted, though the pager it stands in for has not', () => {
    const called = tickIncident(opened(), at(120_000), REPEAT).next;
    const { next, complete } = receipt(called, 'mail', 'trigger', at(121_000));
    assert.deepEqual([next.phase, complete], ['paged', true]);
  });

  it('does not call the fallback in where all have accepted', () => {
    const chat = receipt(opened(), 'chat', 'trigger', at(1000)).next;
    const paged = receipt(chat, 'phone', 'trigger', at(2000)).next;
    assert.equal(paged.phase, 'paged');
    assert.deepEqual(tickIncident(paged, at(500_000), REPEAT).wishes, []);
  });

  it('calls the next rung in as time goes by, and not where somebody has it in hand', () => {
    const chat = receipt(opened(), 'chat', 'trigger', at(1000)).next;
    const paged = receipt(chat, 'phone', 'trigger', at(2000)).next;
    assert.deepEqual(tickIncident(acknowledge(paged, 700_000), at(600_000), REPEAT).wishes, []);
    assert.deepEqual(tickIncident(paged, at(600_000), REPEAT).wishes, [
      { incident: 'i1', event: 'trigger', reason: 'escalated', to: ['boss'] },
    ]);
  });

  it('resolves with everybody who was told, those called in later too', () => {
    const called = tickIncident(opened(), at(120_000), REPEAT).next;
    assert.deepEqual(endIncident(called, 'resolved').wishes[0]?.to, ['phone', 'chat', 'mail']);
  });
});
