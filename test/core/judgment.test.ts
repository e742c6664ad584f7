import assert from 'node:assert/strict';
import type { Check } from '../../src/core/expectation.ts';
import { BLANK, type Memory } from '../../src/core/memory.ts';
import type { Depth, ResourceReport } from '../../src/core/report.ts';
import { judge, type LookMade } from '../../src/core/verdict.ts';
import { blindTo, exactly, makeCheck, makeEvidence, makeResource, seen, unseen } from '../support/roll.ts';
import { CONTENT, lying, MATCHED, PINNED, THERE, words } from '../support/verdicts.ts';

describe('what a judgment says, and rests on', () => {
  const look = { depth: 'sweep', path: 'fresh' } as const;
  const INSPECT = { depth: 'inspect', path: 'usual' } as const;
  /** Of each facet: what is said of it, and the excerpts it rests on. */
  const told = (reports: readonly ResourceReport[], resource = makeResource(), memory: Memory = BLANK, made: LookMade = look) =>
    Object.fromEntries(
      judge(resource, reports, memory, made).map(({ facet, outcome, evidence }) => [
        facet,
        ['say' in outcome ? outcome.say : outcome.is, ...evidence.map(({ excerpt, path }) => `${excerpt} (${path})`)],
      ]),
    );
  const [here, direct] = [makeEvidence(undefined, 'listed'), makeEvidence(undefined, 'no such database')];

  it('of an absence is what was asked and answered, with the proof of the listing first', () => {
    assert.deepEqual(told([unseen()]), { presence: ['not in databases of A (asked list, whole answer)', 'said so (fresh)'] });
    assert.deepEqual(told([unseen({ direct })]), {
      presence: ['no such database (asked list, whole answer)', 'said so (fresh)', 'no such database (fresh)'],
    });
    const typed = lying({ control: { by: 'typed-not-found', call: 'describe', code: 'NotFound' } });
    assert.equal(judge(makeResource(), [typed], BLANK, look)[0]?.evidence[0]?.control, 'describe says NotFound');
  });

  it('of a listing that proves nothing says so, and claims no control for it', () => {
    const [judgment] = judge(makeResource(), [lying({ complete: false })], BLANK, look);
    assert.deepEqual(judgment?.outcome, { is: 'blind', reason: 'partial-answer', say: 'not in a listing that was not read whole' });
    assert.deepEqual([judgment?.evidence[0]?.complete, judgment?.evidence[0] && 'control' in judgment.evidence[0]], [false, false]);
  });

  it('of another identity names each part that differs, beside what was wanted', () => {
    const other = seen({ pin: { server: 'A', oid: '2', path: '/b' }, evidence: here });
    const resource = makeResource({ identity: { server: 'A', oid: '1', path: '/a' } });
    assert.deepEqual(told([other], resource), {
      presence: ['good', 'listed (fresh)'],
      identity: ['oid is 2, wanted 1; path is /b, wanted /a', 'listed (fresh)'],
    });
    assert.deepEqual(judge(resource, [other], BLANK, look)[1]?.outcome, {
      is: 'lost',
      how: 'impostor',
      say: 'oid is 2, wanted 1; path is /b, wanted /a',
      found: { server: 'A', oid: '2', path: '/b' },
    });
  });

  it('of a server that is not ours names it, whoever asked it and whatever it says', () => {
    const elsewhere = lying({ caller: { server: 'B' } });
    assert.deepEqual(told([elsewhere], PINNED), {
      presence: ['server is B, wanted A', 'said so (fresh)'],
    });
    assert.deepEqual(judge(PINNED, [elsewhere], MATCHED, look)[0]?.outcome, {
      is: 'lost',
      how: 'impostor',
      say: 'server is B, wanted A',
      found: { server: 'B' },
    });
  });

  it('of what appeared after it was missing names what was found', () => {
    const memory = { ...BLANK, tainted: true };
    assert.equal(
      told([seen()], makeResource(), memory)['identity']?.[0],
      'appeared under this name after it was missing, and nothing says that it is the same one (found server A, oid 1)',
    );
  });

  it('of a marked deletion is what the provider says, with the way to undo it', () => {
    const doom = { what: 'is in the bin', undo: 'restore it', undoBefore: 5 };
    const [presence] = judge(makeResource(), [seen({ doom, evidence: here })], BLANK, look);
    assert.deepEqual(presence?.outcome, { is: 'lost', how: 'doomed', say: 'is in the bin', undo: 'restore it', undoBefore: 5 });
    assert.deepEqual(words([seen({ doom, looked: ['presence'] })]), { presence: 'doomed' }, 'of its identity nothing was said');
  });

  it('of two reports that contradict each other is both of them, and blindness', () => {
    assert.deepEqual(told([seen(), unseen()])['presence'], ['one look says of it both that it is not there and something else']);
    const reports = [3, 30].map((count) =>
      seen({ looked: ['content/t'], measures: { rows: exactly(count) }, evidence: makeEvidence(undefined, `${count} rows`) }),
    );
    assert.deepEqual(told(reports, CONTENT, BLANK, INSPECT)['content/t'], [
      'two reports of one look disagree',
      '3 rows (usual)',
      '30 rows (usual)',
    ]);
  });

  it('of a facet that the probe passed over says so, and rests on nothing', () => {
    assert.deepEqual(told([], CONTENT, BLANK, INSPECT), { 'content/t': ['the probe said nothing of it'] });
    const report = seen({ looked: ['content/t'], evidence: here });
    assert.deepEqual(told([report], CONTENT, BLANK, INSPECT)['content/t'], ['the probe did not measure rows', 'listed (usual)']);
    assert.equal(told([seen({ pin: { other: 'x' } })], PINNED)['identity']?.[0], 'it showed no identity that can be compared');
  });
});

