import assert from 'node:assert/strict';
import { EXIT, exitOf, worstExit } from '../../src/core/exit.ts';
import { joinIncident, openIncident, type Incident } from '../../src/core/incident.ts';
import { diffManifests, isWeakening, toRemembered } from '../../src/core/manifest-diff.ts';
import { BLANK } from '../../src/core/memory.ts';
import { wordPage, type PageFacts } from '../../src/core/page-words.ts';
import { printResource } from '../../src/core/print.ts';
import type { Resource } from '../../src/core/expectation.ts';
import { makePrintedResource } from '../support/page.ts';
import { ABSENT, BLIND, breach, DOOMED, GOOD, IMPOSTOR, Machine, makeCheck, makeResource, START } from '../support/roll.ts';

describe('what is printed of a resource', () => {
  const print = (machine: Machine) => printResource(machine.resource, machine.state, BLANK, 12.4);
  const deep = { checks: [makeCheck()] };

  it('is the verdict its state amounts to: what was proven outranks what could not be seen', () => {
    assert.equal(print(new Machine().sweep(GOOD)).verdict, 'present');
    assert.equal(print(new Machine().sweep(BLIND)).verdict, 'blind');
    assert.equal(print(new Machine().sweep(ABSENT).sweep(ABSENT, 'fresh').wait(1).sweep(BLIND)).verdict, 'absent');
    assert.equal(print(new Machine(deep).sweep(GOOD).inspect(breach()).inspect(breach()).inspect(BLIND)).verdict, 'degraded');
    const impostor = { presence: GOOD, identity: IMPOSTOR } as const;
    assert.equal(print(new Machine().look(impostor).look(impostor)).verdict, 'impostor');
  });

  it('is never green while a facet was not looked at (law 6)', () => {
    const half = print(new Machine(deep).sweep(GOOD));
    assert.deepEqual([half.verdict, half.skipped], ['blind', [{ facet: 'content/t', reason: 'omitted', say: 'not looked at yet' }]]);
    assert.equal(exitOf(half), EXIT.unknown);
    assert.equal(print(new Machine(deep).sweep(GOOD).inspect(GOOD)).verdict, 'present');
  });

  it('holds every identifier known of it, pinned or not, and how a marked deletion is undone', () => {
    const doomed = { ...DOOMED, undoBefore: START.wall + 1000, undo: 'aws kms cancel-key-deletion --key-id 1' };
    const machine = new Machine({ identity: { account: '1111' }, domain: { connection: 'pg', provider: 'railway' } }).sweep(doomed);
    const printed = printResource(machine.resource, machine.state, { ...BLANK, pin: { oid: '16401' } }, 1);
    assert.deepEqual(printed.ids, { oid: '16401', account: '1111', provider: 'railway' });
    assert.deepEqual([printed.undo_before, printed.undo], ['2026-01-01T00:00:01.000Z', 'aws kms cancel-key-deletion --key-id 1']);
  });

  it('carries both looks of an absence, and counts only those since the harm began', () => {
    const printed = print(new Machine().sweep(GOOD).wait(2000).sweep(ABSENT).wait(50).sweep(ABSENT, 'fresh'));
    assert.equal(printed.summary, 'it is not there, 2 of 2 looks');
    assert.deepEqual(
      printed.evidence.map(({ look }) => look),
      [1, 2],
    );
    assert.deepEqual([printed.actual, printed.pin, printed.duration_ms], [null, 'none', 12]);
    assert.ok(printed.last_seen_healthy !== null && printed.first_seen_bad !== null);
  });
});

describe('exit codes', () => {
  const of = (overrides: Parameters<typeof makePrintedResource>[0]) => exitOf(makePrintedResource(overrides));
  const skipped = [{ facet: 'content/t', reason: 'denied', say: '' }];
  const worn = { kind: 'stale', path: 'p', what: '', expected: 1, actual: 0, severity: 'warning' } as const;

  it('follow the table of CONTRACT §4', () => {
    assert.equal(of({ verdict: 'present' }), 0);
    for (const verdict of ['absent', 'impostor', 'doomed'] as const)
      assert.deepEqual([of({ verdict }), of({ verdict, severity: 'warning' })], [2, 1]);
    assert.equal(of({ verdict: 'degraded', breaches: [worn] }), 1);
    assert.equal(of({ verdict: 'degraded', breaches: [worn, { ...worn, severity: 'critical' }] }), 2);
    assert.equal(of({ verdict: 'degraded', breaches: [worn], skipped }), 3, 'not knowing outranks a warning');
    assert.equal(of({ verdict: 'blind', skipped }), 3);
  });

  it('critical outranks unknown outranks warning; nothing compared is unknown', () => {
    assert.deepEqual([worstExit([]), worstExit([0]), worstExit([0, 1]), worstExit([1, 3, 0]), worstExit([3, 2, 1])], [3, 0, 1, 3, 2]);
  });
});

