import assert from 'node:assert/strict';
import { PagingPath } from '../../src/loop/paging-path.ts';
import type { Pager } from '../../src/ports.ts';
import { after, START } from '../support/roll.ts';

const never = new AbortController().signal;
const pager = (name: string, verify?: Pager['verify']): Pager => ({
  name,
  deliver: () => Promise.resolve({ kind: 'delivered', ref: null }),
  ...(verify && { verify }),
});
const pagers = (...list: readonly Pager[]): ReadonlyMap<string, Pager> => new Map(list.map((one) => [one.name, one]));

describe('the paging path', () => {
  it('is not trusted before it was tried, and then by what each pager says', async () => {
    const path = new PagingPath();
    assert.deepEqual(path.reasons, ['the paging path has not been tried yet']);
    const list = pagers(
      pager('good', () => Promise.resolve(null)),
      pager('bad', () => Promise.resolve('answered 401\u001b[2J')),
      pager('throws', () => Promise.reject(new Error('secret'))),
      pager('cannot be asked'),
    );
    await path.verify(START, list, never);
    assert.deepEqual(path.reasons, ['pager bad could not be verified: answered 401 [2J', 'pager throws could not be verified: it threw']);
  });

  it('is tried every five minutes, a failed one every minute, and never twice at a time', async () => {
    const path = new PagingPath();
    assert.ok(path.isDue(START));
    let answer: string | null = null;
    const release = Promise.withResolvers<string | null>();
    const verifying = path.verify(START, pagers(pager('slow', () => release.promise)), never);
    assert.ok(!path.isDue(after(600_000)));
    release.resolve(null);
    await verifying;
    assert.deepEqual([path.isDue(after(299_000)), path.isDue(after(300_000))], [false, true]);
    answer = 'answered 500';
    await path.verify(after(300_000), pagers(pager('p', () => Promise.resolve(answer))), never);
    assert.deepEqual([path.isDue(after(359_000)), path.isDue(after(360_000))], [false, true]);
    answer = null;
    await path.verify(after(360_000), pagers(pager('p', () => Promise.resolve(answer))), never);
    assert.deepEqual(path.reasons, []);
  });
});
