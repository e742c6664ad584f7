import assert from 'node:assert/strict';
import type { WatchStatus } from '../../src/loop/self.ts';
import { createWeb } from '../../src/web/server.ts';
import { makePrintedResource } from '../support/page.ts';
import { makeIncident, makeStatus, makeTroubled } from '../support/status.ts';

type List = { readonly resources: readonly { readonly id: string }[]; readonly total: number; readonly next: string | null };

const AT = 'http://127.0.0.1:7878';
function open(status: WatchStatus, make?: () => WatchStatus) {
  const app = createWeb({ host: '127.0.0.1', token: undefined, version: '1.2.3', status: make ?? (() => status) });
  const ask = async (path: string, init: RequestInit = {}) => app.request(AT + path, init);
  const list = async (query: string) => (await (await ask(`/api/v1/resources${query}`)).json()) as List;
  return { app, ask, list };
}
const many = (count: number): WatchStatus =>
  makeStatus({
    resources: Array.from({ length: count }, (_, at) =>
      makePrintedResource({
        id: `db-${(at * 7919) % count}`,
        verdict: at % 10 === 0 ? 'absent' : 'present',
        kind: at % 2 ? 'file.volume' : 'postgres.database',
        connection: at < 5 ? 'one' : 'other',
      }),
    ),
  });

describe('lists over HTTP', () => {
  it('are whole where nothing is asked for, in the order of their ids', async () => {
    const { list } = open(many(1001));
    const { resources, total, next } = await list('');
    assert.deepEqual([resources.length, total, next], [1001, 1001, null]);
    const ids = resources.map(({ id }) => id);
    assert.deepEqual(ids, [...ids].sort());
  });

  it('can be walked in pages, each once, by the cursor and by the link', async () => {
    const { ask } = open(many(101));
    const seen: string[] = [];
    let pages = 0;
    for (let path: string | undefined = '/api/v1/resources?limit=20&kind=file.volume'; path !== undefined; pages++) {
      const answer = await ask(path);
      const { resources, total, next } = (await answer.json()) as List;
      assert.equal(total, 50);
      seen.push(...resources.map(({ id }) => id));
      const [, link] = /^<(.*)>; rel="next"$/.exec(answer.headers.get('link') ?? '') ?? [];
      assert.equal(link === undefined ? null : new URL(link, AT).searchParams.get('cursor'), next);
      path = link;
    }
    assert.equal(pages, 3);
    assert.deepEqual([seen.length, new Set(seen).size], [50, 50]);
  });

  it('go on where they were although what is listed changes meanwhile', async () => {
    const left = makeStatus({ resources: ['a', 'b', 'd', 'e'].map((id) => makePrintedResource({ id })) });
    const { next } = await open(makeStatus({ resources: ['a', 'b', 'c'].map((id) => makePrintedResource({ id })) })).list('?limit=2');
    assert.deepEqual(
      (await open(left).list(`?limit=9&cursor=${next}`)).resources.map(({ id }) => id),
      ['d', 'e'],
    );
  });

  it('show only what is asked for', async () => {
    const { list } = open(many(100));
    for (const [query, count] of [
      ['?verdict=absent', 10],
      ['?verdict=absent&verdict=present', 100],
      ['?verdict=blind', 0],
      ['?kind=file.volume&verdict=present', 50],
      ['?connection=one', 5],
      ['?connection=one&verdict=absent', 1],
      ['?kind=unheard.of', 0],
    ] as const)
      assert.equal((await list(query)).total, count, query);
    const { ask } = open(makeTroubled(5));
    const incidents = async (query: string) => ((await (await ask(`/api/v1/incidents${query}`)).json()) as { total: number }).total;
    assert.deepEqual(await Promise.all(['', '?class=lost', '?class=blind', '?connection=x'].map(incidents)), [1, 1, 0, 0]);
  });

  it('refuse what makes no sense, and say what would', async () => {
    const { ask } = open(many(3));
    for (const query of [
      'limit=0',
      'limit=1001',
      'limit=-1',
      'limit=1e3',
      'limit=',
      'limit=1&limit=2',
      'cursor=',
      'cursor=%00',
      'cursor=YQ==',
      `cursor=${'a'.repeat(401)}`,
      'verdict=gone',
      'verdict=',
      'kind=',
      'colour=red',
      '__proto__=x',
      'toString=x',
      `kind=${'x'.repeat(101)}`,
      Array.from({ length: 51 }, () => 'kind=a').join('&'),
    ]) {
      const answer = await ask(`/api/v1/resources?${query}`);
      assert.equal(answer.status, 400, query);
      const { type, error, why } = (await answer.json()) as Record<string, string>;
      assert.deepEqual([type, error], ['https://rollcall.dev/problems/bad-query', 'not a query'], query);
      assert.ok((why ?? '').length > 10 && (why ?? '').length < 5000, query);
    }
    for (const path of ['incidents?verdict=absent', 'incidents?class=x']) assert.equal((await ask(`/api/v1/${path}`)).status, 400, path);
  });

  it('of ten thousand let others have their turn, and are made once for all who ask at the same moment', async () => {
    const status = many(10_000);
    const { ask } = open(status);
    let turns = 0;
    let asking = true;
    const count = (): void => {
      turns++;
      if (asking) setImmediate(count);
    };
    setImmediate(count);
    const answers = await Promise.all(Array.from({ length: 20 }, async () => (await ask('/api/v1/resources')).headers.get('etag')));
    asking = false;
    assert.ok(turns >= 90 && turns < 1000, `${turns} turns`);
    assert.equal(new Set(answers).size, 1);
  });
});

