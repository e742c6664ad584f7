import assert from 'node:assert/strict';
import type { FacetJudgment } from '../../src/core/outcome.ts';
import { BLANK } from '../../src/core/memory.ts';
import { remember } from '../../src/core/remember.ts';
import type { Seen } from '../../src/core/report.ts';
import { NEW, step, type ResourceState } from '../../src/core/state.ts';
import { judge } from '../../src/core/verdict.ts';
import { makeResource } from '../support/roll.ts';

const resource = makeResource({ id: 'db' });
const LOOK = { depth: 'sweep', path: 'usual' } as const;

function seenAt(steady: number): Seen {
  const evidence = { method: 'listing', vantage: 'here', at: { wall: steady, steady }, excerpt: 'it is listed' };
  return { kind: 'seen', id: 'db', pin: { oid: '1' }, looked: ['presence', 'identity'], measures: {}, evidence };
}

describe('a calm resource', () => {
  it('shares between its looks all that only time would change', () => {
    let [state, memory]: [ResourceState, typeof BLANK] = [NEW, BLANK];
    const looked = (steady: number): void => {
      const report = seenAt(steady);
      const judgments: FacetJudgment[] = judge(resource, [report], memory, LOOK);
      state = step(resource, state, { type: 'looked', at: report.evidence.at, ...LOOK, judgments }).next;
      ({ memory } = remember(resource, memory, state, [report], judgments));
    };
    for (let n = 1; n <= 200; n++) looked(n * 1000);
    const [before, known] = [state.facets['presence'], memory];
    looked(201_000);
    const after = state.facets['presence'];
    assert.equal(memory, known);
    for (const part of ['marks', 'run', 'calm', 'sight'] as const) assert.equal(after?.[part], before?.[part], part);
    assert.equal(after?.evidence, state.facets['identity']?.evidence);
    assert.equal(after?.goodAt?.steady, 201_000);
    assert.equal(state.lastHealthy?.steady, 201_000);
  });
});
