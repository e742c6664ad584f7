import assert from 'node:assert/strict';
import { joinIncident, openIncident, type IncidentClass } from '../../src/core/incident.ts';
import { isGravest, massOf, type Mass, type WitnessWord } from '../../src/core/mass.ts';
import type { Outcome } from '../../src/core/outcome.ts';
import { wordPage } from '../../src/core/page-words.ts';
import { makePrintedResource } from '../support/page.ts';
import { ABSENT, BLIND, GOOD, Machine, makeCheck, START } from '../support/roll.ts';

const MINUTE = 60_000;
const DENIED: Outcome = { is: 'blind', reason: 'denied', say: 'password authentication failed' };
const lost = () => new Machine().sweep(GOOD).sweep(ABSENT).sweep(ABSENT, 'fresh').state;
const blind = (outcome: Outcome) => {
  const machine = new Machine().sweep(GOOD);
  for (let look = 0; look < 5; look++) machine.wait(MINUTE).sweep(outcome);
  return machine.state;
};
const good = () => new Machine().sweep(GOOD).state;

describe('everything on one connection at once', () => {
  it('is a mass where nothing was spared, and where there is more than one', () => {
    assert.deepEqual(massOf([lost(), lost(), lost()], 'lost'), { is: 'lost', count: 3 });
    assert.equal(massOf([lost(), good(), lost()], 'lost'), undefined);
    assert.equal(massOf([lost(), blind(BLIND)], 'lost'), undefined, 'blind is not gone');
    assert.equal(massOf([lost()], 'lost'), undefined);
    assert.equal(massOf([], 'lost'), undefined);
    assert.equal(massOf([lost(), lost()], 'degraded'), undefined);
  });

  it('is denied where everything that cannot be seen was refused, and only then', () => {
    assert.deepEqual(massOf([blind(DENIED), blind(DENIED)], 'blind'), { is: 'denied', count: 2 });
    assert.deepEqual(massOf([blind(DENIED), blind(BLIND)], 'blind'), { is: 'unseen', count: 2 });
    assert.equal(massOf([blind(DENIED), good()], 'blind'), undefined);
  });

  it('is never a matter of damage, and is unseen where nobody refused just now', () => {
    assert.equal(massOf([blind(DENIED), blind(DENIED)], 'degraded'), undefined);
    const partly = () => {
      const machine = new Machine({ checks: [makeCheck()] }).sweep(GOOD);
      for (let look = 0; look < 5; look++) machine.wait(MINUTE).sweep(GOOD).inspect(DENIED);
      return machine;
    };
    assert.deepEqual(massOf([partly().state, blind(DENIED)], 'blind'), { is: 'denied', count: 2 }, 'what is seen refutes nothing');
    assert.deepEqual(massOf([partly().sweep(BLIND).state, blind(DENIED)], 'blind'), { is: 'unseen', count: 2 }, 'one of its facets');
    const seenAgain = partly().inspect(GOOD).state;
    assert.equal(seenAgain.blind, true);
    assert.deepEqual(massOf([seenAgain, blind(DENIED)], 'blind'), { is: 'unseen', count: 2 }, 'it answers just now');
  });

  it('weighs most, unless the witness is dark as well and nobody refused or showed anything', () => {
    const dark = { address: 'w:1', answers: false };
    const bright = { address: 'w:1', answers: true };
    const gravest = (is: Mass['is'], witness?: WitnessWord) => isGravest({ is, count: 2 }, witness);
    assert.deepEqual([gravest('lost'), gravest('denied'), gravest('unseen')], [true, true, true]);
    assert.deepEqual([gravest('lost', dark), gravest('denied', dark), gravest('unseen', dark)], [true, true, false]);
    assert.equal(gravest('unseen', bright), true);
    assert.equal(isGravest(undefined, bright), false);
  });
});

describe('the words for it', () => {
  const word = (kind: IncidentClass, given: { mass?: Mass; witness?: WitnessWord; reason?: string; ids?: readonly string[] }) => {
    const { ids = ['a', 'b'], reason = 'timeout' } = given;
    const [resource = '', ...others] = ids;
    const opening = { id: 'I', key: 'k', class: kind, severity: 'critical', connection: 'pg', pagers: ['p'], supersedes: [] } as const;
    const opened = openIncident({ ...opening, resource, at: START }, false).next;
    const incident = others.reduce((one, id) => joinIncident(one, new Map([[id, START]])).next, opened);
    const skipped = kind === 'blind' ? [{ facet: 'presence', reason, say: 'no answer' }] : [];
    return wordPage(incident, {
      watchdog: 'w',
      event: 'trigger',
      reason: 'first',
      at: START,
      print: (id) => makePrintedResource({ id, verdict: kind === 'blind' ? 'blind' : 'absent', summary: 'not listed', skipped }),
      head: null,
      statusUrl: undefined,
      ...(given.mass && { mass: given.mass }),
      ...(given.witness && { witness: given.witness }),
    });
  };

  it('of a loss say that nothing was spared, and how many of them this page is about', () => {
    const page = word('lost', { mass: { is: 'lost', count: 2 } });
    assert.equal(page.summary, 'EVERYTHING on pg is gone (all 2 resources: a, b): not listed');
    assert.deepEqual(page.mass, { connection: 'pg', is: 'lost', count: 2 });
    const part = word('lost', { mass: { is: 'lost', count: 12 } });
    assert.match(part.summary, /^EVERYTHING on pg is gone \(all 12 resources, 2 of them told here: a, b\)/);
    assert.equal(word('lost', {}).mass, undefined);
  });

  it('of a refusal say whose access it was', () => {
    const { summary } = word('blind', { mass: { is: 'denied', count: 2 }, reason: 'denied' });
    assert.match(summary, /^EVERYTHING on pg is denied to the watcher \(all 2 resources: a, b\): its access was revoked/);
  });

  it('of what is out of reach say what the witness says, and nothing where there is none', () => {
    const mass = { is: 'unseen', count: 2 } as const;
    assert.equal(word('blind', { mass }).summary, 'NOTHING on pg can be seen (all 2 resources: a, b): presence: timeout: no answer');
    const witness = { address: '192.0.2.1:443', answers: true };
    assert.match(
      word('blind', { mass, witness }).summary,
      /; the witness 192\.0\.2\.1:443 answers, so it is not the watcher's own network$/,
    );
    const dark = word('blind', { mass, witness: { ...witness, answers: false } });
    assert.match(dark.summary, /; the witness 192\.0\.2\.1:443 is dark too: this may be the watcher's own network$/);
    assert.deepEqual(dark.witness, { address: '192.0.2.1:443', answers: false });
    assert.match(word('blind', { ids: ['a'], witness }).summary, /answers, so it is not the watcher's own network$/, 'one alone, too');
    assert.doesNotMatch(word('blind', { mass: { is: 'denied', count: 2 }, reason: 'denied', witness }).summary, /witness/);
    assert.doesNotMatch(word('lost', { mass: { is: 'lost', count: 2 }, witness }).summary, /witness/);
  });
});
