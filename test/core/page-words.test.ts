import assert from 'node:assert/strict';
import type { PrintedResource } from '../../src/core/page.ts';
import { joinIncident, leaveIncident, openIncident, type Incident, type IncidentClass } from '../../src/core/incident.ts';
import { printTrouble, wordPage, type PageFacts } from '../../src/core/page-words.ts';
import { makePrintedResource } from '../support/page.ts';
import { after, START } from '../support/roll.ts';

function incident(ids: readonly string[], kind: IncidentClass = 'lost'): Incident {
  const [resource = '', ...others] = ids;
  const opening = { id: 'I', key: 'k', class: kind, severity: 'critical', connection: 'pg', pagers: ['a'], supersedes: [] } as const;
  const opened = openIncident({ ...opening, resource, at: START }, false).next;
  return joinIncident(opened, new Map(others.map((id) => [id, START]))).next;
}

/** The page about these resources, printed as given; what is not given is not on the roll any more. */
function word(one: Incident, printed: readonly Partial<PrintedResource>[], facts: Partial<PageFacts> = {}) {
  const known = new Map(
    printed.map((resource) => [resource.id ?? '', makePrintedResource({ summary: `about ${resource.id}`, ...resource })]),
  );
  const print = (id: string) => known.get(id);
  return wordPage(one, {
    watchdog: 'w',
    event: 'trigger',
    reason: 'first',
    at: START,
    print,
    head: null,
    statusUrl: undefined,
    ...facts,
  });
}

const ids = (count: number) => Array.from({ length: count }, (_, n) => `db-${n}`);
const many = (count: number, more: Partial<PrintedResource> = {}) => ids(count).map((id) => ({ id, ...more }));

describe('the first line of a page', () => {
  it('says of one resource what became of it, and why', () => {
    const line = (verdict: PrintedResource['verdict'], kind: IncidentClass = 'lost') =>
      word(incident(['db'], kind), [{ id: 'db', verdict }]).summary;
    assert.equal(line('absent'), 'db is gone: about db');
    assert.equal(line('impostor'), 'db is not itself any more: about db');
    assert.equal(line('doomed'), 'db is being deleted: about db');
    assert.equal(line('degraded', 'degraded'), 'db is damaged: about db');
    assert.equal(line('blind'), 'db cannot be seen: about db');
    assert.equal(line('present'), 'db is back: about db');
    assert.equal(line('absent', 'blind'), 'db cannot be seen: about db', 'blindness is told as such, with nothing skipped to name');
  });

  it('says of several what became of them, by the class and by the first of them', () => {
    const line = (verdict: PrintedResource['verdict'], kind: IncidentClass = 'lost') =>
      word(incident(ids(2), kind), many(2, { verdict })).summary;
    assert.equal(line('absent'), '2 resources are gone: db-0, db-1');
    assert.equal(line('impostor'), '2 resources are not themselves any more: db-0, db-1');
    assert.equal(line('doomed'), '2 resources are being deleted: db-0, db-1');
    assert.equal(line('degraded'), '2 resources are damaged: db-0, db-1');
    assert.equal(line('blind'), '2 resources cannot be seen: db-0, db-1');
    assert.equal(line('present'), '2 resources are back: db-0, db-1');
    assert.equal(line('absent', 'degraded'), '2 resources are damaged: db-0, db-1');
    assert.equal(line('absent', 'blind'), '2 resources cannot be seen: db-0, db-1');
  });

  it('names five and counts the others', () => {
    assert.equal(word(incident(ids(5)), many(5)).summary, '5 resources are gone: db-0, db-1, db-2, db-3, db-4');
    assert.equal(word(incident(ids(1205)), many(1205)).summary, '1,205 resources are gone: db-0, db-1, db-2, db-3, db-4 and 1,200 more');
  });

  it('says so where it is told again, and names the watcher where the trouble is its own', () => {
    assert.equal(word(incident(ids(2)), many(2), { reason: 'repeat' }).summary, 'still: 2 resources are gone: db-0, db-1');
    const own = word(incident(['@watchdog'], 'degraded'), [{ id: '@watchdog', verdict: 'degraded', summary: 'the disk is full' }]);
    assert.equal(own.summary, 'the watchdog itself: the disk is full');
  });

  it('stays within a thousand characters, and shows where it was cut', () => {
    const long = (length: number) => word(incident(['db']), [{ id: 'db', summary: 'x'.repeat(length) }]).summary;
    const around = 'db is gone: '.length;
    assert.equal(long(1000 - around), `db is gone: ${'x'.repeat(1000 - around)}`);
    assert.equal(long(1001 - around), `db is gone: ${'x'.repeat(999 - around)}…`);
  });

  it('says what can be said of resources that are not on the roll any more', () => {
    assert.equal(word(incident(ids(1200), 'blind'), []).summary, '1,200 resources: blind');
  });

  it('names what protects them and is not whole either, five of it', () => {
    const guards = ids(7).map((id) => ({ id, verdict: 'absent' as const, protected_by: [] }));
    const guarded = (id: string, by: readonly string[]) => ({ id, verdict: 'absent' as const, protected_by: by });
    const one = word(incident(['a']), [guarded('a', ['db-0', 'db-1']), ...guards]);
    assert.equal(one.summary, 'a is gone: about a; of what protects it: db-0 is gone, db-1 is gone');
    const two = word(incident(['a', 'b']), [guarded('a', ids(7)), guarded('b', ids(7)), ...guards]);
    assert.match(two.summary, /; of what protects them: (db-\d is gone, ){4}db-4 is gone and 2 more$/);
  });
});

