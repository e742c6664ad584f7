import assert from 'node:assert/strict';
import {
  acknowledge,
  attempted,
  changeIncident,
  dedupKey,
  endIncident,
  joinIncident,
  leaveIncident,
  openIncident,
  openMembers,
  receipt,
  takesIn,
  tickIncident,
  type Incident,
  type Opening,
  type Turned,
} from '../../src/core/incident.ts';
import { after, START } from '../support/roll.ts';

const REPEAT = 900_000;
const OPENING: Opening = {
  id: 'I1',
  key: 'rollcall/m/w/orders-db/lost/1',
  class: 'lost',
  severity: 'critical',
  connection: 'pg',
  resource: 'orders-db',
  pagers: ['oncall', 'ops'],
  supersedes: [],
  at: START,
};

function open(overrides: Partial<Opening> = {}): Incident {
  return openIncident({ ...OPENING, ...overrides }, false).next;
}

function paged(overrides: Partial<Opening> = {}): Incident {
  return OPENING.pagers.reduce((incident, pager) => receipt(attempted(incident, pager), pager, 'trigger', START).next, open(overrides));
}

function wishes({ wishes: made }: Turned): string[] {
  return made.map(({ event, reason, to }) => `${event} ${reason} to ${to.join(' ')}`);
}

describe("the incident's machine, row by row (DESIGN §5)", () => {
  it('opens paging, with the first page wished for at once; worsened where somebody was told of a milder one', () => {
    assert.equal(open().phase, 'paging');
    assert.deepEqual(wishes(openIncident(OPENING, false)), ['trigger first to oncall ops']);
    assert.deepEqual(wishes(openIncident(OPENING, true)), ['trigger worsened to oncall ops']);
    assert.equal(dedupKey('prod-eu', 'vault-eu', 'orders-db', 'lost', 3), 'rollcall/prod-eu/vault-eu/orders-db/lost/3');
  });

  it('paging, receipt of one pager: still paging until every pager of the route has given one; then paged', () => {
    const one = receipt(open(), 'oncall', 'trigger', START);
    assert.deepEqual([one.next.phase, one.complete], ['paging', false]);
    const again = receipt(one.next, 'oncall', 'trigger', START);
    assert.deepEqual([again.next.phase, again.complete], ['paging', false], 'twice the same pager is one pager');
    const both = receipt(one.next, 'ops', 'trigger', after(5));
    assert.deepEqual([both.next.phase, both.complete, both.next.pagedAt], ['paged', true, after(5).steady]);
  });

  it('is never paged by an update, a resolve or an attempt', () => {
    for (const event of ['update', 'resolve', 'test'] as const)
      assert.equal(OPENING.pagers.reduce((one, pager) => receipt(one, pager, event, START).next, open()).phase, 'paging');
    assert.equal(receipt(paged(), 'oncall', 'resolve', after(9)).next.pagedAt, START.steady, 'nor is it any more so once it is');
    assert.equal(attempted(attempted(open(), 'oncall'), 'ops').phase, 'paging');
  });

  it("paging, receipt of the fallback: paged, though the route's own pager still retries", () => {
    const later = { fallback: { afterMs: 60_000, pagers: ['phone'] }, ladder: [] };
    const early = tickIncident(open({ later }), after(59_000), REPEAT);
    assert.deepEqual(wishes(early), []);
    const due = tickIncident(open({ later }), after(60_000), REPEAT);
    assert.deepEqual(wishes(due), ['trigger escalated to phone']);
    assert.deepEqual(receipt(due.next, 'phone', 'trigger', after(61_000)).next.phase, 'paged');
    assert.deepEqual(wishes(tickIncident(due.next, after(62_000), REPEAT)), [], 'called in once');
  });

  it('paged, judged milder or told differently: an update to every pager', () => {
    assert.deepEqual(wishes(changeIncident(paged())), ['update changed to oncall ops']);
    assert.equal(changeIncident(paged()).next.phase, 'paged');
    assert.deepEqual(wishes(changeIncident(endIncident(paged(), 'resolved').next)), [], 'nothing changes once it is over');
  });

  it('paged, repeat interval over and not acknowledged: paging, page(repeat)', () => {
    assert.deepEqual(wishes(tickIncident(paged(), after(REPEAT - 1), REPEAT)), []);
    const turned = tickIncident(paged(), after(REPEAT), REPEAT);
    assert.deepEqual(wishes(turned), ['trigger repeat to oncall ops']);
    assert.deepEqual([turned.next.phase, turned.next.accepted], ['paging', []]);
  });

  it('repeats to those who answer while one pager never does', () => {
    const half = receipt(open(), 'ops', 'trigger', START).next;
    assert.deepEqual(wishes(tickIncident(half, after(REPEAT), REPEAT)), ['trigger repeat to oncall ops']);
  });

  it('paged, acknowledged: no repeat until the acknowledgement is over, then page(repeat)', () => {
    const acked = acknowledge(paged(), after(4 * REPEAT).steady);
    assert.deepEqual(wishes(tickIncident(acked, after(4 * REPEAT - 1), REPEAT)), []);
    assert.deepEqual(wishes(tickIncident(acked, after(4 * REPEAT), REPEAT)), ['trigger repeat to oncall ops']);
  });

  it('paged, the last member good: resolving, and closed only by the receipt of every pager that was told', () => {
    const turned = leaveIncident(paged(), 'orders-db', 'resolved', after(60_000));
    assert.deepEqual(wishes(turned), ['resolve resolved to oncall ops']);
    assert.equal(turned.next.phase, 'resolving');
    const one = receipt(turned.next, 'ops', 'resolve', after(61_000)).next;
    assert.equal(one.phase, 'resolving');
    assert.equal(receipt(one, 'oncall', 'trigger', after(61_000)).next.phase, 'resolving', 'a late receipt of the page closes nothing');
    assert.equal(receipt(one, 'oncall', 'resolve', after(61_000)).next.phase, 'closed');
  });

  it('paging, good before any receipt: the page still goes, then its resolve, to the same pagers', () => {
    assert.deepEqual(wishes(leaveIncident(open(), 'orders-db', 'resolved', after(60_000))), ['resolve resolved to oncall ops']);
  });

  it('tells the end to pagers of an earlier route too', () => {
    const moved = { ...attempted(open(), 'oncall'), pagers: ['ops'] };
    assert.deepEqual(wishes(endIncident(moved, 'resolved')), ['resolve resolved to ops oncall']);
  });

  it('any, retired or repinned: closing with that reason, never as an all-clear', () => {
    for (const reason of ['retired', 'repinned'] as const) {
      const { next, wishes: made } = leaveIncident(paged(), 'orders-db', reason, START);
      assert.deepEqual([next.phase, next.ending, made[0]?.event, made[0]?.reason], ['resolving', reason, 'resolve', reason]);
    }
  });

  it('superseded: those who were told are told; one that reached nobody just closes', () => {
    assert.deepEqual(wishes(endIncident(attempted(open(), 'ops'), 'superseded')), ['resolve superseded to ops']);
    assert.equal(endIncident(open(), 'superseded').next.phase, 'closed');
  });

  it('a member that leaves is an update while others stay', () => {
    const two = joinIncident(paged(), new Map([['ledger-db', after(1000)]]));
    assert.deepEqual(wishes(two), ['update joined to oncall ops']);
    const left = leaveIncident(two.next, 'orders-db', 'resolved', after(2000));
    assert.deepEqual([wishes(left), left.next.phase, openMembers(left.next)], [['update changed to oncall ops'], 'paged', ['ledger-db']]);
    assert.deepEqual(wishes(leaveIncident(left.next, 'orders-db', 'resolved', after(3000))), [], 'nobody leaves twice');
  });

  it('takes in further losses of one connection, class and severity for sixty seconds, unless it is acknowledged', () => {
    const what = { class: 'lost', severity: 'critical', connection: 'pg', at: after(60_000) } as const;
    assert.equal(takesIn(open(), what), true);
    assert.equal(takesIn(paged(), what), true);
    assert.equal(takesIn(paged(), { ...what, at: after(60_001) }), false);
    assert.equal(takesIn(paged(), { ...what, connection: 'other' }), false);
    assert.equal(takesIn(paged(), { ...what, class: 'blind' }), false);
    assert.equal(takesIn(paged(), { ...what, severity: 'warning' }), false);
    assert.equal(takesIn(acknowledge(paged(), after(REPEAT).steady), what), false, 'an acknowledged key is deaf');
    assert.equal(takesIn(endIncident(paged(), 'resolved').next, what), false, 'bad again while resolving: the next episode');
  });
});
