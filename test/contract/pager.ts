import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import type { Delivery, Letter, Pager } from '../../src/ports.ts';
import type { Page } from '../../src/core/page.ts';
import { makeHostilePage, makePage, makePrintedResource } from '../support/page.ts';
import { startReceiver, type Answer, type Received, type Receiver } from '../support/receiver.ts';

/** What the suite must know of a pager to try it. */
export interface PagerSubject {
  /** The pager, sending to the receiver at `url`; `timeout` in ms. */
  open(url: string, timeout: number): Pager;
  /** Whatever must appear in no Delivery. */
  readonly secrets: readonly string[];
  /** Where it speaks HTTP. */
  readonly http?: {
    /** How the vendor says that it has the page. */
    readonly accept: Answer;
    /** What an HTML page with status 200 means: a receipt only where the vendor's protocol is the status alone. */
    readonly html200: 'delivered' | 'retryable';
    /** Throws where a request breaks a documented limit of the vendor. */
    check(request: Received): void;
  };
}

const HTML = '<html><head><title>Sign in</title></head><body>corporate proxy</body></html>';
const PATIENCE = 5000;
const never = new AbortController().signal;

let letters = 0;

/** A letter as the outbox hands it over, about `makePage(overrides)`. */
export function makeLetter(overrides: Partial<Page> = {}, prior?: string): Letter {
  return { id: `msg_${++letters}`, page: makePage(overrides), ...(prior === undefined ? {} : { prior }) };
}

