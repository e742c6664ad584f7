import assert from 'node:assert/strict';
import { BLANK } from '../../src/core/memory.ts';
import { remember } from '../../src/core/remember.ts';
import type { ResourceReport } from '../../src/core/report.ts';
import { NEW } from '../../src/core/state.ts';
import { judge } from '../../src/core/verdict.ts';
import type { Resource } from '../../src/core/expectation.ts';
import { blindTo, exactly, makeCheck, makeResource, seen, unseen } from '../support/roll.ts';
import { CONTENT, lying, MATCHED, PINNED, THERE, words } from '../support/verdicts.ts';

/** Looks one after another; what each came to, what was remembered between them. */
function looks(resource: Resource, ...all: readonly (readonly ResourceReport[])[]): ReturnType<typeof words>[] {
  let memory = BLANK;
  return all.map((reports) => {
    const judged = words(reports, { resource, memory });
    memory = remember(resource, memory, NEW, reports, judge(resource, reports, memory, { depth: 'sweep', path: 'usual' })).memory;
    return judged;
  });
}

describe('law 1: blind is not absent', () => {
  it('a complete listing with a control in it, by the right caller, is an absence', () => {
    assert.deepEqual(words([unseen()]), { presence: 'absent' });
    const [judgment] = judge(makeResource(), [unseen()], BLANK, { depth: 'sweep', path: 'usual' });
    assert.deepEqual([judgment?.evidence[0]?.complete, judgment?.evidence[0]?.control], [true, '3 others']);
  });

  it('an honestly empty listing rests on a typed not-found', () => {
    assert.deepEqual(words([lying({ control: { by: 'typed-not-found', call: 'describe', code: 'NotFound' } })]), { presence: 'absent' });
  });

  it('a listing that was not read to its last page is blind', () => {
    assert.equal(words([lying({ complete: false })])['presence'], 'blind partial-answer');
  });

  it('a listing without a control is blind', () => {
    assert.equal(words([lying({ control: undefined })])['presence'], 'blind partial-answer');
  });

  it('denied, throttled, timed out or lagging is blind, with its reason', () => {
    for (const reason of ['denied', 'throttled', 'timeout', 'unreachable', 'stale-vantage', 'partial-answer'] as const)
      assert.deepEqual(words([blindTo(['presence', 'identity'], reason)]), { presence: `blind ${reason}`, identity: `blind ${reason}` });
  });

  it('an absence told by another server than the manifest names is blind: wrong-caller', () => {
    const elsewhere = lying({ caller: { server: 'B' } });
    assert.equal(words([elsewhere], { resource: PINNED })['presence'], 'blind wrong-caller');
    assert.equal(words([elsewhere], { resource: PINNED, memory: MATCHED })['identity'], 'impostor', 'it was ours before');
  });

  it('seen and unseen in one look is blind', () => {
    assert.deepEqual(words([seen(), unseen()]), { presence: 'blind protocol', identity: 'blind protocol' });
  });

  it('unseen and blind to its presence in one look is blind', () => {
    assert.deepEqual(words([unseen(), blindTo(['presence'], 'denied')]), { presence: 'blind protocol', identity: 'blind protocol' });
  });

  it('two reports that disagree on a facet are blind to it', () => {
    const reports = [
      seen({ looked: ['content/t'], measures: { rows: exactly(3) } }),
      seen({ looked: ['content/t'], measures: { rows: exactly(30) } }),
    ];
    assert.deepEqual(words(reports, { resource: CONTENT, depth: 'inspect' }), { ...THERE, 'content/t': 'blind protocol' });
  });

  it('the wrong server can doom nothing of ours', () => {
    const report = seen({ pin: { server: 'B', oid: '9' }, doom: { what: 'being dropped' } });
    assert.deepEqual(words([report], { resource: PINNED }), { presence: 'blind wrong-caller', identity: 'blind wrong-caller' });
  });
});