describe('what is read over HTTP', () => {
  it('is not sent again to who has it', async () => {
    let status = makeTroubled(3);
    const { ask } = open(status, () => status);
    for (const path of [
      '/api/v1/resources',
      '/api/v1/resources?limit=2',
      '/api/v1/resources/orders-db',
      '/api/v1/incidents',
      `/api/v1/incidents/${makeIncident([]).id}`,
      '/api/v1/status',
      '/api/v1/ledger/head',
      '/api/v1/openapi.json',
    ]) {
      const first = await ask(path);
      const etag = first.headers.get('etag') ?? '';
      assert.match(etag, /^"[\w-]{22}"$/, path);
      assert.equal(first.headers.get('cache-control'), 'private, no-cache');
      for (const known of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
        const again = await ask(path, { headers: { 'if-none-match': known } });
        assert.deepEqual([again.status, await again.text(), again.headers.get('etag')], [304, '', etag], `${path} ${known}`);
      }
      assert.equal((await ask(path, { headers: { 'if-none-match': '"other"' } })).status, 200);
    }
    const before = (await ask('/api/v1/resources/orders-db')).headers.get('etag') ?? '';
    status = makeStatus({ resources: [makePrintedResource({ summary: 'another look' })] });
    const { ask: later } = open(status);
    assert.equal((await later('/api/v1/resources/orders-db', { headers: { 'if-none-match': before } })).status, 200);
  });

  it('says what is not there, and what cannot be done to what is', async () => {
    const { ask } = open(makeTroubled(3));
    for (const path of [
      '/api/v1/nothing',
      '/api/v1/resources/nobody',
      '/api/v1/incidents/never',
      '/api/v2/status',
      '/api/v1/resources/',
      '//',
    ])
      assert.equal((await ask(path)).status, 404, path);
    const wrong = await ask('/api/v1/status', { method: 'DELETE' });
    assert.deepEqual([wrong.status, wrong.headers.get('allow')], [405, 'GET, HEAD']);
    for (const [method, path] of [
      ['PUT', '/api/v1/resources/orders-db'],
      ['PATCH', '/api/v1/resources'],
      ['POST', '/api/v1/resources'],
      ['POST', '/metrics'],
      ['POST', '/'],
    ] as const)
      assert.equal((await ask(path, { method })).status, 405, `${method} ${path}`);
    const head = await ask('/api/v1/status', { method: 'HEAD' });
    assert.deepEqual([head.status, await head.text()], [200, '']);
  });

  it('answers a mistake of our own without a word of it, and writes it down', async () => {
    const lines: string[] = [];
    const say = (message: string): void => void lines.push(message);
    const app = createWeb({
      host: '127.0.0.1',
      token: undefined,
      version: '1',
      status: () => {
        throw new Error('hunter2');
      },
      log: { debug: say, info: say, warn: say, error: say },
    });
    const answer = await app.request(`${AT}/api/v1/status`);
    assert.equal(answer.status, 500);
    assert.doesNotMatch(await answer.text(), /hunter2|Error/);
    assert.deepEqual(lines, ['an answer over HTTP failed']);
  });
});