describe('one look of several reports', () => {
  const two = makeResource({
    checks: [
      makeCheck(),
      makeCheck({ facet: 'content/u', measure: 'others', path: 'u' }),
      makeCheck({ facet: 'content/t', path: 'v', measure: 'third' }),
    ],
  });
  const part = (facet: 'content/t' | 'content/u', measures: Record<string, number>): ResourceReport =>
    seen({ looked: [facet], measures: Object.fromEntries(Object.entries(measures).map(([name, value]) => [name, exactly(value)])) });

  it('is judged facet by facet, each by its own checks, all of them', () => {
    const given = { resource: two, depth: 'inspect' } as const;
    const t = part('content/t', { rows: 50, third: 0 });
    assert.deepEqual(words([t, part('content/u', { others: 50 })], given), {
      ...THERE,
      'content/t': 'diminished critical',
      'content/u': 'good',
    });
    const worse = part('content/t', { rows: 0, third: 0 });
    assert.equal(words([worse, part('content/u', { others: 0 })], given)['content/t'], 'diminished critical,diminished critical');
  });

  it('in which it is unseen twice, or blind to contents beside, is an absence all the same', () => {
    assert.deepEqual(words([unseen(), blindTo(['content/t'])], { resource: CONTENT }), { presence: 'absent' });
    assert.deepEqual(words([blindTo(['presence'], 'denied'), blindTo(['identity'], 'denied')]), {
      presence: 'blind denied',
      identity: 'blind denied',
    });
    assert.equal(words([unseen(), unseen()])['presence'], 'blind protocol', 'two absences of one thing are no answer to one question');
  });

  it('in which a wrong server speaks of contents is blind to them', () => {
    const report = seen({ pin: { server: 'B' }, looked: ['content/t'], measures: { rows: exactly(50) } });
    const resource = { ...CONTENT, identity: { server: 'A' } };
    assert.deepEqual(words([report], { resource, depth: 'inspect' }), { 'content/t': 'blind wrong-caller' });
  });

  it('in which its identity cannot be told judges the contents, and a deletion that is marked', () => {
    const nameless = { pin: { other: 'x' } } as const;
    const resource = { ...PINNED, checks: CONTENT.checks };
    const looked = ['identity', 'content/t'] as const;
    const inside = seen({ ...nameless, looked, measures: { rows: exactly(0) } });
    assert.deepEqual(words([inside], { resource, depth: 'inspect' }), {
      presence: 'good',
      identity: 'blind protocol',
      'content/t': 'diminished critical',
    });
    assert.deepEqual(words([seen({ ...nameless, doom: { what: 'being dropped' } })], { resource: PINNED }), {
      presence: 'doomed',
      identity: 'blind protocol',
    });
  });

  it('that says itself that it is there is not told so twice', () => {
    const report = seen({ looked: ['presence', 'identity', 'content/t'], measures: { rows: exactly(50) } });
    const facets = judge(CONTENT, [report], BLANK, { depth: 'inspect', path: 'usual' }).map(({ facet }) => facet);
    assert.deepEqual(facets, ['presence', 'identity', 'content/t']);
  });
});

