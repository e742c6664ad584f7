import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { Validator } from '@seriousme/openapi-schema-validator';
import type * as z from 'zod';
import type { Incident } from '../../src/core/incident.ts';
import type { PrintedResource } from '../../src/core/page.ts';
import type { PrintedRequest } from '../../src/core/request-state.ts';
import { RequestOffice } from '../../src/request-office.ts';
import { SCOPES, type Scope } from '../../src/values/scopes.ts';
import { Secret } from '../../src/values/secret.ts';
import { Changes } from '../../src/web/changes.ts';
import { openapi } from '../../src/web/openapi/document.ts';
import { OPERATIONS } from '../../src/web/openapi/operations.ts';
import type { incident, request, resource } from '../../src/web/openapi/schemas.ts';
import { createPages } from '../../src/web/page/routes.ts';
import { PROBLEM_BASE, PROBLEMS } from '../../src/web/problem.ts';
import { createWeb } from '../../src/web/server.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { NOW, Registrar, say } from '../support/requests.ts';
import { makePrintedResource } from '../support/page.ts';
import { lookedUpIn, makeTroubled } from '../support/status.ts';
import { bearer, makeToken } from '../support/tokens.ts';
import { makeIds } from '../support/watching.ts';

// What the watcher prints and what the document says have the same keys: the compiler holds that.
type SameKeys<A, B> = Exclude<keyof A, keyof B> | Exclude<keyof B, keyof A>;
const SAME: readonly [
  SameKeys<PrintedResource, z.infer<typeof resource>>,
  SameKeys<Incident, z.infer<typeof incident>>,
  SameKeys<PrintedRequest, z.infer<typeof request>>,
][] = [];

const all = makeToken(['read', 'metrics', 'claim', 'request', 'grant']);
const ended = makeToken(SCOPES.toReversed(), { expires: 0 });
const only = Object.fromEntries(SCOPES.map((scope) => [scope, makeToken([scope])])) as Record<Scope, ReturnType<typeof makeToken>>;
const WINDOW = { name: 'w', author: 'alice', reason: 'work', from: '2026-11-22T10:00:00.000Z', until: '2026-11-22T11:00:00.000Z' };
const STATUS = makeTroubled(4);
const ROLL = {
  ...STATUS,
  windows: [WINDOW],
  resources: [
    ...STATUS.resources,
    makePrintedResource({
      id: 'full',
      window: WINDOW,
      ids: { oid: '16401' },
      undo: 'restore',
      undo_before: '2026-11-29T10:00:00.000Z',
      approved_loss: { request: '01J', people: ['alice'], at: '2026-11-22T10:00:00.000Z' },
      breaches: [
        {
          kind: 'diminished',
          path: 'tables.a.min_rows',
          what: 'a has 0 rows',
          expected: 10,
          actual: 0,
          severity: 'critical',
          unit: 'bytes',
        },
      ],
      skipped: [{ facet: 'content', reason: 'denied', say: 'no' }],
    }),
  ],
} as typeof STATUS;
const FULL = { ...ROLL, ...lookedUpIn(ROLL.resources) };

describe('the document of the API', () => {
  it('is OpenAPI 3.1, says a validator of others', async () => {
    const read = await new Validator().validate(structuredClone(openapi('1.2.3')));
    assert.deepEqual(read.valid ? [] : read.errors, []);
    const broken = structuredClone(openapi('1.2.3')) as { paths: Record<string, { get: { responses?: unknown } }> };
    broken.paths['/api/v1/status']!.get.responses = 'none';
    assert.equal((await new Validator().validate(broken)).valid, false);
    assert.deepEqual(SAME, []);
  });

  it('names each thing once, and refers to nothing that it does not have', () => {
    const text = JSON.stringify(openapi('1'));
    const { schemas } = (JSON.parse(text) as { components: { schemas: Record<string, unknown> } }).components;
    const refs = [...text.matchAll(/"\$ref":"([^"]+)"/g)].map(([, ref = '']) => ref);
    assert.ok(refs.length > 50);
    assert.deepEqual(
      refs.filter((ref) => !(ref.replace('#/components/schemas/', '') in schemas)),
      [],
    );
    assert.equal(new Set(OPERATIONS.map(({ id }) => id)).size, OPERATIONS.length);
  });

  it('tells of every problem by a name that the manual explains', () => {
    const manual = readFileSync(new URL('../../docs/api.md', import.meta.url), 'utf8');
    const told = [...manual.matchAll(/^\| `([a-z-]+)` +\| (\d{3}) /gm)].map(([, kind, status]) => [kind, Number(status)]);
    assert.deepEqual(new Map(told as [string, number][]), new Map(Object.entries(PROBLEMS).map(([kind, { status }]) => [kind, status])));
  });
});