describe('law 2: name is not identity', () => {
  it('the identity wanted is present; another under the name is an impostor', () => {
    assert.deepEqual(words([seen()], { resource: PINNED }), { presence: 'good', identity: 'good' });
    assert.deepEqual(words([seen({ pin: { server: 'A', oid: '2' } })], { resource: PINNED }), { presence: 'good', identity: 'impostor' });
  });

  it('another server is a wrong caller where the identity never matched, an impostor where it did', () => {
    const other = seen({ pin: { server: 'B', oid: '1' } });
    assert.deepEqual(words([other], { resource: PINNED }), { presence: 'blind wrong-caller', identity: 'blind wrong-caller' });
    assert.equal(words([other], { resource: PINNED, memory: MATCHED })['identity'], 'impostor');
  });

  it('without a pin the first sighting is held: made anew under its name, it is an impostor', () => {
    const [first, second] = looks(makeResource(), [seen()], [seen({ pin: { server: 'A', oid: '2' } })]);
    assert.deepEqual([first?.['identity'], second?.['identity']], ['good', 'impostor']);
  });

  it('first run with the database gone, then created empty by somebody: an impostor, at every look, never adopted', () => {
    for (const resource of [makeResource(), makeResource({ identity: { server: 'A' } })]) {
      const [gone, ...later] = looks(resource, [unseen()], [seen()], [seen()], [seen()]);
      assert.equal(gone?.['presence'], 'absent');
      assert.deepEqual(
        later.map((one) => one['identity']),
        ['impostor', 'impostor', 'impostor'],
      );
    }
  });

  it('what the manifest pins wholly may come back after it was missing', () => {
    assert.equal(looks(PINNED, [unseen()], [seen()])[1]?.['identity'], 'good');
  });

  it('contents of an impostor are not judged', () => {
    const report = seen({ pin: { server: 'A', oid: '2' }, looked: ['content/t'], measures: { rows: exactly(100) } });
    const memory = { ...MATCHED, pin: { server: 'A', oid: '1' } };
    assert.deepEqual(words([report], { resource: CONTENT, memory, depth: 'inspect' })['content/t'], undefined);
  });

  it('an identity that shows none of what is wanted is blind', () => {
    assert.equal(words([seen({ pin: { other: 'x' } })], { resource: PINNED })['identity'], 'blind protocol');
  });
});

describe('law 3: up is not there', () => {
  it('an empty table behind a server that answers is a breach, as grave as the resource', () => {
    const report = seen({ looked: ['content/t'], measures: { rows: exactly(0) } });
    assert.deepEqual(words([report], { resource: CONTENT, depth: 'inspect' }), { ...THERE, 'content/t': 'diminished critical' });
    const mild = { ...CONTENT, severity: 'warning' as const };
    assert.deepEqual(words([report], { resource: mild, depth: 'inspect' }), { ...THERE, 'content/t': 'diminished warning' });
  });

  it('marked for deletion is doomed', () => {
    assert.deepEqual(words([seen({ doom: { what: 'being dropped' } })]), { presence: 'doomed', identity: 'good' });
  });

  it('stale and exposed are warnings unless the manifest says otherwise', () => {
    const report = seen({ looked: ['content/t'], measures: { rows: exactly(0) } });
    const at = (check: object) =>
      words([report], { resource: makeResource({ checks: [makeCheck(check)] }), depth: 'inspect' })['content/t'];
    assert.equal(at({ breach: 'stale' }), 'stale warning');
    assert.equal(at({ breach: 'exposed', severity: 'critical' }), 'exposed critical');
  });
});

describe('law 6: the wanted list is the authority', () => {
  it('facets that no report speaks for are blind: omitted', () => {
    assert.deepEqual(words([]), { presence: 'blind omitted', identity: 'blind omitted' });
    assert.deepEqual(words([seen({ looked: ['presence'] })]), { presence: 'good', identity: 'blind omitted' });
    assert.deepEqual(words([], { resource: CONTENT, depth: 'inspect' }), { 'content/t': 'blind omitted' });
  });

  it('a measure that was promised and is not there is blind: omitted', () => {
    assert.deepEqual(words([seen({ looked: ['content/t'] })], { resource: CONTENT, depth: 'inspect' }), {
      ...THERE,
      'content/t': 'blind omitted',
    });
  });

  it('a measure that is no number is blind: omitted, never good', () => {
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, 'many', ''])
      for (const rule of [{ is: 'at_least', bound: 10 }, { is: 'never_shrinks' }, { is: 'at_most', bound: 10 }] as const) {
        const resource = makeResource({ checks: [makeCheck({ rule })] });
        const memory = { ...BLANK, baselines: { rows: 50 } };
        const report = seen({ looked: ['content/t'], measures: { rows: exactly(value) } });
        assert.deepEqual(words([report], { resource, memory, depth: 'inspect' }), { ...THERE, 'content/t': 'blind omitted' });
      }
  });

  it('what nobody asked for is not judged', () => {
    const reports = [seen(), blindTo(['content/other']), seen({ looked: ['protection/nothing'] })];
    assert.deepEqual(words(reports), { presence: 'good', identity: 'good' });
  });
});
