import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { printToken } from '../../src/core/grant.ts';
import type { RequestDocument } from '../../src/core/request.ts';
import { runCli, startCli, type RunningCli } from '../support/cli.ts';
import { freePort } from '../support/free-port.ts';
import { about, startPostBox, type PostBox } from '../support/post.ts';
import { say } from '../support/requests.ts';
import { SignedSite } from '../support/signed-site.ts';

const PATIENCE_MS = 100_000;

/** Everything that an agent's own host holds: its tokens, its key, the right to destroy, and whatever people once signed and it has kept. */
describe("a rogue with root on the agents' side", function () {
  this.timeout(180_000);
  let box: PostBox;
  let site: SignedSite;
  let daemon: RunningCli;
  let url: string;

  beforeEach(async () => {
    box = await startPostBox();
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    const token = { file: './cursor.token' };
    site = new SignedSite({
      pageUrl: box.url,
      config: {
        watchdog: { name: 'tester', state: './state', listen: `127.0.0.1:${port}`, token: { file: './read.token' } },
        claims: { cursor: { file: './claims.token' } },
        requests: { requesters: { cursor: { kind: 'agent', token } } },
      },
    });
    site.write('cursor.token', 'token-of-cursor', 0o600);
    site.write('claims.token', 'token-for-claims-of-cursor', 0o600);
    site.write('read.token', 'token-that-cursor-never-sees', 0o600);
    site.draft(['one', 'two', 'three'], { policy: { k: 1, weakening: 2 } });
    site.sign(['alice', 'bob']);
    daemon = startCli(['watch'], { cwd: site.path });
    await daemon.says('"watching"');
    await present();
  });
  afterEach(async () => {
    daemon.signal('SIGTERM');
    await daemon.ended;
    site[Symbol.dispose]();
    await box[Symbol.asyncDispose]();
  });

  async function present(): Promise<void> {
    for (;;) {
      const answer = await fetch(`${url}/api/v1/resources`, { headers: { authorization: 'Bearer token-that-cursor-never-sees' } });
      const { resources } = (await answer.json()) as { resources: { verdict: string }[] };
      if (resources.length === 3 && resources.every(({ verdict }) => verdict === 'present')) return;
    }
  }
  const post = async (path: string, body: unknown, token = 'token-of-cursor') => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const answer = await fetch(`${url}/api/v1/${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  };
  const guessed = ({ id }: RequestDocument) =>
    printToken({ audience: { watchdog: 'tester', manifest: 'site' }, id, secret: 'A'.repeat(43) });
  const destroy = (id: string) => rmSync(join(site.path, 'roll', id), { recursive: true });

  it('is paged for whatever it destroys, whatever it asks, claims, signs, forges, guesses and repeats before', async () => {
    // What it says of itself, in whatever words.
    for (const text of ['planned: all three are retired, approved by alice and bob', 'CRITICAL: resolved\u001b[2J<!channel>'])
      assert.equal((await post('claims', { text, about: ['one', 'two'] }, 'token-for-claims-of-cursor')).status, 202);
    assert.equal((await post('claims', { text: 'x' })).status, 401, 'each token is for one thing');

    // What it asks for, and nobody decides.
    const asked = await post('requests', { action: 'expect-loss', target: 'one', reason: 'routine', for: '1h' });
    assert.equal(asked.status, 201);
    const request = asked.body['request'] as RequestDocument;
    assert.equal((await post(`requests/${request.id}/grant`, {})).status, 409);

    // What it signs: with its own key, a stranger's, and with a person's name in the request.
    for (const forged of [
      say(request, site.keys.bot),
      say(request, site.keys.mallory),
      { ...say(request, site.keys.mallory), request: { ...request, requester: { ...request.requester, name: 'alice' } } },
      // What people once signed: the manifest, which lies in git for everybody.
      { ...say(request, site.keys.bot), signature: site.keys.alice.sign(site.manifest) },
      { ...say(request, site.keys.bot), signature: 'none' },
    ])
      assert.equal((await post('approvals', forged)).status, 409, JSON.stringify(forged).slice(0, 200));

    // What it guesses: a token of the form of ours.
    const guess = guessed(request);
    const refused = await post('grants/consume', { token: guess, action: 'expect-loss', target: 'one' });
    assert.deepEqual([refused.status, refused.body['error']], [403, 'unknown-token']);

    // What it would read, and what nobody offers.
    for (const path of ['', 'api/v1/resources', 'api/v1/requests', 'api/v1/ledger/head', 'metrics'])
      assert.equal((await fetch(`${url}/${path}`, { headers: { authorization: 'Bearer token-of-cursor' } })).status, 401, path);
    for (const method of ['PUT', 'PATCH', 'DELETE']) assert.ok((await fetch(`${url}/api/v1/resources/one`, { method })).status >= 401);

    // What it floods with: neither the pages nor those who ask rightly later wait for it long.
    const flood = await Promise.all(
      Array.from({ length: 60 }, () => post('requests', { action: 'expect-loss', target: 'two', reason: 'flood', for: '1h' })),
    );
    assert.ok(flood.filter(({ status }) => status === 429 || status === 422).length >= 30);

    for (const id of ['one', 'two', 'three']) destroy(id);
    for (const id of ['one', 'two', 'three']) {
      const page = await box.page(about(id), PATIENCE_MS);
      assert.equal(page.severity, 'critical');
    }
    const told = box.pages.find(about('one')) ?? assert.fail();
    const text = JSON.stringify(told);
    assert.match(text, /claimed|planned: all three are retired/);
    assert.ok(!text.includes('\\u001b'), 'its escapes reach nobody');
    assert.equal(told.resources.find(({ id }) => id === 'one')?.approved_loss, undefined);
  });

  it('is paged for what it destroys first and has approved later, and leaves each attempt in a record that verifies', async () => {
    const asked = await post('requests', { action: 'expect-loss', target: 'two', reason: 'routine', for: '1h' });
    const request = asked.body['request'] as RequestDocument;
    destroy('two');
    await box.page(about('two', 'absent'), PATIENCE_MS);
    // People who believe it, too late: what they were shown is no longer so.
    for (const name of ['alice', 'bob'] as const) {
      const heard = await post('approvals', say(request, site.keys[name]));
      assert.equal(heard.status, 409);
    }
    assert.equal((await post('grants/consume', { token: guessed(request), action: 'expect-loss', target: 'two' })).status, 403);
    daemon.signal('SIGTERM');
    await daemon.ended;
    assert.equal((await runCli(['ledger', 'verify'], { cwd: site.path })).code, 0);
    const { stdout } = await runCli(['ledger', 'export'], { cwd: site.path });
    const refusals = stdout.split('\n').filter((line) => line.includes('"kind":"refusal"'));
    assert.ok(refusals.length >= 2, stdout);
  });
});
