import assert from 'node:assert/strict';
import { comparePlans, recallRoll, rememberPlan } from '../../src/loop/changes.ts';
import type { Plan } from '../../src/loop/plan.ts';
import { makeResource } from '../support/roll.ts';
import { makePlan, ScriptedLink } from '../support/watching.ts';

describe('what a plan changes of what the store remembers', () => {
  const link = new ScriptedLink();
  const asking = (asked: Readonly<Record<string, unknown>>, sha256 = 'a'.repeat(64), confirm = 2): Plan => {
    const plan = makePlan([makeResource({ asked, confirm })], { link });
    return { ...plan, manifest: { ...plan.manifest, sha256 } };
  };
  const changed = (before: Plan, plan: Plan): string | undefined =>
    comparePlans(recallRoll({ ...rememberPlan(before) }, plan) ?? [], before.configDigests, plan).manifest;

  it('is what its bytes say otherwise', () => {
    assert.match(changed(asking({ name: 'a' }), asking({ name: 'a', type: 'b' }, 'b'.repeat(64))) ?? '', /orders-db: type set$/);
    assert.equal(changed(asking({ name: 'a' }), asking({ name: 'a' }, 'b'.repeat(64))), undefined);
  });

  it('is no key that a newer version of the program fills in by itself where the bytes are the same', () => {
    assert.equal(changed(asking({ name: 'a' }), asking({ name: 'a', dated: true })), undefined);
    assert.match(changed(asking({}), asking({}, undefined, 9)) ?? '', /confirm raised/, 'the config may have changed');
  });

  it('is all of it where an older version did not write down which bytes they were', () => {
    const { roll } = rememberPlan(asking({ name: 'a' }));
    const plan = asking({ name: 'a', type: 'b' });
    assert.match(comparePlans(recallRoll({ roll }, plan) ?? [], plan.configDigests, plan).manifest ?? '', /type set/);
    assert.equal(recallRoll({}, plan), undefined);
  });
});