describe('the words of an end', () => {
  const end = (reason: PageFacts['reason'], count = 1, printed = many(count)) =>
    word(incident(ids(count)), printed, { event: 'resolve', reason }).summary;

  it('are an all-clear only where all of it answered again', () => {
    assert.equal(end('resolved'), 'db-0: answered again, in full');
    assert.equal(end('superseded'), 'db-0: replaced by a graver page');
    assert.equal(end('retired'), 'db-0: left the roll; this is not an all-clear');
    assert.equal(end('repinned'), 'db-0: pinned anew; this is not an all-clear');
  });

  it('name whom they are about, as far as that is known', () => {
    assert.equal(end('resolved', 1200), '1,200 resources (db-0, db-1, db-2, db-3, db-4 and 1,195 more): answered again, in full');
    assert.equal(end('retired', 1, []), 'a resource: left the roll; this is not an all-clear');
  });

  it('are about all who were part of it once the last has left, and before that about those who have not', () => {
    const both = incident(['a', 'b']);
    const one = leaveIncident(both, 'a', 'resolved', after(1000)).next;
    assert.deepEqual([word(one, [{ id: 'a' }, { id: 'b' }]).total, word(one, [{ id: 'a' }, { id: 'b' }]).resources[0]?.id], [1, 'b']);
    const none = leaveIncident(one, 'b', 'resolved', after(2000)).next;
    assert.equal(word(none, [{ id: 'a' }, { id: 'b' }], { event: 'resolve', reason: 'resolved' }).total, 2);
  });
});

describe('everything on one connection, in words', () => {
  const mass = { is: 'lost', count: 2 } as const;

  it('is gone, or not itself, where all are alike; lost where they are not', () => {
    const alike = word(incident(ids(2)), many(2, { verdict: 'impostor' }), { mass });
    assert.equal(alike.summary, 'EVERYTHING on pg is not itself any more (all 2 resources: db-0, db-1): about db-0');
    const mixed = [
      { id: 'db-0', verdict: 'absent' },
      { id: 'db-1', verdict: 'doomed' },
    ] as const;
    assert.equal(word(incident(ids(2)), mixed, { mass }).summary, 'EVERYTHING on pg is lost (all 2 resources: db-0, db-1): about db-0');
  });

  it('is told again as such', () => {
    assert.match(word(incident(ids(2)), many(2), { mass, reason: 'repeat' }).summary, /^still: EVERYTHING on pg is gone/);
  });
});

