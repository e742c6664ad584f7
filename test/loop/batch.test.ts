import assert from 'node:assert/strict';
import { runBatch, type BatchResult } from '../../src/loop/batch.ts';
import type { Link, Look } from '../../src/probe.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { blindTo, makeCheck, makeResource, seen, unseen } from '../support/roll.ts';

const BOTH = [makeResource({ id: 'a' }), makeResource({ id: 'b' })];
const a = seen({ id: 'a' });
const LOOK = { depth: 'sweep', path: 'usual' } as const;

function linkOf(collect: (look: Look) => ReturnType<Link['collect']>): Link {
  return { collect: (_wanted, look) => collect(look), close: () => Promise.resolve() };
}

/** Runs a batch for `ms` of the clock; fails where it has not ended by then. */
async function run(
  link: Link,
  ms: number,
  given: { resources?: typeof BOTH; abortAfter?: number; depth?: 'inspect' } = {},
): Promise<BatchResult> {
  const clock = new FakeClock();
  const stop = new AbortController();
  const look = { ...LOOK, ...(given.depth && { depth: given.depth }) };
  let result: BatchResult | undefined;
  const running = runBatch(link, given.resources ?? BOTH, look, { clock, patience: 1000, signal: stop.signal }).then(
    (one) => (result = one),
  );
  if (given.abortAfter !== undefined) {
    await clock.advance(given.abortAfter);
    stop.abort(new Error('stopping'));
  }
  await clock.advance(ms);
  assert.ok(result, 'the batch has not ended');
  assert.equal(clock.sleeping, 0, 'a timer was left behind');
  await running;
  return result;
}

const said = (result: BatchResult, id: string): string[] =>
  (result.reports.get(id) ?? []).map((report) =>
    report.kind === 'blind' ? `blind ${report.reason} ${report.facets.join(' ')}` : report.kind,
  );
const hang = (signal?: AbortSignal): Promise<never> =>
  new Promise((_, reject) => signal?.addEventListener('abort', () => reject(new Error('cut'))));

describe('a batch', () => {
  it('hands on what was said, listings apart', async () => {
    const { listing } = unseen();
    const result = await run(
      linkOf(async function* () {
        yield* [{ kind: 'listing', listing } as const, a, unseen({ id: 'b' })];
      }),
      0,
    );
    assert.deepEqual([said(result, 'a'), said(result, 'b'), result.listings.length, result.broken], [['seen'], ['unseen'], 1, null]);
  });

  it('lets stand what was said before a hang, and calls the rest blind', async () => {
    for (const heeds of [true, false]) {
      const link = linkOf(async function* (look) {
        yield a;
        await hang(heeds ? look.signal : undefined);
      });
      const result = await run(link, 1250);
      assert.deepEqual([said(result, 'a'), said(result, 'b')], [['seen'], ['blind timeout presence identity']]);
      assert.equal(result.broken?.reason, 'timeout');
    }
  });

  it('hears the last words said while a probe settles, and nothing after', async () => {
    const link = linkOf(async function* (look) {
      await hang(look.signal).catch(() => {});
      yield { ...blindTo(['presence', 'identity'], 'denied'), id: 'a' };
      await hang();
    });
    const result = await run(link, 1250);
    assert.deepEqual(said(result, 'a'), ['blind denied presence identity']);
  });

  it('is over when it is over: what is said later changes nothing of it', async () => {
    const late = Promise.withResolvers<undefined>();
    const ended = Promise.withResolvers<undefined>();
    const link = linkOf(async function* () {
      try {
        await late.promise;
        yield { kind: 'listing', listing: unseen().listing } as const;
        yield a;
      } finally {
        ended.resolve(undefined);
      }
    });
    const result = await run(link, 1250);
    late.resolve(undefined);
    await ended.promise;
    assert.deepEqual([said(result, 'a'), result.listings.length], [['blind timeout presence identity'], 0]);
  });

  it('calls blind what a probe throws on, with a cleaned text', async () => {
    const result = await run(
      linkOf(async function* () {
        yield a;
        throw new Error('broke\u001b[2J\n');
      }),
      0,
    );
    assert.deepEqual([said(result, 'a'), said(result, 'b')], [['seen'], ['blind threw presence identity']]);
    assert.equal(result.broken?.say.includes('\u001b'), false);
    const atOnce: Link = {
      collect: () => {
        throw new Error('at once');
      },
      close: () => Promise.resolve(),
    };
    assert.deepEqual(said(await run(atOnce, 0), 'b'), ['blind threw presence identity']);
  });

  it('calls blind only the facets nobody spoke for, and only those due', async () => {
    const resources = [makeResource({ id: 'a', checks: [makeCheck(), makeCheck({ facet: 'content/u' })] })];
    const link = linkOf(async function* () {
      yield seen({ id: 'a', looked: ['content/t'] });
      throw new Error('x');
    });
    assert.deepEqual(said(await run(link, 0, { resources, depth: 'inspect' }), 'a'), ['seen', 'blind threw content/u']);
    const gone = linkOf(async function* () {
      yield unseen({ id: 'a' });
      throw new Error('x');
    });
    assert.deepEqual(said(await run(gone, 0, { resources }), 'a'), ['unseen'], 'what is not there has no facets');
  });

  it('drops what nobody asked about', async () => {
    const result = await run(
      linkOf(async function* () {
        yield a;
        yield seen({ id: 'stranger' });
        yield seen({ id: 'b' });
      }),
      0,
    );
    assert.deepEqual([...result.reports.keys()], ['a', 'b']);
  });

  it('takes several reports at once as it takes them one by one', async () => {
    const result = await run(
      linkOf(async function* () {
        yield [a, seen({ id: 'stranger' })];
        yield seen({ id: 'b' });
      }),
      0,
    );
    assert.deepEqual(
      [...result.reports],
      [
        ['a', [a]],
        ['b', [seen({ id: 'b' })]],
      ],
    );
  });

  it('leaves to the judge what a probe omits', async () => {
    const result = await run(
      linkOf(async function* () {
        yield a;
      }),
      0,
    );
    assert.deepEqual([said(result, 'b'), result.broken], [[], null]);
  });

  it('ends at once when the watcher stops', async () => {
    const result = await run(
      linkOf(async function* (look) {
        yield a;
        await hang(look.signal);
      }),
      0,
      { abortAfter: 10 },
    );
    assert.deepEqual([result.broken?.say, result.tookMs], ['the watcher is stopping', 10]);
  });
});
