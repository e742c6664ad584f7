import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createNodeCron, type NodeCron } from '../../src/adapters/cron-node.ts';

const CRON = new URL('../../src/adapters/cron-node.ts', import.meta.url).href;
const local = (...parts: [number, number, number, number?, number?, number?, number?]) => new Date(...parts).getTime();

describe('cron expressions', () => {
  let cron: NodeCron;
  before(async () => {
    cron = await createNodeCron();
  });

  // Months count from 0, as in Date.
  for (const [expression, after, next] of [
    ['*/5 * * * *', local(2026, 0, 1, 0, 0, 0), local(2026, 0, 1, 0, 5)],
    ['*/5 * * * *', local(2026, 0, 1, 0, 4, 59, 999), local(2026, 0, 1, 0, 5)],
    ['*/10 * * * * *', local(2026, 0, 1, 0, 0, 50), local(2026, 0, 1, 0, 1)],
    ['*/10 * * * * *', local(2026, 0, 1, 0, 0, 9, 1), local(2026, 0, 1, 0, 0, 10)],
    ['0 3 * * *', local(2026, 0, 31, 3), local(2026, 1, 1, 3)],
    ['59 23 31 12 *', local(2026, 11, 31, 23, 59), local(2027, 11, 31, 23, 59)],
    ['0 0 29 2 *', local(2024, 1, 29), local(2028, 1, 29)],
    ['30 9 * * MON', local(2026, 0, 1), local(2026, 0, 5, 9, 30)],
    ['0 9 * * 1-5', local(2026, 0, 2, 9), local(2026, 0, 5, 9)],
    ['0 0 L * *', local(2026, 1, 1), local(2026, 1, 28)],
    ['0 9 * * MON#2', local(2026, 0, 1), local(2026, 0, 12, 9)],
    ['@daily', local(2026, 0, 1, 12), local(2026, 0, 2)],
  ] as const) {
    it(`${expression} comes after ${new Date(after).toString().slice(0, 24)} at ${new Date(next).toString().slice(0, 24)}`, () => {
      assert.equal(cron.next(expression, after), next);
    });
  }

  it('name every moment of a day, each once and in order', () => {
    let at = local(2026, 0, 1) - 1;
    for (let n = 0; n < 144; n++) {
      const next = cron.next('*/10 * * * *', at);
      assert.equal(next, local(2026, 0, 1, 0, n * 10));
      at = next ?? NaN;
    }
  });

  it('that name no moment within four years have no next', () => {
    assert.equal(cron.next('0 0 29 2 *', local(2096, 2, 1)), undefined);
  });

  it('are told from what is none', () => {
    for (const text of ['*/5 * * * *', '*/10 * * * * *', '@hourly', '0 3 * * 1-5']) assert.ok(cron.isCron(text), text);
    for (const text of ['5m', '', 'every day', '60 * * * *', '* * * *', '0 0 30 2 *', '* * * * * * *']) assert.ok(!cron.isCron(text), text);
  });

  it('skip an hour that summer time leaves out, and say the hour it doubles once', () => {
    // The time zone belongs to a process.
    const script = `const { createNodeCron } = await import(${JSON.stringify(CRON)}); const cron = await createNodeCron();
      const next = (...at) => new Date(cron.next('30 2 * * *', new Date(...at).getTime())).toISOString();
      console.log(next(2026, 2, 28, 12), next(2026, 9, 24, 12), next(2026, 9, 25, 2, 30));`;
    const said = execFileSync(process.execPath, ['--input-type=module', '-e', script], { env: { TZ: 'Europe/Berlin' }, encoding: 'utf8' });
    assert.equal(said.trim(), '2026-03-30T00:30:00.000Z 2026-10-25T00:30:00.000Z 2026-10-26T01:30:00.000Z');
  });
});