describe('what the witness says', () => {
  const witness = { address: '192.0.2.1:443', answers: true };
  const blind = (...reasons: readonly string[]) => ({
    id: 'db',
    verdict: 'blind' as const,
    skipped: reasons.map((reason) => ({ facet: 'presence', reason, say: 'no' })),
  });

  it('belongs on pages of what is out of reach, and only there', () => {
    const say = (kind: IncidentClass, ...reasons: readonly string[]) => word(incident(['db'], kind), [blind(...reasons)], { witness });
    for (const reason of ['unreachable', 'timeout']) assert.match(say('blind', reason).summary, /the witness .* answers/);
    assert.match(say('blind', 'denied', 'unreachable').summary, /the witness .* answers/, 'one facet out of reach is enough');
    assert.doesNotMatch(say('blind', 'denied').summary, /witness/);
    assert.doesNotMatch(say('lost', 'timeout').summary, /witness/);
    assert.deepEqual([say('blind', 'denied').witness, say('lost', 'timeout').witness], [witness, undefined]);
    assert.equal('witness' in word(incident(['db'], 'blind'), [blind('timeout')]), false, 'nobody was asked');
  });
});

describe('what a page holds besides', () => {
  it('is its own schema, the whole count, and where it was cut', () => {
    const page = word(incident(ids(2)), many(2));
    assert.deepEqual([page.schema, page.total, 'truncated' in page], ['rollcall/page/v1', 2, false]);
    assert.deepEqual([page.links, page.claims, 'mass' in page], [{ runbook: 'https://runbooks.example/orders' }, [], false]);
    assert.equal(word(incident(ids(2)), many(1)).truncated, true);
  });

  it('is the first runbook that any of them has', () => {
    const bare = (id: string): Partial<PrintedResource> => {
      const { runbook: _runbook, ...rest } = makePrintedResource({ id });
      return rest;
    };
    const print = (id: string) => (id === 'a' ? (bare('a') as PrintedResource) : makePrintedResource({ id, runbook: `https://${id}` }));
    const facts = { watchdog: 'w', event: 'trigger', reason: 'first', at: START, head: null, statusUrl: undefined } as const;
    assert.deepEqual(wordPage(incident(['a', 'b', 'c']), { ...facts, print }).links, { runbook: 'https://b' });
    assert.deepEqual(wordPage(incident(['a']), { ...facts, print }).links, {});
    assert.deepEqual(word(incident(['x']), [], { statusUrl: 'https://r' }).links, { status: 'https://r/incidents/I' });
  });

  it('is what was claimed of its members around that time', () => {
    const claim = (text: string, about: readonly string[]) => ({ id: text, by: 'cursor', at: after(4000), text, about });
    const page = word(incident(['a'], 'degraded'), [{ id: 'a' }], { claims: [claim('of it', ['a']), claim('of another', ['z'])] });
    assert.deepEqual(
      page.claims.map(({ line }) => line),
      ['cursor, 4s after the damage: of it'],
    );
  });
});

describe("a trouble of the watcher's own", () => {
  it('is printed as a resource that is damaged, and nothing else is claimed of it', () => {
    const printed = printTrouble({ path: 'store', what: 'the disk is full', severity: 'warning', since: START });
    assert.deepEqual([printed.id, printed.kind, printed.connection, printed.verdict], ['@watchdog', 'watchdog', '-', 'degraded']);
    assert.deepEqual(printed.breaches, [
      { kind: 'exposed', path: 'store', what: 'the disk is full', expected: null, actual: null, severity: 'warning' },
    ]);
    assert.deepEqual([printed.pin, printed.skipped, printed.evidence, printed.summary], ['none', [], [], 'the disk is full']);
    assert.deepEqual([printed.first_seen_bad, printed.last_seen_healthy], ['2026-01-01T00:00:00.000Z', null]);
  });
});
