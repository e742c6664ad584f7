import assert from 'node:assert/strict';
import type { WatchStatus } from '../../src/loop/self.ts';
import { Changes } from '../../src/web/changes.ts';
import { makePrintedResource } from '../support/page.ts';
import { makeIncident, makeStatus } from '../support/status.ts';

type Stream = ReadableStreamDefaultReader<Uint8Array>;

/** The next event of a stream of them; undefined at its end. */
async function next(reader: Stream): Promise<string | undefined> {
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return undefined;
    const [, event] = /^event: (\w+)$/m.exec(Buffer.from(value).toString()) ?? [];
    if (event !== undefined) return event;
  }
}

async function until(reader: Stream, wanted: string): Promise<string | undefined> {
  let event = await next(reader);
  while (event !== undefined && event !== wanted) event = await next(reader);
  return event;
}

describe('the changes that readers are told of', () => {
  const good = makeStatus({ resources: [makePrintedResource({ verdict: 'present' })] });
  const bad = makeStatus({ resources: [makePrintedResource({ verdict: 'absent' })] });

  it('come to every reader, by one comparison for all, and to nobody after', async () => {
    let status: WatchStatus = good;
    let asked = 0;
    const changes = new Changes(() => (asked++, status), 1);
    const readers = Array.from({ length: 50 }, () => changes.follow().getReader());
    for (const reader of readers) assert.equal(await next(reader), 'changed');
    const told = Promise.all(readers.map(async (reader) => until(reader, 'changed')));
    status = bad;
    assert.deepEqual(new Set(await told), new Set(['changed']));
    assert.ok(asked < 50, `asked ${asked} times`);
    await Promise.all(readers.map(async (reader) => reader.cancel()));
    assert.equal(changes.readers, 0);
    await new Promise((resolve) => setTimeout(resolve, 20));
    const after = asked;
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.equal(asked, after);
  });

  it('say now and then that the daemon lives, though nothing has changed', async () => {
    const changes = new Changes(() => good, 1);
    const reader = changes.follow().getReader();
    assert.deepEqual([await next(reader), await next(reader), await next(reader)], ['changed', 'alive', 'alive']);
    await reader.cancel();
  });

  it('are the same message for all', async () => {
    const changes = new Changes(() => good, 1);
    const readers = [changes.follow().getReader(), changes.follow().getReader()];
    for (const reader of readers) await next(reader);
    const [a, b] = await Promise.all(readers.map(async (reader) => reader.read()));
    assert.ok(a?.value && a.value === b?.value);
    await Promise.all(readers.map(async (reader) => reader.cancel()));
  });

  it('are whatever a person would see: a verdict, a receipt, an acknowledgement, a claim, a heartbeat that is not heard', async () => {
    const at = { wall: 1, steady: 1 };
    const incident = makeIncident(['orders-db']);
    const base = { resources: bad.resources, incidents: [incident], heartbeat: { at, heard: true } };
    // The glances are made once, as the watch keeps them.
    const { glances } = makeStatus(base);
    for (const [what, change] of Object.entries<Partial<WatchStatus>>({
      receipt: { incidents: [{ ...incident, accepted: ['phone', 'chat'] }] },
      acknowledgement: { incidents: [{ ...incident, ackedUntil: 9 }] },
      claim: { claims: [{ id: '1', by: 'cursor', at, text: 'All systems nominal', about: [] }] },
      heartbeat: { heartbeat: { at, heard: false } },
      'loss of trust': { ready: false, why: ['sweep overdue: pg'] },
    })) {
      let status = makeStatus({ ...base, glances });
      const changes = new Changes(() => status, 1);
      const reader = changes.follow().getReader();
      await next(reader);
      assert.equal(await next(reader), 'alive');
      status = makeStatus({ ...base, glances, ...change });
      assert.equal(await until(reader, 'changed'), 'changed', what);
      await reader.cancel();
    }
  });

  it('let go of a reader who takes nothing', async () => {
    const changes = new Changes(() => good, 1);
    const [idle, keen] = [changes.follow(), changes.follow().getReader()];
    while (changes.readers === 2) await next(keen);
    await keen.cancel();
    const reader = idle.getReader();
    while ((await next(reader)) !== undefined);
    assert.equal(changes.readers, 0);
  });
});
