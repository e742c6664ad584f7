import assert from 'node:assert/strict';
import type { Check, Resource, Rule } from '../../src/core/expectation.ts';
import { diffManifests, isWeakening, toRemembered, type ManifestDiff, type Remembered } from '../../src/core/manifest-diff.ts';
import { makeCheck, makeResource } from '../support/roll.ts';

const said = ({ weakened, strengthened, neutral }: ManifestDiff): string[] => [
  ...weakened.map(({ what }) => `weaker: ${what}`),
  ...strengthened.map(({ what }) => `stronger: ${what}`),
  ...neutral.map(({ what }) => `neutral: ${what}`),
];
/** The changes of one resource from `was` to `is`, and those of the way back. */
const there = (was: Partial<Resource>, is: Partial<Resource>): string[] =>
  said(diffManifests([toRemembered(makeResource(was))], [toRemembered(makeResource(is))]));
const both = (was: Partial<Resource>, is: Partial<Resource>): string[][] => [there(was, is), there(is, was)];

describe('what changes of one resource', () => {
  it('is said in a sentence for each of its own settings, one way weaker and the other way stronger', () => {
    assert.deepEqual(both({ severity: 'critical' }, { severity: 'warning' }), [
      ['weaker: severity lowered to warning'],
      ['stronger: severity raised to critical'],
    ]);
    assert.deepEqual(both({ sweep: { every: 2000 } }, { sweep: { every: 2001 } }), [
      ['weaker: swept less often'],
      ['stronger: swept more often'],
    ]);
    assert.deepEqual(both({ inspect: { every: 60_000 } }, { inspect: { every: 90_000 } }), [
      ['weaker: inspected less often'],
      ['stronger: inspected more often'],
    ]);
    assert.deepEqual(both({ confirm: 2 }, { confirm: 3 }), [
      ['weaker: confirm raised from 2 to 3'],
      ['stronger: confirm lowered from 3 to 2'],
    ]);
    assert.deepEqual(both({ blindAfter: 1000 }, { blindAfter: 2000 }), [
      ['weaker: blind_after lengthened'],
      ['stronger: blind_after shortened'],
    ]);
    assert.deepEqual(both({ tripwire: true }, { tripwire: false }), [['weaker: tripwire taken away'], ['stronger: tripwire set']]);
  });

  it('is nothing where nothing changed, whatever is set', () => {
    const set = { tripwire: true, asked: { name: 'a' }, checks: [makeCheck()], protectedBy: ['b'], identity: { oid: '1' } };
    const same = diffManifests([toRemembered(makeResource(set))], [toRemembered(makeResource(set))]);
    assert.deepEqual(same, { added: [], removed: [], repinned: [], weakened: [], strengthened: [], neutral: [] });
    assert.equal(isWeakening(same), false);
  });

  it('cannot be shown to be more where a cron expression is touched: both ways are weaker', () => {
    assert.deepEqual(both({ sweep: { every: 2000 } }, { sweep: { cron: '* * * * *' } }), [
      ['weaker: swept less often'],
      ['weaker: swept less often'],
    ]);
    assert.deepEqual(there({ inspect: { cron: '0 * * * *' } }, { inspect: { cron: '* * * * *' } }), ['weaker: inspected less often']);
    assert.deepEqual(there({ inspect: { cron: '0 * * * *' } }, { inspect: { cron: '0 * * * *' } }), []);
  });

  it('of its identity is another pin, unless it only adds to what was held', () => {
    const [bare, pinned] = [{ identity: {} }, { identity: { oid: '1' } }];
    assert.deepEqual(there(bare, pinned), ['stronger: pinned']);
    const repinned = (was: Partial<Resource>, is: Partial<Resource>): readonly string[] =>
      diffManifests([toRemembered(makeResource(was))], [toRemembered(makeResource(is))]).repinned;
    assert.deepEqual(repinned(bare, pinned), []);
    assert.deepEqual(repinned(pinned, bare), ['orders-db']);
    assert.deepEqual(repinned({ identity: { oid: '1', server: 'A' } }, { identity: { oid: '1', server: 'B' } }), ['orders-db']);
    assert.deepEqual(repinned({ kind: 'a' }, { kind: 'b' }), ['orders-db'], 'another kind of thing is another thing');
    assert.deepEqual(repinned({ connection: 'a' }, { connection: 'b' }), ['orders-db'], 'so is one behind another connection');
  });

  it('of its protection, its domain, its owner and its runbook is named', () => {
    assert.deepEqual(there({ protectedBy: ['a', 'b', 'c'] }, { protectedBy: ['b'] }), ['weaker: no longer protected by a, c']);
    assert.deepEqual(both({ protectedBy: ['a'] }, { protectedBy: ['a', 'b'] })[0], ['stronger: protected by more']);
    assert.deepEqual(there({ protectedBy: ['a'] }, { protectedBy: ['b', 'c'] }), ['weaker: no longer protected by a']);
    assert.deepEqual(there({ domain: { provider: 'x' } }, { domain: { provider: 'y' } }), ['weaker: said to lie in another domain']);
    const asked = {};
    assert.deepEqual(there({ asked, owner: 'a', runbook: 'u' }, { asked, owner: 'b', runbook: 'v' }), [
      'neutral: belongs to somebody else',
      'neutral: another runbook',
    ]);
    assert.deepEqual(there({ owner: 'a', runbook: 'u' }, { owner: 'b', runbook: 'v' }), [], 'what was not written down has not changed');
  });

  it('is told of what an older version of the program wrote down only as far as that goes', () => {
    const { asked: _asked, protectedBy: _protectedBy, domain: _domain, ...old } = toRemembered(makeResource({ asked: { name: 'a' } }));
    const is = toRemembered(makeResource({ asked: { name: 'b' }, protectedBy: ['x'], domain: { provider: 'y' }, owner: 'o' }));
    assert.deepEqual(said(diffManifests([old], [is])), []);
    const bare: Remembered = old;
    assert.deepEqual(said(diffManifests([toRemembered(makeResource({ protectedBy: ['x'], domain: { provider: 'y' } }))], [bare])), [
      'weaker: no longer protected by x',
      'weaker: said to lie in another domain',
    ]);
    assert.deepEqual(said(diffManifests([toRemembered(makeResource({ asked: { name: 'a' }, protectedBy: [] }))], [bare])), [
      'weaker: said to lie in another domain',
    ]);
  });

  it('is remembered without what no later manifest can be compared with: whom to ask, and for what', () => {
    const kept = toRemembered(makeResource({ target: { secret: 1 }, owner: 'payments' }));
    assert.equal('target' in kept || 'vantageKey' in kept, false);
    assert.deepEqual([kept.id, kept.owner], ['orders-db', 'payments']);
  });
});

