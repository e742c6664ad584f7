import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import type { Incident } from '../../src/core/incident.ts';
import type { WatchStatus } from '../../src/loop/self.ts';
import { Secret } from '../../src/values/secret.ts';
import { createWeb } from '../../src/web/server.ts';
import { makePrintedResource } from '../support/page.ts';
import { makeIncident, makeStatus, makeTroubled } from '../support/status.ts';

const AT = 'http://127.0.0.1:7878';
const serve = (status: WatchStatus, token?: Secret) => createWeb({ host: '127.0.0.1', token, version: '1.2.3', status: () => status });
const read = async (status: WatchStatus, path: string): Promise<string> => (await serve(status).request(AT + path)).text();
const heading = (text: string): string | undefined => /<h1[^>]*>(.*?)<\/h1>/s.exec(text)?.[1];

describe('the status page', () => {
  it('says at the first glance how it stands, the gravest first', async () => {
    const one = (verdict: 'present' | 'degraded' | 'blind' | 'doomed') => makePrintedResource({ id: verdict, verdict });
    const cases: [WatchStatus, string, string][] = [
      [makeStatus({ resources: [one('present')] }), 'Everything answered', '✓'],
      [makeStatus({ resources: [one('present'), one('blind')] }), '1 cannot be seen', '?'],
      [makeStatus({ resources: [one('degraded'), one('blind')] }), '1 not as declared', '!'],
      [makeStatus({ resources: [one('blind'), one('degraded'), one('doomed')] }), '1 lost', '✕'],
    ];
    for (const [status, headline, sign] of cases) {
      const text = await read(status, '/');
      assert.equal(heading(text), headline);
      assert.match(text, new RegExp(`<title>\\${sign} ${headline} – vault-eu</title>`));
    }
  });

  it('is never green where the watcher itself cannot be trusted', async () => {
    const text = await read(
      makeStatus({ ready: false, why: ['sweep overdue: pg'], resources: [makePrintedResource({ verdict: 'present' })] }),
      '/',
    );
    assert.equal(heading(text), 'Not known');
    assert.match(text, /cannot be trusted right now: sweep overdue: pg/);
    assert.doesNotMatch(text, /class="banner good"/);
  });

  it('lists what did not answer by gravity, each with its page', async () => {
    const text = await read(makeTroubled(5), '/');
    const order = [...text.matchAll(/<a href="\/resources\/([^"]+)"/g)].map(([, id]) => id);
    assert.deepEqual(order.slice(0, 3), ['orders-db', 'evil', 'users-db']);
    for (const id of order) assert.match(await read(makeTroubled(5), `/resources/${id}`), new RegExp(`<title>. ${id}: `));
  });

  it('keeps the link of a page good when its incident is over, for people and for programs', async () => {
    const over: Incident = { ...makeIncident(['orders-db']), id: 'OVER', phase: 'closed', ending: 'resolved' };
    const closed = async (id: string) => (id === 'OVER' ? over : undefined);
    const web = createWeb({ host: '127.0.0.1', token: undefined, version: '1', status: () => makeTroubled(3), closed });
    const ask = async (path: string, accept?: string) => web.request(AT + path, accept === undefined ? {} : { headers: { accept } });
    const text = await (await ask('/incidents/OVER', 'text/html,application/xhtml+xml,*/*;q=0.8')).text();
    assert.match(text, /closed \(resolved\)/);
    assert.match(text, /class="banner good"/);
    for (const [path, accept] of [['/incidents/OVER', 'application/json'], ['/api/v1/incidents/OVER']] as const)
      assert.deepEqual(await (await ask(path, accept)).json(), over);
    for (const path of ['/incidents/NEVER', '/api/v1/incidents/NEVER']) assert.equal((await ask(path)).status, 404);
  });

  it('knows of no closed incident where the store cannot be read, and goes on', async () => {
    const closed = () => Promise.reject(new Error('disk'));
    const web = createWeb({ host: '127.0.0.1', token: undefined, version: '1', status: () => makeTroubled(3), closed });
    assert.equal((await web.request(`${AT}/incidents/OVER`)).status, 404);
  });

  it('tells of a resource what was expected and found, since when, how it is known and what protects it', async () => {
    const text = await read(makeTroubled(8), '/resources/orders-db');
    for (const part of [
      'pg_database',
      'rollcall_ro@db1:5432',
      'control: 3 other databases',
      '2026-11-22 09:59:58 UTC',
      'href="/resources/db-5"',
      'payments',
    ])
      assert.ok(text.includes(part), part);
    assert.match(await read(makeTroubled(8), '/resources/db-5'), /<dt>Protects<\/dt>.*orders-db/s);
  });

  it('tells an incident as a line of time', async () => {
    const text = await read(makeTroubled(3), '/incidents/01JD6ZZZZZZZZZZZZZZZZZZZZZ');
    const times = [...text.matchAll(/<li>\s*<time datetime="([^"]+)"/g)].map(([, at]) => at ?? '');
    assert.deepEqual(times, [
      '2026-11-22T09:59:58.000Z',
      '2026-11-22T10:00:00.000Z',
      '2026-11-22T10:00:00.500Z',
      '2026-11-22T10:00:01.200Z',
    ]);
  });

  it('shows hostile names and runs none of them', async () => {
    const status = makeTroubled(5);
    for (const path of ['/', '/?q=%22%3E%3Cscript%3Ealert(1)%3C/script%3E', '/resources/evil', '/resources/users-db', '/incidents/x']) {
      const text = await read(status, path);
      assert.doesNotMatch(text, /<script>alert|href="javascript:|value=""><script/, path);
    }
    assert.match(await read(status, '/resources/evil'), /&lt;script&gt;alert\(1\)/);
  });

  it('finds by words, page by page, and takes nonsense for no question', async () => {
    const status = makeTroubled(250);
    assert.match(await read(status, '/?q=db-24'), /11 of 250 resources, page 1 of 1/);
    assert.match(await read(status, '/?page=3'), /page 3 of 3/);
    for (const page of ['0', '-1', 'x', '99', '1e999', 'NaN']) assert.match(await read(status, `/?page=${page}`), /page [13] of 3/);
    assert.match(await read(status, '/?q=nobody+here'), /None\./);
  });

  it('stays under 100 KiB with ten thousand resources, all of them lost', async () => {
    const resources = Array.from({ length: 10_000 }, (_, at) => makePrintedResource({ id: `database-number-${at}` }));
    const status = makeStatus({ resources, incidents: [makeIncident(resources.map(({ id }) => id))] });
    for (const path of ['/', '/incidents/01JD6ZZZZZZZZZZZZZZZZZZZZZ']) {
      const text = await read(status, path);
      assert.ok(Buffer.byteLength(text) < 150 * 1024, `${path} has ${Buffer.byteLength(text)} bytes`);
      assert.ok(gzipSync(text).length < 100 * 1024);
    }
  });

  it('allows a browser nothing but what the daemon serves', async () => {
    const { headers } = await serve(makeStatus()).request(`${AT}/`);
    const policy = headers.get('content-security-policy') ?? '';
    assert.match(policy, /default-src 'none'/);
    assert.doesNotMatch(policy, /unsafe|https?:|\*/);
    assert.equal(headers.get('x-content-type-options'), 'nosniff');
    const text = await read(makeTroubled(3), '/');
    assert.doesNotMatch(text, /<style|style="|<script>|\son\w+="/);
    assert.deepEqual([...text.matchAll(/(?:src|href)="(?!\/|#|data:,)([^"]*)"/g)], []);
  });

  it('answers by no name but its own where no token protects it', async () => {
    const web = serve(makeTroubled(3));
    for (const path of ['/', '/api/v1/status', '/metrics', '/events', '/readyz'])
      assert.equal((await web.request(`http://rebound.example${path}`)).status, 421, path);
    assert.equal((await web.request('http://localhost:7878/')).status, 200);
    assert.equal((await web.request('http://[::1]:7878/')).status, 200);
    assert.equal((await web.request('http://rebound.example/healthz')).status, 200);
    const guarded = serve(makeTroubled(3), new Secret('tok'));
    assert.equal((await guarded.request('http://vault.example/')).status, 401);
    assert.equal((await guarded.request('http://vault.example/', { headers: { authorization: 'Bearer tok' } })).status, 200);
  });

  it('can only be read', async () => {
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE'])
      for (const path of ['/', '/resources/orders-db', '/incidents/01JD6ZZZZZZZZZZZZZZZZZZZZZ', '/events'])
        assert.equal((await serve(makeTroubled(3)).request(AT + path, { method })).status, 405, `${method} ${path}`);
  });
});
