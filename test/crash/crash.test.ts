import assert from 'node:assert/strict';
import { mkdirSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { startPostgres, type TestPostgres } from '../support/postgres.ts';
import { database, volume } from '../support/site.ts';
import { crash, type Crash, type Subject } from './crash.ts';

const AT_ONCE = Math.min(4, availableParallelism());
const IN_A_ROW = AT_ONCE + 2;

/**
 * What kind of thing was lost makes no difference from the judgment to the receipts, so the quickest to look at serves for every point of
 * that way. The databases below take it for less of it: there, looks on sockets and the tripwire's nudges fall in between.
 */
function folders(site: string): Subject {
  const [gone, kept] = [join(site, 'gone'), join(site, 'kept')];
  for (const folder of [gone, kept]) mkdirSync(folder);
  return {
    parts: { resources: [volume('gone', gone), volume('kept', kept)] },
    lose: () => rmSync(gone, { recursive: true }),
    restore: () => mkdirSync(gone),
  };
}

/** Databases of one server, which every crash makes anew. */
function databases(server: TestPostgres): () => Promise<Subject> {
  let n = 0;
  return async () => {
    const [gone, kept] = [`gone_${++n}`, `kept_${n}`];
    for (const name of [gone, kept]) await server.query(`create database ${name} template template0`);
    return {
      parts: { pgUrl: server.url(), resources: [database('gone', { name: gone }), database('kept', { name: kept })] },
      lose: async () => void (await server.query(`drop database ${gone} with (force)`)),
    };
  };
}

/** Crashes at each of these points, some at a time, until several in a row were not reached: the way ends before them. */
async function crashAtEach(
  point: (n: number) => Parameters<typeof crash>[0],
  subject: Parameters<typeof crash>[1] = folders,
): Promise<Crash[]> {
  const crashes: Crash[] = [];
  let n = 0;
  let last = 0;
  const worker = async (): Promise<void> => {
    while (n < last + IN_A_ROW) {
      const here = ++n;
      const crashed = await crash(point(here), subject);
      if (crashed.struck === undefined) continue;
      last = Math.max(last, here);
      crashes.push(crashed);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return crashes;
}

function check(crashes: readonly Crash[], mostTimes: number): void {
  for (const { at, struck, keys, ids, times, damage } of crashes) {
    const where = `killed at ${at} (${struck})`;
    assert.deepEqual([...keys], ['rollcall/site/tester/gone/lost/1'], where);
    assert.ok(
      times.every((count) => count >= 1 && count <= mostTimes),
      `${where}: accepted ${times.join(' and ')} times`,
    );
    assert.ok(
      ids.every((count) => count === 1),
      `${where}: ${ids.join(' and ')} different messages`,
    );
    assert.equal(damage, undefined, where);
  }
}

/*
 * What is watched are folders, on purpose: from the judgment on nothing knows which probe looked (DESIGN §3), so another kind would put the same
 * points on the same way again, and make each of them dependent on when a server of its own answers.
 */
describe('a daemon killed on the way from a judgment to its receipts', function () {
  this.timeout(900_000);
  let points = 0;

  it('before any call to its store or to a receiver: has paged everybody after the restart, also of what is back by then', async () => {
    const crashes = await crashAtEach((n) => ({ at: String(n), back: n % 2 === 1 }));
    check(crashes, 2);
    points += crashes.length;
  });

  // By what they are: which call in turn they are is another from run to run.
  for (const [at, when] of Object.entries({
    COMMIT: 'at a commit',
    answer: 'once a receiver took it, before anything of that was written',
  }))
    it(`${when}: has paged everybody after the restart`, async () => {
      const crashed = await crash({ at }, folders);
      assert.equal(crashed.struck, at);
      check([crashed], 2);
    });

  it('inside every second such call, and once more after the restart: has paged everybody after the second, under one key', async () => {
    const crashes = await crashAtEach((n) => ({ at: `${2 * n}+${(n * 67) % 500}`, again: 1 + ((n * 7) % 60) }));
    check(crashes, 3);
    points += crashes.length;
  });

  it('at every fourth call while a database is looked at, judged and paged: has paged everybody after the restart', async () => {
    await using server = await startPostgres();
    const crashes = await crashAtEach((n) => ({ at: String(4 * n) }), databases(server));
    check(crashes, 2);
    points += crashes.length;
  });

  after(() => assert.ok(points >= 50, `only ${points} points`));
});
