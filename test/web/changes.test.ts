import assert from 'node:assert/strict';
import type { WatchStatus } from '../../src/loop/self.ts';
import { Changes } from '../../src/web/changes.ts';
import { makePrintedResource } from '../support/page.ts';
import { makeStatus } from '../support/status.ts';

describe('the changes that readers are told of', () => {
  const good = makeStatus({ resources: [makePrintedResource({ verdict: 'present' })] });
  const bad = makeStatus({ resources: [makePrintedResource({ verdict: 'absent' })] });

  it('come to every reader, by one comparison for all, and to nobody after', async () => {
    let status: WatchStatus = good;
    let asked = 0;
    const changes = new Changes(() => (asked++, status), 1);
    const stop = new AbortController();
    const readers = Array.from({ length: 50 }, () => changes.follow(stop.signal));
    for (const reader of readers) assert.deepEqual(await reader.next(), { done: false, value: 'changed' });
    const next = readers.map(async (reader) => {
      for await (const change of reader) if (change === 'changed') return change;
      return undefined;
    });
    status = bad;
    assert.deepEqual(new Set(await Promise.all(next)), new Set(['changed']));
    assert.ok(asked < 50, `asked ${asked} times`);
    stop.abort();
    for (const reader of readers) assert.equal((await reader.next()).done, true);
    await new Promise((resolve) => setTimeout(resolve, 20));
    const after = asked;
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.equal(asked, after);
  });

  it('say now and then that the daemon lives, though nothing has changed', async () => {
    const changes = new Changes(() => good, 1);
    const stop = new AbortController();
    const seen: string[] = [];
    for await (const change of changes.follow(stop.signal)) if (seen.push(change) === 3) break;
    assert.deepEqual(seen, ['changed', 'alive', 'alive']);
    stop.abort();
  });
});