describe('what answers over HTTP', () => {
  let registrar: Registrar;
  let app: ReturnType<typeof createWeb>;

  before(async () => {
    registrar = await Registrar.open();
    const clock = new FakeClock(NOW);
    const world = { ...(await registrar.world()), isArmed: () => true };
    app = createWeb({
      host: '127.0.0.1',
      token: new Secret('old'),
      tokens: () => new Map([['all', all.entry], ['ended', ended.entry], ...SCOPES.map((scope) => [scope, only[scope].entry] as const)]),
      version: '1.2.3',
      status: () => FULL,
      claims: { claimants: async () => new Map(), claim: async () => ({ taken: true, id: '01J' }) },
      cosigning: {
        isWitness: true,
        cosigned: [{ witness: 'vault-us', head: { size: 1, note: 'note', at: 1 } as never }],
        submit: async () => ({ status: 200, type: 'text/plain', body: 'signed' }),
      },
      requests: {
        office: new RequestOffice(registrar.store, () => world, clock, makeIds()),
        requesters: async () => new Map(),
        kindOf: () => 'agent',
        now: () => clock.now().wall,
      },
    });
  });
  after(() => registrar[Symbol.asyncDispose]());

  it('is in the document, all of it, and nothing else is', () => {
    const pages = createPages({ version: '1', status: () => FULL, incident: async () => undefined, changes: new Changes(() => FULL) });
    const forPeople = new Set(pages.routes.map(({ method, path }) => `${method} ${path}`));
    const answered = app.routes
      .filter(({ method }) => method !== 'ALL')
      .map(({ method, path }) => `${method} ${path}`)
      .filter((route) => !forPeople.has(route));
    const documented = OPERATIONS.map(({ method, path }) => `${method.toUpperCase()} ${path.replace(/\{(\w+)\}/g, ':$1')}`);
    assert.deepEqual(new Set(documented), new Set(answered));
    assert.ok(documented.length >= 19);
    assert.deepEqual(
      [...forPeople].filter((route) => route.includes('/api/')),
      [],
      'no API among the pages',
    );
    const { paths } = openapi('1') as { paths: Record<string, object> };
    assert.deepEqual(
      new Set(Object.entries(paths).flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method} ${path}`))),
      new Set(OPERATIONS.map(({ method, path }) => `${method} ${path}`)),
    );
  });

  /** Asks, and holds the answer against what the document says of it. */
  async function holds(id: string, path: string, init: RequestInit = {}): Promise<unknown> {
    const operation = OPERATIONS.find((one) => one.id === id);
    assert.ok(operation, id);
    const answer = await app.request(`http://127.0.0.1${path}`, {
      method: operation.method.toUpperCase(),
      ...init,
      headers: { ...bearer(all.token).headers, ...(init.headers as object) },
    });
    const text = await answer.text();
    const documented = operation.answers[answer.status];
    assert.ok(documented, `${id} answered ${answer.status}: ${text}`);
    const type = answer.headers.get('content-type')?.replace(/;.*$/, '');
    assert.equal(type, documented.text ?? 'application/json', id);
    if (!documented.schema) return text;
    const body = JSON.parse(text) as unknown;
    // Keys that are not documented are stripped, and so missed here.
    assert.deepEqual(documented.schema.parse(body), body, id);
    return body;
  }

  it('is as the document says, key by key', async () => {
    const done = new Set<string>();
    const ask = async (id: string, path: string, body?: unknown): Promise<Record<string, unknown>> => {
      done.add(id);
      return (await holds(id, path, body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) })) as Record<
        string,
        unknown
      >;
    };
    await ask('health', '/healthz');
    await ask('ready', '/readyz');
    await ask('metrics', '/metrics');
    await ask('document', '/api/v1/openapi.json');
    await ask('status', '/api/v1/status');
    await ask('list_resources', '/api/v1/resources?limit=2');
    for (const { id } of FULL.resources) await ask('resource', `/api/v1/resources/${id}`);
    await ask('list_incidents', '/api/v1/incidents');
    await ask('incident', `/api/v1/incidents/${FULL.incidents[0]?.id}`);
    await ask('ledger_head', '/api/v1/ledger/head');
    await ask('claim', '/api/v1/claims', { text: 'done' });
    const wish = { action: 'expect-loss', target: 'one', reason: 'moved', for: '30m' };
    const { id, request: asked } = (await ask('ask', '/api/v1/requests', wish)) as { id: string; request: never };
    await ask('list_requests', '/api/v1/requests');
    for (const name of ['bob', 'carol'] as const) await ask('approve', '/api/v1/approvals', say(asked, registrar.site.keys[name]));
    const { token } = await ask('issue', `/api/v1/requests/${id}/grant`, {});
    await ask('consume', '/api/v1/grants/consume', { token, action: 'expect-loss', target: 'one' });
    await ask('ended', '/api/v1/grants/ended', { token, exit: 0 });
    await ask('request', `/api/v1/requests/${id}`);
    await ask('add_checkpoint', '/api/v1/witness/add-checkpoint', 'old 0\n');
    assert.deepEqual(
      OPERATIONS.map((one) => one.id).filter((one) => !done.has(one)),
      [],
    );
  });

  for (const { id, method, path, scope } of OPERATIONS)
    it(`${id}: lets in ${scope === undefined ? 'everybody' : `who may ${scope}, and nobody else`}`, async () => {
      const where = `http://127.0.0.1${path.replace(/\{\w+\}/, 'nobody')}`;
      const answer = async (headers: Record<string, string>) =>
        (await app.request(where, { method, headers, ...(method === 'post' && { body: 'no JSON' }) })).status;
      const allowed: string[] = [];
      for (const one of SCOPES) if (![401, 403].includes(await answer(bearer(only[one].token).headers))) allowed.push(one);
      const strangers = [await answer({}), await answer(bearer(ended.token).headers), await answer(bearer(`${all.token}x`).headers)];
      // Whoever may read everything may read the metrics, too.
      const wanted = SCOPES.filter((one) => scope === undefined || one === scope || (scope === 'metrics' && one === 'read'));
      assert.deepEqual(allowed, wanted);
      // The last is a guess, of which there are too many by and by.
      const refused = strangers.map((status) => [401, 429].includes(status));
      assert.deepEqual(refused, Array(3).fill(scope !== undefined));
    });

  it('refuses in the ways that the document names, and in that form', async () => {
    const once = async (method: string, path: string, headers: Record<string, string>, body?: string) =>
      app.request(`http://127.0.0.1${path}`, { method, headers, ...(body !== undefined && { body }) });
    const { headers } = bearer(all.token);
    for (const { method, path, id, problems, scope } of OPERATIONS) {
      const where = path.replace(/\{\w+\}/, 'nobody');
      const tries = [
        ...(scope === undefined ? [] : [await once(method.toUpperCase(), where, {}, method === 'post' ? '{}' : undefined)]),
        ...(method === 'post' && id !== 'add_checkpoint'
          ? [await once('POST', where, headers, '{'), await once('POST', where, headers, JSON.stringify({ x: 'x'.repeat(3_000_000) }))]
          : []),
        ...(path.includes('{') ? [await once(method.toUpperCase(), where, headers, method === 'post' ? '{}' : undefined)] : []),
      ];
      for (const answer of tries) {
        assert.equal(answer.headers.get('content-type'), 'application/problem+json', `${id} ${answer.status}`);
        const { type, title, status, error } = (await answer.json()) as Record<string, string | number>;
        const kind = problems.find((one) => `${PROBLEM_BASE}${one}` === type);
        assert.ok(kind, `${id}: ${type} is not in the document`);
        assert.deepEqual([answer.status, status, title], [PROBLEMS[kind].status, PROBLEMS[kind].status, PROBLEMS[kind].title]);
        assert.ok(String(error).length > 3);
      }
    }
  });
});
