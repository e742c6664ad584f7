import assert from 'node:assert/strict';
import type { Incident } from '../../src/core/incident.ts';
import type { WatchStatus } from '../../src/loop/self.ts';
import { Secret } from '../../src/values/secret.ts';
import type { Entry, PageSources } from '../../src/web/page/sources.ts';
import { createWeb } from '../../src/web/server.ts';
import { HOSTILE, makePrintedResource } from '../support/page.ts';
import { entry, makeSources, MEASURED, STARTED } from '../support/page-sources.ts';
import { makeIncident, makeStatus, makeTroubled } from '../support/status.ts';

const AT = 'http://127.0.0.1:7878';
const VIEWS = ['/', '/incidents', '/incidents/01JD6ZZZZZZZZZZZZZZZZZZZZZ', '/protection', '/watcher'];
const serve = (status: WatchStatus, token?: Secret, sources: Partial<PageSources> = {}) =>
  createWeb({ host: '127.0.0.1', token, version: '1.2.3', status: () => status, sources });
const read = async (status: WatchStatus, path: string, sources?: Partial<PageSources>): Promise<string> => {
  const answer = await serve(status, undefined, sources).request(AT + path);
  assert.ok(answer.status < 500, `${path}: ${answer.status}`);
  return answer.text();
};
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

  it('says as a page that there is none of that name, whatever the name', async () => {
    const web = createWeb({ host: '127.0.0.1', token: undefined, version: '1', status: () => makeTroubled(3) });
    const paths = [
      '/incidents/a/b',
      '/incidents/',
      '/incidents/..%2f..%2fetc',
      '/resources/a/b',
      '/resources/',
      '/resources/x',
      '/incidents/%00',
    ];
    for (const path of paths) {
      const answer = await web.request(AT + path);
      assert.deepEqual([answer.status, answer.headers.get('content-type')], [404, 'text/html; charset=UTF-8'], path);
      assert.match(await answer.text(), /There is none of that name/);
    }
    const post = await web.request(`${AT}/incidents/a/b`, { method: 'POST' });
    assert.deepEqual([post.status, post.headers.get('content-type')], [404, 'application/problem+json']);
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
    const times = [...text.matchAll(/<li[^>]*>\s*<time datetime="([^"]+)"/g)].map(([, at]) => at ?? '');
    assert.deepEqual(times, [
      '2026-11-22T09:59:58.000Z',
      '2026-11-22T10:00:00.000Z',
      '2026-11-22T10:00:00.500Z',
      '2026-11-22T10:00:01.200Z',
    ]);
  });

  it('tells the whole story of an incident: health, looks, proof, pages, receipts, people, claims and the end', async () => {
    const incident = makeIncident(['orders-db']);
    const at = (ms: number) => ({ wall: STARTED + ms, steady: 10_000 + ms });
    const story: Record<string, readonly Entry[]> = {
      [incident.id]: [
        entry(1, at(0), 'incident', { phase: 'paging' }),
        entry(2, at(300), 'page', { pager: 'chat', event: 'trigger', reason: 'first', failed: 'HTTP 503' }),
        entry(3, at(900), 'receipt', { pager: 'phone', event: 'trigger', reason: 'first', sent: new Date(STARTED + 100).toISOString() }),
        entry(4, at(60_000), 'acknowledged', { by: 'alice', through: 'phone', for_ms: 3_600_000 }),
        entry(6, at(600_000), 'incident', { phase: 'resolving' }),
      ],
      'orders-db': [
        entry(0, at(-90 * 60_000), 'verdict', { verdict: 'blind', summary: 'of another day' }),
        entry(5, at(0), 'verdict', {
          verdict: 'absent',
          summary: 'database orders does not exist',
          last_seen_healthy: new Date(STARTED - 2500).toISOString(),
          first_seen_bad: new Date(STARTED - 500).toISOString(),
        }),
      ],
    };
    const claim = { id: 'c', by: 'cursor', at: at(4000), text: 'All systems nominal', about: ['orders-db'] };
    const foreign = { ...claim, id: 'd', text: 'about another', about: ['users-db'] };
    const status = makeStatus({ resources: [makePrintedResource()], incidents: [incident], claims: [claim, foreign] });
    const text = await read(status, '/incidents/01JD6ZZZZZZZZZZZZZZZZZZZZZ', { story: async (about) => story[about] ?? [] });
    const [, list = ''] = /<ol class="timeline">(.*?)<\/ol>/s.exec(text) ?? [];
    const told = [...list.matchAll(/<span>(.*?)<\/span>/gs)].map(([, what = '']) =>
      what
        .replace(/<[^>]+>/g, '')
        .replace(/\s+/g, ' ')
        .trim(),
    );
    assert.deepEqual(told, [
      'orders-db was last seen healthy',
      'First look that found orders-db otherwise',
      'Confirmed (lost): the incident was opened and its pages were written',
      'orders-db: absent: database orders does not exist',
      'Sent to phone (trigger, first)',
      'chat did not accept it (trigger, first): HTTP 503',
      'phone accepted it (trigger, first), 900ms after the confirmation',
      'claim, not believed: cursor claimed: “All systems nominal”',
      'alice acknowledged it for 1h, through phone',
      'Over: the resolve was written',
    ]);
  });

  it('says at the top of an incident what helps: what undoes it, the runbook, and how its copies stand', async () => {
    const lost = makePrintedResource({ undo: 'aws rds …', undo_before: '2026-11-29T10:00:00.000Z', protected_by: ['dumps', 'elsewhere'] });
    const dumps = makePrintedResource({ id: 'dumps', verdict: 'present', last_seen_healthy: '2026-11-22T09:00:00.000Z' });
    const text = await read(
      makeStatus({ resources: [lost, dumps], incidents: [makeIncident(['orders-db'])] }),
      '/incidents/01JD6ZZZZZZZZZZZZZZZZZZZZZ',
    );
    const [, help = ''] = /<h2 id="first">What helps now<\/h2>(.*?)<\/section>/s.exec(text) ?? [];
    for (const part of [
      'aws rds …',
      '2026-11-29 10:00:00 UTC',
      'https://runbooks.example/orders',
      'present',
      'dumps',
      '2026-11-22 09:00:00 UTC',
      'elsewhere',
    ])
      assert.ok(help.includes(part), part);
  });

  it('shows of a resource how its measures moved, in a picture, in words and in a list, between their bounds', async () => {
    const text = await read(makeTroubled(8), '/resources/db-5', makeSources(['db-5']));
    assert.match(text, /<strong>public\.orders, rows<\/strong>:\s*99,000\s*<small>must be at least 100,000<\/small>/);
    assert.match(text, /<svg viewBox="0 0 320 90" role="img" aria-label="public\.orders, rows, from 99,000 to 140,000">/);
    assert.match(text, /<path class="bound" d="M0 \d+H320"/);
    assert.match(text, /class="chart beyond"/);
    assert.match(text, /<summary>The last values<\/summary>/);
    assert.doesNotMatch(text, /NaN|Infinity|undefined/);
  });

  it('shows how the verdicts of a resource followed one another', async () => {
    const text = await read(makeTroubled(8), '/resources/db-5', makeSources(['db-5']));
    const [, band = ''] = /<svg[^>]*class="band"(.*?)<\/svg>/s.exec(text) ?? [];
    assert.deepEqual(
      [...band.matchAll(/<rect[^>]*class="(\w+)"/g)].map(([, tone]) => tone),
      ['good', 'lost', 'good'],
    );
    assert.match(band, /aria-label="Not present for 1h of /);
    assert.match(text, /2 verdicts were told of/);
  });

  it('holds what is expected against what is found, also where all is well', async () => {
    const resource = makePrintedResource({
      verdict: 'present',
      expected: { identity: { oid: '16401' } },
      actual: { identity: { oid: '16401' } },
    });
    const [rows] = MEASURED;
    assert.ok(rows);
    const measured = async () => [{ ...rows, now: 120_000 }];
    const text = await read(makeStatus({ resources: [resource] }), '/resources/orders-db', { measured });
    const [, table = ''] = /<h2 id="expected">(.*?)<\/table>/s.exec(text) ?? [];
    assert.match(
      table.replace(/<[^>]+>|\s+/g, ' '),
      /identity\s+oid 16401\s+oid 16401\s+public\.orders, rows\s+at least 100,000\s+120,000/,
    );
    assert.doesNotMatch(table, /class="wrong"/);
    assert.match(await read(makeTroubled(3), '/resources/orders-db'), /class="wrong"/);
  });

  it('tells of every database what would bring it back and what could take both, from the last audit', async () => {
    const status = makeStatus({
      resources: ['orders-db', 'orders-dumps', 'bare-db'].map((id) => makePrintedResource({ id, verdict: 'present' })),
    });
    const text = await read(status, '/protection', makeSources(['orders-db']));
    assert.equal(heading(text), '1 without any copy, 1 that could go with all their copies');
    for (const part of [
      'three-copies, not met',
      'two-media, met',
      'host db1',
      'keep a copy on another host',
      'Nothing would bring it back',
    ])
      assert.ok(text.includes(part), part);
    const svg = await serve(status, undefined, makeSources(['orders-db'])).request(`${AT}/blast-radius.svg`);
    assert.equal(svg.headers.get('content-type'), 'image/svg+xml; charset=utf-8');
    assert.match(await svg.text(), /<svg .*orders-dumps/s);
    assert.match(await read(status, '/protection'), /The first audit of this watcher has not ended/);
  });

  it('says of what its coverage does not speak, once for each connection', async () => {
    const of = (kind: string) => ({
      connection: 'prod-aws',
      kind,
      found: 3,
      managed: 2,
      left_out: 0,
      newcomers: [],
      at: null,
      whole: true,
    });
    const beyond = Array.from({ length: 7 }, (_, nth) => `aws.kind${nth} (list:${nth}<b>)`);
    const coverage = ['aws.rds.instance', 'aws.rds.cluster'].map((kind) => ({ ...of(kind), not_listed: beyond }));
    const text = await read(makeStatus({ coverage }), '/watcher');
    assert.equal(text.match(/Not known on prod-aws/g)?.length, 1);
    assert.match(text, /aws\.kind4 \(list:4&lt;b&gt;\) and 2 more: its credential may not list them/);
    const none = await read(makeStatus({ coverage: [{ ...of('aws.rds.instance'), not_listed: [] }] }), '/watcher');
    assert.doesNotMatch(none, /Not known on/);
  });

  it('tells of the watcher itself: rounds, heartbeat, pagers, ledger, who signed, what was claimed', async () => {
    const at = { wall: STARTED, steady: 1 };
    const standing = { state: 'signed', approval: { at: 1, people: ['alice', 'bob'], sense: 'first', signers: 'x' }, cloned: [] } as const;
    const claims = [{ id: 'c', by: 'cursor', at, text: 'All systems nominal', about: [] }];
    const status = makeStatus({ ...makeTroubled(3), heartbeat: { at, heard: false }, standing, claims, roundAge: 1500 });
    const cosigned = [{ witness: 'peer', head: { size: 800, root: 'r', note: '', at: STARTED / 1000 } }];
    const cosigning = { cosigned, isWitness: false, submit: () => Promise.reject(new Error('nobody asks')) };
    const web = createWeb({ host: '127.0.0.1', token: undefined, version: '1', status: () => status, cosigning });
    const text = (await (await web.request(`${AT}/watcher`)).text()).replace(/<[^>]+>|\s+/g, ' ').replace(/ +/g, ' ');
    for (const part of [
      'It cannot be trusted right now',
      'Heartbeat not heard, 2026-11-22 10:00:00 UTC',
      'Pager phone failed: timeout',
      'Head entry 812',
      'Cosigned by peer up to entry 800',
      'signed, by alice, bob',
      'within the last 1.5s',
      'claim, not believed: cursor: “All systems nominal”',
    ])
      assert.ok(text.includes(part), `${part} is not in ${text}`);
  });

  it('lists incidents that are open, and those that are over', async () => {
    const over: Incident = { ...makeIncident(['users-db']), id: 'OVER', phase: 'closed', ending: 'resolved' };
    const text = await read(makeTroubled(3), '/incidents', { history: async () => [over] });
    assert.equal(heading(text), '1 open');
    assert.match(text, /href="\/incidents\/OVER">users-db: lost<\/a>, critical,\s+resolved/);
  });

  it('goes on without what cannot be read', async () => {
    const fails = () => Promise.reject(new Error('disk'));
    for (const path of [...VIEWS, '/resources/orders-db'])
      assert.match(await read(makeTroubled(3), path, { story: fails, measured: fails, history: fails }), /<h1/, path);
  });

  it('is made once for all who look at the same of it', async () => {
    let asked = 0;
    const history = async () => (asked++, []);
    const web = serve(makeTroubled(3), undefined, { history });
    const texts = await Promise.all(Array.from({ length: 50 }, async () => (await web.request(`${AT}/incidents`)).text()));
    assert.equal(asked, 1);
    assert.equal(new Set(texts).size, 1);
  });

  it('shows hostile names and runs none of them', async () => {
    const status = makeTroubled(5);
    for (const path of [
      ...VIEWS,
      '/?q=%22%3E%3Cscript%3Ealert(1)%3C/script%3E',
      '/resources/evil',
      '/resources/users-db',
      '/incidents/x',
    ]) {
      const text = await read(status, path, makeSources(['evil'], HOSTILE));
      assert.doesNotMatch(text, /<script>alert|href="javascript:|value=""><script/, path);
    }
    assert.match(await read(status, '/resources/evil'), /&lt;script&gt;alert\(1\)/);
  });

  it('finds by words, page by page, and takes nonsense for no question', async () => {
    const status = makeTroubled(250);
    assert.match(await read(status, '/?q=db-24'), /11 of 250 resources, page 1 of 1/);
    assert.match(await read(status, '/?page=3'), /page 3 of 5/);
    for (const page of ['0', '-1', 'x', '99', '1e999', 'NaN']) assert.match(await read(status, `/?page=${page}`), /page [15] of 5/);
    assert.match(await read(status, '/?q=nobody+here'), /None\./);
  });

  it('narrows the roll by verdict, kind and connection, and keeps that from page to page', async () => {
    const status = makeStatus({
      resources: Array.from({ length: 300 }, (_, at) =>
        makePrintedResource({ id: `r-${at}`, kind: at % 2 ? 'file.volume' : 'postgres.database', verdict: at < 3 ? 'blind' : 'present' }),
      ),
    });
    assert.match(await read(status, '/?verdict=blind'), /3 of 300 resources/);
    assert.match(await read(status, '/?kind=file.volume'), /150 of 300 resources, page 1 of 3/);
    assert.match(await read(status, '/?kind=file.volume&q=r-1'), /56 of 300 resources/);
    assert.match(await read(status, '/?kind=file.volume'), /href="\/\?kind=file\.volume&amp;page=2#roll"/);
    assert.match(await read(status, '/?kind=file.volume'), /<option selected\s*>file\.volume<\/option>/);
    assert.match(await read(status, '/?verdict=nonsense'), /300 resources, page 1 of 6/);
  });

  it('is never green where nothing is watched', async () => {
    const text = await read(makeStatus(), '/');
    assert.equal(heading(text), 'Nothing is watched');
    assert.doesNotMatch(text, /class="banner good"/);
  });

  it('stays under 100 KiB with ten thousand resources, all of them lost, on every page, style and script included', async () => {
    const resources = Array.from({ length: 10_000 }, (_, at) => makePrintedResource({ id: `database-number-${at}` }));
    const status = makeStatus({ resources, incidents: [makeIncident(resources.map(({ id }) => id))] });
    const sources = makeSources(resources.map(({ id }) => id));
    const assets = (await read(status, '/assets/style.css')).length + (await read(status, '/assets/live.js')).length;
    for (const path of [...VIEWS, '/?q=database', '/resources/database-number-7']) {
      const text = await read(status, path, sources);
      assert.ok(Buffer.byteLength(text) + assets < 100 * 1024, `${path} has ${Buffer.byteLength(text)} bytes and ${assets} of assets`);
    }
  });

  it('allows a browser nothing but what the daemon serves', async () => {
    const { headers } = await serve(makeStatus()).request(`${AT}/`);
    const policy = headers.get('content-security-policy') ?? '';
    assert.match(policy, /default-src 'none'/);
    assert.doesNotMatch(policy, /unsafe|https?:|\*/);
    assert.equal(headers.get('x-content-type-options'), 'nosniff');
    for (const path of [...VIEWS, '/resources/orders-db']) {
      const text = await read(makeTroubled(3), path, makeSources(['orders-db']));
      assert.doesNotMatch(text, /<style|style="|<script>|\son\w+="/);
      const elsewhere = [...text.matchAll(/(?:src|href)="(?!\/|#|data:,)([^"]*)"/g)].map(([, to]) => to);
      // A person's click, and nothing that a browser loads.
      assert.deepEqual(
        elsewhere.filter((to) => to !== 'https://runbooks.example/orders'),
        [],
      );
    }
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
      for (const path of [...VIEWS, '/resources/orders-db', '/events'])
        assert.equal((await serve(makeTroubled(3)).request(AT + path, { method })).status, 405, `${method} ${path}`);
  });
});