describe('what is demanded of a resource', () => {
  const one = (rule: Rule, more: Partial<Check> = {}): Partial<Resource> => ({ checks: [makeCheck({ rule, path: 'p', ...more })] });
  const loosened = [['weaker: p loosened'], ['stronger: p tightened']];

  for (const [name, tight, loose] of [
    ['a floor that sinks', { is: 'at_least', bound: 9 }, { is: 'at_least', bound: 8 }],
    ['a ceiling that rises', { is: 'at_most', bound: 8 }, { is: 'at_most', bound: 9 }],
    [
      'a share that may shrink more',
      { is: 'shrinks_at_most', share: 0.1, corroboration: [] },
      { is: 'shrinks_at_most', share: 0.2, corroboration: [] },
    ],
    ['a share that may churn more', { is: 'churns_at_most', share: 0.1, of: 'r' }, { is: 'churns_at_most', share: 0.2, of: 'r' }],
    ['a counter that may rise further', { is: 'rises_at_most', bound: 0 }, { is: 'rises_at_most', bound: 1 }],
    ['a jump that must be larger', { is: 'jumps', least: 1, factor: 2 }, { is: 'jumps', least: 2, factor: 2 }],
    ['a jump that must be rarer', { is: 'jumps', least: 1, factor: 2 }, { is: 'jumps', least: 1, factor: 3 }],
    ['a fall that must be deeper', { is: 'falls', least: 1, factor: 2 }, { is: 'falls', least: 2, factor: 2 }],
    ['a fall that must be rarer', { is: 'falls', least: 1, factor: 2 }, { is: 'falls', least: 1, factor: 3 }],
  ] as const)
    it(`is loosened by ${name}, and tightened by the way back`, () => {
      assert.deepEqual(both(one(tight), one(loose)), loosened);
      assert.deepEqual(both(one(loose), one(loose)), [[], []]);
    });

  it('is loosened by another value to be equal to, whichever it is', () => {
    assert.deepEqual(there(one({ is: 'equals', value: 'a' }), one({ is: 'equals', value: 'b' })), ['weaker: p loosened']);
    assert.deepEqual(there(one({ is: 'equals', value: 'a' }), one({ is: 'equals', value: 'a' })), []);
  });

  it('is loosened where a breach of it becomes a warning', () => {
    const rule = { is: 'never_shrinks' } as const;
    assert.deepEqual(both(one(rule), one(rule, { severity: 'warning' })), loosened);
    assert.deepEqual(both(one(rule), one(rule, { severity: 'critical' })), [[], []]);
    const restarts = { is: 'restarts' } as const;
    assert.deepEqual(both(one(restarts), one(restarts)), [[], []]);
  });

  it('is tightened where a flag that had to stay now has to be, and not the other way', () => {
    const [stays, is] = [one({ is: 'never_shrinks' }), one({ is: 'equals', value: 1 })];
    assert.deepEqual(both(stays, is), [['stronger: p demanded'], ['weaker: p no longer demanded']]);
    assert.deepEqual(there(stays, one({ is: 'equals', value: 0 })), ['weaker: p no longer demanded', 'stronger: p demanded']);
    assert.deepEqual(there(stays, one({ is: 'equals', value: 1 }, { measure: 'q' })), [
      'weaker: p no longer demanded',
      'stronger: p demanded',
    ]);
  });

  it('is another demand where it is of another kind, or of something else', () => {
    const [floor, fixed] = [one({ is: 'at_least', bound: 1 }), one({ is: 'equals', value: 1 })];
    assert.deepEqual(there(floor, fixed), ['weaker: p no longer demanded', 'stronger: p demanded']);
    assert.deepEqual(there(floor, one({ is: 'at_least', bound: 1 }, { path: 'q' })), [
      'weaker: p no longer demanded',
      'stronger: q demanded',
    ]);
    assert.deepEqual(both(floor, { checks: [] }), [['weaker: p no longer demanded'], ['stronger: p demanded']]);
  });

  it('is compared path by path, in whatever order it is written', () => {
    const checks = [makeCheck({ path: 'a' }), makeCheck({ path: 'b' })];
    assert.deepEqual(there({ checks }, { checks: checks.toReversed() }), []);
    const lower = makeCheck({ path: 'b', rule: { is: 'at_least', bound: 1 } });
    assert.deepEqual(there({ checks }, { checks: [lower, makeCheck({ path: 'a' })] }), ['weaker: b loosened']);
  });
});