describe('the words of a page', () => {
  const at = START;
  const opening = { id: 'I', key: 'k', class: 'lost', severity: 'critical', connection: 'pg', pagers: ['a'], supersedes: [], at } as const;
  const incident = (ids: readonly string[], more: Partial<Incident> = {}): Incident => {
    const [first = '', ...rest] = ids;
    const opened = openIncident({ ...opening, resource: first }, false).next;
    return { ...rest.reduce((one, id) => joinIncident(one, new Map([[id, at]])).next, opened), ...more };
  };
  const word = (one: Incident, facts: Partial<PageFacts> = {}) =>
    wordPage(one, {
      watchdog: 'w',
      event: 'trigger',
      reason: 'first',
      at,
      print: (id) => makePrintedResource({ id, summary: 'no such database' }),
      head: null,
      statusUrl: undefined,
      ...facts,
    });

  it('say whether what would bring it back went with it, and link to the incident', () => {
    const verdicts = { 'orders-db': 'absent', dumps: 'absent', snapshots: 'present' } as const;
    const print = (id: string) => {
      const verdict = verdicts[id as keyof typeof verdicts];
      const guarded = id === 'orders-db' ? { protected_by: ['dumps', 'snapshots'] } : {};
      return makePrintedResource({ id, verdict, summary: `about ${id}`, ...guarded });
    };
    const page = word(incident(['orders-db']), { print, statusUrl: 'https://rollcall.internal' });
    assert.equal(page.summary, 'orders-db is gone: about orders-db; of what protects it: dumps is gone');
    assert.deepEqual(
      page.resources[0]?.protection?.map(({ id, verdict }) => `${id} ${verdict}`),
      ['dumps absent', 'snapshots present'],
    );
    assert.equal(page.links.status, 'https://rollcall.internal/incidents/I');
    assert.equal(word(incident(['orders-db', 'dumps']), { print }).summary, '2 resources are gone: orders-db, dumps', 'said once');
  });

  it('say in one line what is wrong', () => {
    assert.equal(word(incident(['orders-db'])).summary, 'orders-db is gone: no such database');
    assert.equal(word(incident(['orders-db']), { reason: 'repeat' }).summary, 'still: orders-db is gone: no such database');
    assert.match(word(incident(['a', 'b', 'c'])).summary, /^3 resources are gone: a, b/);
  });

  it('count all members and say where the list was cut', () => {
    const page = word(incident(Array.from({ length: 600 }, (_, index) => `db-${index}`)));
    assert.deepEqual([page.total, page.resources.length, page.truncated], [600, 500, true]);
    assert.ok(page.summary.length <= 1000);
  });

  it('never call a retirement or a replacement an all-clear', () => {
    const end = (reason: PageFacts['reason']) => word(incident(['orders-db']), { event: 'resolve', reason }).summary;
    assert.match(end('superseded'), /replaced by a graver page/);
    for (const reason of ['retired', 'repinned', 'superseded'] as const) assert.doesNotMatch(end(reason), /is back|good again|recovered/);
  });

  it('say on the track of blindness what could not be seen', () => {
    const skipped = [{ facet: 'presence', reason: 'denied', say: 'password refused' }];
    const page = word(incident(['orders-db'], { class: 'blind' }), {
      print: (id) => makePrintedResource({ id, verdict: 'absent', skipped }),
    });
    assert.equal(page.summary, 'orders-db cannot be seen: presence: denied: password refused');
  });
});

describe('the difference between two manifests', () => {
  const base = makeResource({ identity: { oid: '1' }, checks: [makeCheck()], tripwire: true });
  const diff = (after: readonly Resource[]) => diffManifests([toRemembered(base)], after.map(toRemembered));
  const weakened = (more: Partial<Resource>): string[] => diff([{ ...base, ...more }]).weakened.map(({ what }) => what);

  it('names what left, what came and what is pinned anew', () => {
    const { added, removed, repinned, weakened } = diff([makeResource({ id: 'new' })]);
    assert.deepEqual({ added, removed, repinned, weakened }, { added: ['new'], removed: ['orders-db'], repinned: [], weakened: [] });
    assert.deepEqual(diff([{ ...base, identity: { oid: '2' } }]).repinned, ['orders-db']);
    assert.deepEqual(diff([{ ...base, identity: {} }]).repinned, ['orders-db']);
    assert.deepEqual(diff([{ ...base, identity: { oid: '1', server: 'A' } }]).repinned, [], 'pinning more only tightens');
    assert.equal(isWeakening(diff([base, makeResource({ id: 'new' })])), false);
  });

  it('calls weaker what asks for less, in each way it can', () => {
    assert.equal(weakened({ checks: [] }).length, 1);
    assert.equal(weakened({ checks: [makeCheck({ rule: { is: 'at_least', bound: 1 } })] }).length, 1);
    assert.equal(weakened({ checks: [makeCheck({ severity: 'warning' })] }).length, 1);
    assert.equal(weakened({ severity: 'warning' }).length, 1);
    assert.equal(weakened({ sweep: { every: 60_000 } }).length, 1);
    assert.equal(weakened({ inspect: { cron: '0 0 1 1 *' } }).length, 1);
    assert.equal(weakened({ confirm: 9 }).length, 1);
    assert.equal(weakened({ blindAfter: 9_000_000 }).length, 1);
    assert.equal(weakened({ tripwire: false }).length, 1);
    assert.deepEqual(weakened({ confirm: 1, blindAfter: 1000, checks: [makeCheck({ rule: { is: 'at_least', bound: 99 } })] }), []);
  });
});
