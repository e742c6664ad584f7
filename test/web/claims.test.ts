import assert from 'node:assert/strict';
import type { ClaimGiven, ClaimTaken } from '../../src/loop/claim-book.ts';
import { Secret } from '../../src/values/secret.ts';
import { createWeb } from '../../src/web/server.ts';
import { makeStatus } from '../support/status.ts';

const STATUS = makeStatus();

function open(answer: ClaimTaken = { taken: true, id: '01J' }) {
  const taken: ClaimGiven[] = [];
  const tokens = new Map([
    ['cursor', new Secret('token-of-cursor')],
    ['ci', new Secret('token of ci, with blanks')],
  ]);
  const app = createWeb({
    host: '127.0.0.1',
    token: new Secret('token-to-read'),
    version: '0',
    status: () => STATUS,
    claims: {
      claimants: () => Promise.resolve(tokens),
      claim: (given) => {
        taken.push(given);
        return Promise.resolve(answer);
      },
    },
  });
  const post = (body: unknown, token = 'token-of-cursor') =>
    app.request('/api/v1/claims', {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  return { app, post, taken };
}

describe('POST /api/v1/claims', () => {
  it('takes a claim under the name its token belongs to, whatever the body says', async () => {
    const { post, taken } = open();
    const answer = await post({ text: 'All systems nominal' });
    assert.deepEqual([answer.status, await answer.json()], [202, { id: '01J', by: 'cursor' }]);
    assert.equal((await post({ text: 'deployed', about: ['orders-db'] }, 'token of ci, with blanks')).status, 202);
    assert.equal((await post({ text: 'x', by: 'alice' })).status, 400);
    assert.deepEqual(taken, [
      { by: 'cursor', text: 'All systems nominal', about: [] },
      { by: 'ci', text: 'deployed', about: ['orders-db'] },
    ]);
  });

  it('has tokens that read nothing, and the token to read claims nothing', async () => {
    const { app, post, taken } = open();
    for (const token of ['token-to-read', 'token-of-curso', 'token-of-cursor2', ''])
      assert.equal((await post({ text: 'x' }, token)).status, 401, token);
    assert.equal((await app.request('/api/v1/claims', { method: 'POST', body: '{"text":"x"}' })).status, 401);
    const reading = (token: string) => app.request('/api/v1/status', { headers: { authorization: `Bearer ${token}` } });
    assert.equal((await reading('token-of-cursor')).status, 401);
    assert.equal((await reading('token-to-read')).status, 200);
    assert.deepEqual(taken, []);
  });

  it('refuses what is no claim, and what is more than a sentence', async () => {
    const { post, taken } = open();
    for (const body of [
      '',
      'null',
      '[]',
      '{"text":',
      { text: '' },
      { text: ' ' },
      { text: 1 },
      { about: ['a'] },
      { text: 'x', about: 'a' },
    ])
      assert.equal((await post(body)).status, 400, JSON.stringify(body));
    assert.equal((await post({ text: 'x'.repeat(5000) })).status, 413);
    assert.deepEqual(taken, []);
  });

  it('says when there is room again where there were too many', async () => {
    const answer = await open({ taken: false, afterMs: 1500 }).post({ text: 'x' });
    assert.deepEqual([answer.status, answer.headers.get('retry-after')], [429, '2']);
  });

  it('is not there where nobody may claim', async () => {
    const app = createWeb({ host: '127.0.0.1', token: undefined, version: '0', status: () => STATUS, claims: undefined });
    assert.equal((await app.request('/api/v1/claims', { method: 'POST', body: '{"text":"x"}' })).status, 404);
  });
});
