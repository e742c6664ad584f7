import assert from 'node:assert/strict';
import { rollOnce } from '../../src/loop/once.ts';
import type { Resource } from '../../src/core/expectation.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { makeCheck, makeResource } from '../support/roll.ts';
import { makePlan, ScriptedLink } from '../support/watching.ts';

async function check(link: ScriptedLink, resources: readonly Resource[] = [makeResource()]) {
  const clock = new FakeClock();
  const checking = rollOnce(
    makePlan(resources, { link }),
    resources.map(({ id }) => id),
    new Map(),
    clock,
    new AbortController().signal,
  );
  await clock.advance(120_000);
  return checking;
}
const answering = (answer: ScriptedLink['answer']): ScriptedLink => Object.assign(new ScriptedLink(), { answer });

describe('one round without the daemon', () => {
  it('looks twice at an absence, the second time on a fresh path', async () => {
    const link = answering('gone');
    const [printed] = await check(link, [makeResource({ checks: [makeCheck()] })]);
    assert.equal(printed?.verdict, 'absent');
    assert.match(printed.summary, /2 of 2 looks/);
    assert.deepEqual(
      link.looks.map(({ depth, path }) => `${depth} ${path}`),
      ['sweep usual', 'sweep fresh'],
      'what is gone is not inspected',
    );
  });

  it('sweeps and inspects what is there, and takes no identity for its own', async () => {
    const [printed] = await check(new ScriptedLink(), [makeResource({ checks: [makeCheck()] })]);
    assert.deepEqual([printed?.verdict, printed?.pin], ['present', 'none']);
  });

  it('is blind where a probe hangs, throws or omits, and ends', async () => {
    for (const answer of ['hangs', 'throws', 'omits', 'denied'] as const)
      assert.equal((await check(answering(answer)))[0]?.verdict, 'blind', answer);
  });

  it('confirms a loss inside as the daemon would', async () => {
    const low = makeResource({ checks: [makeCheck({ rule: { is: 'at_least', bound: 1000 } })] });
    const link = new ScriptedLink();
    assert.equal((await check(link, [low]))[0]?.verdict, 'degraded');
    assert.deepEqual(
      link.looks.map(({ depth, path }) => `${depth} ${path}`),
      ['sweep usual', 'inspect usual', 'inspect fresh'],
    );
  });
});
