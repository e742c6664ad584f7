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

  it('is over for all of them only once all have accepted the end, the fallback alone speaks for nobody then', () => {
    const called = tickIncident(opened(), at(120_000), REPEAT).next;
    const ending = endIncident(called, 'resolved').next;
    const mail = receipt(ending, 'mail', 'resolve', at(200_000)).next;
    assert.equal(mail.phase, 'resolving');
    const rest = ['phone', 'chat'].reduce((one, pager) => receipt(one, pager, 'resolve', at(200_000)).next, mail);
    assert.equal(rest.phase, 'closed');
  });

  it('stands in for the others only as a whole, and only once called in', () => {
    const later = { fallback: { afterMs: 1000, pagers: ['mail', 'fax'] }, ladder: [] };
    const two = openIncident({ ...OPENING, later }, false).next;
    const called = tickIncident(two, at(1000), REPEAT).next;
    const half = receipt(called, 'mail', 'trigger', at(2000));
    assert.deepEqual([half.next.phase, half.complete], ['paging', false]);
    assert.equal(receipt(half.next, 'fax', 'trigger', at(2000)).next.phase, 'paged');
    assert.equal(receipt(receipt(two, 'mail', 'trigger', at(2000)).next, 'fax', 'trigger', at(2000)).next.phase, 'paging', 'not asked yet');
  });

  it('counts a rung from the opening, whenever that was', () => {
    const later = { ladder: [{ afterMs: 600_000, pagers: ['boss'] }] };
    const incident = openIncident({ ...OPENING, later, at: at(5_000_000) }, false).next;
    assert.deepEqual(tickIncident(incident, at(5_599_999), REPEAT).wishes, []);
    assert.deepEqual(tickIncident(incident, at(5_600_000), REPEAT).wishes[0]?.to, ['boss']);
  });

  it('is nobody where the route names nobody', () => {
    const { later: _later, ...plain } = OPENING;
    const incident = openIncident(plain, false).next;
    assert.deepEqual(tickIncident(incident, at(800_000), REPEAT).wishes, []);
    assert.deepEqual(tickIncident(endIncident(incident, 'resolved').next, at(9_000_000), REPEAT).wishes, [], 'nor once it is over');
  });
});