describe('what the entry itself says', () => {
  const entry = (asked: Record<string, unknown>, checks: readonly Check[] = []): Partial<Resource> => ({ asked, checks });
  const floor = (bound: number, path = 'tables.t.min_rows'): Check => makeCheck({ path, rule: { is: 'at_least', bound } });

  it('changes what is watched wherever no check answers for it, and is named by its place', () => {
    assert.deepEqual(there(entry({ name: 'a' }), entry({ name: 'b' })), ['weaker: name changed']);
    assert.deepEqual(there(entry({ expect: { tables: { t: { where: 'x' } } } }), entry({ expect: { tables: { t: {} } } })), [
      'weaker: expect.tables.t.where changed',
    ]);
    assert.deepEqual(there(entry({ name: 'a', on: true, list: ['x'] }), entry({ name: 'a', on: true, list: ['x'] })), []);
    assert.deepEqual(there(entry({ list: ['x'] }), entry({ list: ['x', 'y'] })), ['weaker: list changed'], 'a list is one value');
    assert.deepEqual(there(entry({ name: null }), entry({ name: 'a' })), ['weaker: name changed']);
    assert.deepEqual(there(entry({ expect: 'x' }), entry({})), ['weaker: expect changed']);
  });

  it('of a key that is new may narrow what is looked at, and counts as weakening, unless a check came with it', () => {
    assert.deepEqual(there(entry({ name: 'a' }), entry({ name: 'a', type: 'manual' })), ['weaker: type set']);
    const [bare, kept] = [{ expect: { tables: { t: {} } } }, { expect: { tables: { t: { where: 'x' } } } }];
    assert.deepEqual(there(entry(bare), entry(kept)), ['weaker: expect.tables.t.where set']);
    const more = { expect: { tables: { t: { min_rows: 5 } } } };
    assert.deepEqual(there(entry(bare), entry(more, [floor(5)])), ['stronger: tables.t.min_rows demanded'], 'its own check');
    assert.deepEqual(there(entry(bare, [floor(1)]), entry(more, [floor(5)])), ['stronger: tables.t.min_rows tightened']);
    assert.deepEqual(there(entry(bare, [floor(5)]), entry(more, [floor(5)])), [], 'it says what was the default');
    const listed = { expect: { tables: { t: { columns: ['a'] } } } };
    const column = makeCheck({ path: 'tables.t.columns.a', rule: { is: 'equals', value: 1 } });
    assert.deepEqual(there(entry(bare), entry(listed, [column])), ['stronger: tables.t.columns.a demanded'], 'that of what it lists');
    const part = { expect: { tables: { t: { fresh: { column: 'at' } } } } };
    assert.deepEqual(
      there(entry(bare), entry(part, [floor(5, 'tables.t.fresh')])),
      ['stronger: tables.t.fresh demanded'],
      'that around it',
    );
  });

  it('of a key that is new is not excused by a check that came with another', () => {
    const was = entry({ expect: {} }, [floor(5, 'min_count')]);
    const beside = entry({ expect: { where: 'x', min_size: 9 } }, [floor(5, 'min_count'), floor(9, 'min_size')]);
    assert.deepEqual(there(was, beside), ['weaker: expect.where set', 'stronger: min_size demanded']);
    const outside = entry({ expect: {}, min_size: 9 }, [floor(5, 'min_count'), floor(9, 'min_size')]);
    assert.deepEqual(there(was, outside), ['weaker: min_size set', 'stronger: min_size demanded'], 'beside expect nothing is demanded');
    const longer = entry({ expect: { min: 9 } }, [floor(5, 'min_count'), floor(9, 'min_size')]);
    assert.deepEqual(
      there(was, longer),
      ['weaker: expect.min set', 'stronger: min_size demanded'],
      'a name that only begins alike is another',
    );
  });

  it('of a weight is judged with the checks that it is the weight of', () => {
    const kept = makeCheck({ path: 'tables.t.p', breach: 'exposed', rule: { is: 'never_shrinks' } });
    const weighing = (severity?: 'critical' | 'warning', key: unknown = severity): Partial<Resource> =>
      entry({ expect: { tables: { t: key === undefined ? {} : { severity: key } } } }, [{ ...kept, ...(severity && { severity }) }]);
    assert.deepEqual(both(weighing('critical'), weighing('warning')), [
      ['weaker: tables.t.p loosened'],
      ['stronger: tables.t.p tightened'],
    ]);
    assert.deepEqual(there(weighing(), weighing('critical')), ['stronger: tables.t.p tightened'], 'exposed is a warning by default');
    assert.deepEqual(there(weighing(), weighing('warning')), []);
    assert.deepEqual(there(weighing('critical'), weighing(undefined, 'other')), ['weaker: tables.t.p loosened']);
    assert.deepEqual(there(weighing(), weighing(undefined, 'critical')), ['weaker: expect.tables.t.severity set'], 'no check follows it');
    const elsewhere = { ...kept, path: 'tables.u.p', severity: 'critical' } as const;
    assert.deepEqual(
      there({ ...weighing(), checks: [{ ...kept, path: 'tables.u.p' }] }, { ...weighing('critical'), checks: [elsewhere] }),
      ['weaker: expect.tables.t.severity set', 'stronger: tables.u.p tightened'],
    );
  });

  it('is left to the check that stands for it, where that one has changed with it', () => {
    const at = (rows: number): Partial<Resource> => entry({ expect: { tables: { t: { min_rows: rows } } } }, [floor(rows)]);
    assert.deepEqual(there(at(5), at(9)), ['stronger: tables.t.min_rows tightened']);
    const stuck = entry({ expect: { tables: { t: { min_rows: 9 } } } }, [floor(5)]);
    assert.deepEqual(there(at(5), stuck), ['weaker: expect.tables.t.min_rows changed'], 'the check did not follow');
  });

  it('of a number may stand for the check at the path around it; of a name it never does', () => {
    const fresh = (within: unknown, bound: number): Partial<Resource> => entry({ expect: { fresh: { within } } }, [floor(bound, 'fresh')]);
    assert.deepEqual(there(fresh(5, 5), fresh(9, 9)), ['stronger: fresh tightened']);
    assert.deepEqual(there(fresh('a', 5), fresh('b', 9)), ['weaker: expect.fresh.within changed', 'stronger: fresh tightened']);
    assert.deepEqual(there(fresh('5', 5), fresh('9', 9)), ['weaker: expect.fresh.within changed', 'stronger: fresh tightened']);
    assert.deepEqual(there(fresh(5, 5), entry({ expect: {} })), ['weaker: fresh no longer demanded']);
  });

  it('of a number that is not the bound of the check around it is not excused by one beside it that is', () => {
    const written = (count: number, within: number): Partial<Resource> =>
      entry({ expect: { written: { count, within } } }, [makeCheck({ path: 'written', rule: { is: 'at_most', bound: count } })]);
    assert.deepEqual(there(written(100, 3600), written(99, 3600)), ['stronger: written tightened']);
    assert.deepEqual(there(written(100, 3600), written(99, 1)), ['weaker: expect.written.within changed', 'stronger: written tightened']);
    assert.deepEqual(there(written(60, 60), written(59, 1)), ['weaker: expect.written.within changed', 'stronger: written tightened']);
  });

  it('of identity and tripwire is compared as what they are, and only where they are its own keys', () => {
    assert.deepEqual(there(entry({ identity: { oid: '1' }, tripwire: true }), entry({ identity: { oid: '2' }, tripwire: false })), []);
    const inside = (value: string): Partial<Resource> => entry({ expect: { identity: value, tripwire: value } });
    assert.deepEqual(there(inside('a'), inside('b')), ['weaker: expect.identity changed', 'weaker: expect.tripwire changed']);
  });

  it('below a key named expect means the path below it, and only there', () => {
    const at = (rows: number): Partial<Resource> => entry({ nested: { expect: { p: rows } } }, [floor(rows, 'nested.p')]);
    assert.deepEqual(there(at(5), at(9)), ['weaker: nested.expect.p changed', 'stronger: nested.p tightened']);
  });
});