describe('whose server it is', () => {
  it('is a question only where the manifest or the memory names one, and where the caller can be told', () => {
    const elsewhere = lying({ caller: { server: 'B' } });
    const { vantageKey: _vantageKey, ...unkeyed } = PINNED;
    assert.equal(words([elsewhere], { resource: unkeyed })['presence'], 'absent', 'nothing names the vantage');
    assert.equal(
      words([elsewhere], { resource: makeResource({ identity: { oid: '1' } }) })['presence'],
      'absent',
      'no server was asked for',
    );
    assert.equal(words([lying({ caller: {} })], { resource: PINNED })['presence'], 'absent', 'it did not say who it is');
    const other = seen({ pin: { server: 'B', oid: '1' } });
    assert.equal(words([other], { resource: unkeyed })['identity'], 'impostor', 'no part of the identity is a vantage');
    const same = seen({ pin: { server: 'A', oid: '2' } });
    assert.equal(words([same], { resource: PINNED })['identity'], 'impostor', 'the server is ours, the database is another');
  });
});

describe('a check and the look it belongs to', () => {
  const measured = (depth: Depth, more: Partial<Check> = {}, memory: Memory = BLANK, value = 0) => {
    const resource = makeResource({ checks: [makeCheck({ depth: 'sweep', ...more })] });
    const report = seen({ looked: ['presence', 'identity', 'content/t'], measures: { rows: { value, unit: 'rows', how: 'estimate' } } });
    return judge(resource, [report], memory, { depth, path: 'usual' }).find(({ facet }) => facet === 'content/t')?.outcome;
  };

  it('is held to nothing by a look of another depth', () => {
    assert.deepEqual([measured('sweep')?.is, measured('inspect')?.is], ['blind', 'good']);
  });

  it('that only an estimate could answer is blind, with the reason; one that alone proves nothing is a suspicion', () => {
    assert.deepEqual(measured('sweep'), {
      is: 'blind',
      reason: 'partial-answer',
      say: 'only an estimate could be had: public.t has ~0 rows',
    });
    const rule = { is: 'shrinks_at_most', share: 0.1, corroboration: ['x'] } as const;
    const held = { ...BLANK, baselines: { rows: 100 } };
    assert.deepEqual(measured('sweep', { rule }, held), { is: 'good', suspicion: 'public.t shrank from ~100 to ~0 rows' });
    assert.deepEqual(measured('sweep', { rule }, held, 100), { is: 'good' });
  });

  it('tells the first of several suspicions', () => {
    const rule = { is: 'shrinks_at_most', share: 0.1, corroboration: ['x'] } as const;
    const checks = ['first', 'second'].map((subject) => makeCheck({ rule, subject, path: subject, depth: 'sweep' }));
    const report = seen({ looked: ['presence', 'identity', 'content/t'], measures: { rows: exactly(1, 'bytes') } });
    const outcomes = judge(makeResource({ checks }), [report], { ...BLANK, baselines: { rows: 100 } }, { depth: 'sweep', path: 'usual' });
    assert.match(JSON.stringify(outcomes.at(-1)?.outcome), /"suspicion":"first shrank/);
  });
});