/** The suite that every pager passes: it never throws, never lies about a receipt, and says when another try makes sense. */
export function testPager(name: string, subject: PagerSubject): void {
  const { http } = subject;

  describe(`the pager ${name}`, () => {
    let receiver: Receiver;
    let pager: Pager;

    beforeEach(async () => {
      receiver = await startReceiver(http?.accept);
      pager = subject.open(receiver.url, PATIENCE);
    });

    afterEach(() => receiver.close());

    /** Delivers, and holds what comes back against what every Delivery must keep. */
    async function deliver(letter: Letter, signal: AbortSignal = never, via = pager): Promise<Delivery> {
      const delivery = await via.deliver(letter, signal);
      const text = JSON.stringify(delivery);
      for (const secret of subject.secrets) assert.ok(!text.includes(secret), `a Delivery quotes a secret: ${text}`);
      assert.ok(text.length < 1000, 'a Delivery is bounded');
      // oxlint-disable-next-line no-control-regex -- controls are what is looked for
      if (delivery.kind !== 'delivered') assert.doesNotMatch(delivery.why, /[\u0000-\u001f\u007f-\u009f]/);
      return delivery;
    }

    it('delivers a first page, an update, a repeat, a resolve and a test', async () => {
      const first = await deliver(makeLetter());
      assert.equal(first.kind, 'delivered');
      const prior = first.kind === 'delivered' ? (first.ref ?? undefined) : undefined;
      const later: Partial<Page>[] = [
        { event: 'update', reason: 'joined' },
        { event: 'trigger', reason: 'repeat' },
        { event: 'resolve', reason: 'resolved' },
        { event: 'resolve', reason: 'superseded' },
        { event: 'test', reason: 'test' },
      ];
      for (const page of later) assert.equal((await deliver(makeLetter(page, prior))).kind, 'delivered', String(page.reason));
      for (const request of receiver.requests) http?.check(request);
    });

    it('delivers a page made of hostile names within the limits', async () => {
      assert.equal((await deliver({ id: 'hostile', page: makeHostilePage() })).kind, 'delivered');
      for (const request of receiver.requests) http?.check(request);
    });

    it('delivers a page about a thousand resources within the limits', async () => {
      const resources = Array.from({ length: 1000 }, (_, i) =>
        makePrintedResource({ id: `db-${i}`, summary: `db-${i} ${'x'.repeat(400)}` }),
      );
      assert.equal((await deliver(makeLetter({ resources }))).kind, 'delivered');
      for (const request of receiver.requests) http?.check(request);
    });

    it('delivers a page about no resource, without links and ledger', async () => {
      assert.equal(
        (await deliver(makeLetter({ resources: [], total: 3, truncated: true, links: {}, ledger_head: null }))).kind,
        'delivered',
      );
      for (const request of receiver.requests) http?.check(request);
    });

    it('sends nothing where the caller had given up before', async () => {
      const delivery = await deliver(makeLetter(), AbortSignal.abort());
      assert.equal(delivery.kind, 'retryable');
      assert.equal(receiver.requests.length, 0);
    });

    if (!http) return;

    for (const status of [408, 425, 429, 500, 502, 503, 504, 529])
      it(`calls a ${status} worth another try`, async () => {
        receiver.otherwise({ status, body: HTML });
        const delivery = await deliver(makeLetter());
        assert.equal(delivery.kind, 'retryable');
        assert.match(delivery.why, new RegExp(`${status}`));
      });

    for (const status of [400, 401, 403, 404, 410, 413, 422])
      it(`calls a ${status} a refusal`, async () => {
        receiver.otherwise({ status, body: { error: 'no' } });
        const delivery = await deliver(makeLetter());
        assert.equal(delivery.kind, 'refused');
        assert.match(delivery.why, new RegExp(`${status}`));
      });

    for (const status of [301, 302, 307, 308])
      it(`follows no ${status}, whoever it leads to`, async () => {
        receiver.otherwise({ status, headers: { location: `${receiver.url}/elsewhere` } });
        assert.equal((await deliver(makeLetter())).kind, 'retryable');
        assert.equal(receiver.requests.length, 1);
      });

    it('passes on a Retry-After in seconds', async () => {
      receiver.otherwise({ status: 429, headers: { 'retry-after': '37' } });
      const delivery = await deliver(makeLetter());
      assert.ok(delivery.kind === 'retryable');
      assert.equal(delivery.afterMs, 37_000);
    });

    it('passes on a Retry-After that is a date', async () => {
      receiver.otherwise({ status: 503, headers: { 'retry-after': new Date(NOW + 90_000).toUTCString() } });
      const delivery = await deliver(makeLetter());
      assert.ok(delivery.kind === 'retryable');
      assert.equal(delivery.afterMs, 90_000);
    });

    it('names no wait where the receiver named none that can be read', async () => {
      for (const headers of [{}, { 'retry-after': 'soon' }, { 'retry-after': '' }]) {
        receiver.answer({ status: 429, headers });
        const delivery = await deliver(makeLetter());
        assert.ok(delivery.kind === 'retryable');
        assert.equal(delivery.afterMs, undefined);
      }
    });

    it(`takes a proxy's HTML with status 200 as ${http.html200}`, async () => {
      receiver.otherwise({ status: 200, headers: { 'content-type': 'text/html' }, body: HTML });
      assert.equal((await deliver(makeLetter())).kind, http.html200);
    });

    it('gives up on a receiver that takes the page and says nothing', async () => {
      receiver.otherwise('hang');
      const begun = performance.now();
      const delivery = await deliver(makeLetter(), never, subject.open(receiver.url, 150));
      assert.equal(delivery.kind, 'retryable');
      assert.match(delivery.why, /within 150ms/);
      assert.ok(performance.now() - begun < 1500);
    });

    it('gives up on a receiver that stops in the middle of its answer', async () => {
      receiver.otherwise('stall');
      const begun = performance.now();
      assert.equal((await deliver(makeLetter(), never, subject.open(receiver.url, 150))).kind, http.html200);
      assert.ok(performance.now() - begun < 1500);
    });

    it('calls a connection that is cut worth another try', async () => {
      receiver.otherwise('reset');
      assert.equal((await deliver(makeLetter())).kind, 'retryable');
    });

    it('calls a refused connection worth another try, and says so', async () => {
      const delivery = await deliver(makeLetter(), never, subject.open(`http://127.0.0.1:${await closedPort()}`, PATIENCE));
      assert.equal(delivery.kind, 'retryable');
      assert.match(delivery.why, /ECONNREFUSED/);
    });

    it('lets go within 100 ms of the caller giving up', async () => {
      receiver.otherwise('hang');
      const caller = new AbortController();
      const delivery = deliver(makeLetter(), caller.signal);
      await receiver.received(1);
      const begun = performance.now();
      caller.abort();
      assert.equal((await delivery).kind, 'retryable');
      assert.ok(performance.now() - begun < 100);
    });

    it('makes one attempt and no more where it is refused for a while', async () => {
      receiver.otherwise({ status: 503 });
      await deliver(makeLetter());
      assert.equal(receiver.requests.length, 1);
    });

    it('quotes no secret where the receiver sends everything back', async () => {
      for (const status of [200, 400, 401, 500]) {
        receiver.otherwise((request) => ({
          status,
          body: `${request.path} ${JSON.stringify(request.headers)} ${request.text.slice(0, 200)} ${decodeURIComponent(request.path)}`,
        }));
        await deliver(makeLetter());
        receiver.otherwise((request) => ({
          status,
          body: { ok: false, status: request.path, error: subject.secrets[0], message: subject.secrets },
        }));
        await deliver(makeLetter());
      }
    });

    it('survives an answer without end', async () => {
      receiver.otherwise('flood');
      const begun = performance.now();
      assert.equal((await deliver(makeLetter())).kind, 'retryable');
      assert.ok(performance.now() - begun < 1500);
    });
  });
}

/** Wall time of the clock that subjects are opened with: Retry-After dates are measured against it. */
export const NOW = Date.UTC(2026, 10, 22, 10, 0, 3);

async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