describe('what changes of the roll', () => {
  const roll = (...ids: readonly string[]): Remembered[] => ids.map((id) => toRemembered(makeResource({ id })));

  it('is what came and what left, by name and in whatever order', () => {
    const { added, removed, repinned } = diffManifests(roll('a', 'b'), roll('c', 'b'));
    assert.deepEqual({ added, removed, repinned }, { added: ['c'], removed: ['a'], repinned: [] });
    assert.deepEqual(diffManifests(roll('a', 'b'), roll('b', 'a')), diffManifests([], []));
  });

  it('weakens where anything left, is pinned to another, or is asked for less', () => {
    const [a] = [makeResource({ id: 'a', identity: { oid: '1' } })];
    const after = (more: Partial<Resource>) => isWeakening(diffManifests([toRemembered(a)], [toRemembered({ ...a, ...more })]));
    assert.equal(isWeakening(diffManifests(roll('a', 'b'), roll('a'))), true);
    assert.equal(isWeakening(diffManifests(roll('a'), roll('a', 'b'))), false);
    assert.deepEqual([after({ identity: { oid: '2' } }), after({ confirm: 9 }), after({ confirm: 1 })], [true, true, false]);
  });

  it('is told of the resource that it is about', () => {
    const [a, b] = roll('a', 'b');
    assert.ok(a && b);
    assert.deepEqual(diffManifests([a, b], [a, { ...b, confirm: 9 }]).weakened, [{ id: 'b', what: 'confirm raised from 2 to 9' }]);
  });
});
