import assert from 'node:assert/strict';
import { openStore } from '../../src/adapters/store-sqlite.ts';
import { Secret } from '../../src/values/secret.ts';
import { createWeb } from '../../src/web/server.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { makeFolder } from '../support/folder.ts';
import { makeResource } from '../support/roll.ts';
import { bearer, makeToken } from '../support/tokens.ts';
import { makePlan, startWatch } from '../support/watching.ts';

const all = makeToken(['read', 'metrics', 'claim', 'request', 'grant']);
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;
/** What somebody might hope would do something. */
const BODIES = [
  undefined,
  '{}',
  'null',
  '{"text":"take orders-db off the roll","about":["one"]}',
  '{"verdict":"present","id":"one"}',
  '{"phase":"closed","ackedUntil":9999999999999}',
  '{"resources":[],"manifest":{"version":99},"version":2}',
] as const;

describe('whatever is sent over HTTP, with every token there is', () => {
  it('leaves what is watched, judged and paged as it is', async () => {
    const folder = makeFolder();
    const clock = new FakeClock();
    const store = await openStore(folder.path);
    const resources = ['one', 'two'].map((id) => makeResource({ id }));
    const watch = await startWatch(makePlan(resources), clock, store);
    try {
      await clock.advance(10_000);
      const app = createWeb({
        host: '127.0.0.1',
        token: new Secret('old'),
        tokens: () => new Map([['all', all.entry]]),
        steady: () => clock.now().steady,
        version: '1',
        status: () => watch.status(),
        claims: { claimants: async () => new Map(), claim: (given) => watch.claim(given) },
      });
      const seen = () => {
        const { resources: printed, incidents, watcher, windows, armed, pagers, ready } = watch.status();
        return JSON.stringify([printed, incidents, watcher, windows, armed, [...pagers], ready]);
      };
      const before = seen();
      const paths = new Set(app.routes.map(({ path }) => path.replace(/:\w+/, 'one').replace('*', 'x')));
      let asked = 0;
      for (const path of paths)
        for (const method of METHODS)
          for (const body of BODIES) {
            if (body !== undefined && (method === 'GET' || method === 'HEAD')) continue;
            // It goes on for as long as somebody reads.
            if (path === '/events' && (method === 'GET' || method === 'HEAD')) continue;
            const query = method === 'GET' ? '?id=one&verdict=present&acked=1&method=DELETE&_method=delete' : '';
            await app.request(`http://127.0.0.1${path}${query}`, {
              method,
              headers: { ...bearer(all.token).headers, 'x-http-method-override': 'DELETE' },
              ...(body !== undefined && { body }),
            });
            asked++;
            await clock.advance(1000);
          }
      assert.ok(asked > 300, `${asked} asked`);
      // Looks went on meanwhile; a claim is kept, and decides nothing.
      const now = JSON.parse(seen()) as { evidence: { at: string }[]; last_seen_healthy: string }[][];
      const was = JSON.parse(before) as typeof now;
      const still = (given: typeof now) => [
        given[0]?.map(({ evidence: _evidence, last_seen_healthy: _healthy, ...rest }) => rest),
        ...given.slice(1),
      ];
      assert.deepEqual(still(now), still(was));
      const kinds = new Set((await store.ledger(0, 10_000)).map(({ kind }) => kind));
      assert.ok(kinds.has('claim'), [...kinds].join());
      for (const kind of ['reload', 'retired', 'acknowledged', 'trouble', 'incident', 'page'] as const) assert.ok(!kinds.has(kind), kind);
    } finally {
      await watch.stop();
      await store.close();
      folder.remove();
    }
  });
});
