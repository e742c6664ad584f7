import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, renameSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import type { PrintedResource } from '../../src/core/page.ts';
import { runCli, startCli, type RunningCli } from '../support/cli.ts';
import { freePort } from '../support/free-port.ts';
import { startPostgres, type TestPostgres } from '../support/postgres.ts';
import { about, startPostBox, trouble, type PostBox } from '../support/post.ts';
import { database, Site } from '../support/site.ts';
import { ROOT } from '../support/source-file.ts';

const PATIENCE_MS = 120_000;

/** An agent asks, people approve with the keys they have, and what then happens is what they approved, once: with ssh-keygen, over HTTP and by files. */
describe('two keys', function () {
  this.timeout(300_000);
  let pg: TestPostgres;
  let box: PostBox;
  let site: Site;
  let url: string;

  before(async () => {
    assert.equal(spawnSync('ssh-keygen', ['-Y', 'sign']).error, undefined, 'ssh-keygen is not installed');
    pg = await startPostgres({ auth: 'scram' });
    box = await startPostBox();
    for (const name of ['orders', 'users', 'spare']) await pg.query(`create database ${name}`);
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    site = new Site({
      pgUrl: pg.url(),
      pageUrl: box.url,
      resources: [database('orders'), database('users'), database('spare')],
      manifest: { policy: { k: 1, weakening: 2 } },
      config: {
        watchdog: { name: 'vault', state: './state', listen: `127.0.0.1:${port}` },
        signers: { allowed: './allowed_signers', agents: ['cursor'] },
        requests: { approvals: './approvals', requesters: { cursor: { kind: 'agent', token: { file: './cursor.token' } } } },
      },
    });
    site.write('cursor.token', 'a token that only cursor has', 0o600);
    mkdirSync(join(site.path, 'approvals'));
    const lines = ['alice', 'bob', 'cursor'].map((name) => {
      keygen('-t', name === 'bob' ? 'ecdsa' : 'ed25519', '-N', '', '-C', name, '-f', `${name}.key`);
      return `${name} ${readFileSync(join(site.path, `${name}.key.pub`), 'utf8')}`;
    });
    site.write('allowed_signers', lines.join(''));
    for (const name of ['alice', 'bob']) {
      keygen('-Y', 'sign', '-n', 'manifest@rollcall', '-f', `${name}.key`, 'manifest.yaml');
      renameSync(join(site.path, 'manifest.yaml.sig'), join(site.path, `manifest.yaml.${name}.sig`));
    }
    // The agent's own tool, which holds the destructive credential: it may drop what it is told to.
    const pgModule = pathToFileURL(join(ROOT, 'node_modules/pg/lib/index.js')).href;
    site.write(
      'drop.mjs',
      `import pg from ${JSON.stringify(pgModule)};
       import { readFileSync } from 'node:fs';
       const client = new pg.Client({ connectionString: readFileSync('pg.url', 'utf8') });
       await client.connect();
       await client.query('drop database ' + process.argv[2] + ' with (force)');
       await client.end();
       console.log(process.env.ROLLCALL_GRANT_TOKEN ?? 'no token here', process.argv.slice(2).join());`,
    );
  });
  after(async () => {
    site[Symbol.dispose]();
    await box[Symbol.asyncDispose]();
    await pg[Symbol.asyncDispose]();
  });

  function keygen(...args: string[]): void {
    const { status, stderr } = spawnSync('ssh-keygen', args, { cwd: site.path, encoding: 'utf8' });
    assert.equal(status, 0, stderr);
  }
  const rollcall = (args: readonly string[], env: Record<string, string> = {}) => runCli(args, { cwd: site.path, env });
  async function look(id: string): Promise<PrintedResource> {
    return (await (await fetch(`${url}/api/v1/resources/${id}`)).json()) as PrintedResource;
  }
  async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
    for (const end = Date.now() + PATIENCE_MS; Date.now() < end; await wait(200)) if (await holds()) return;
    assert.fail(`not in time: ${what}`);
  }
  async function watching(): Promise<RunningCli> {
    const daemon = startCli(['watch'], { cwd: site.path });
    await daemon.says('"watching"');
    for (const id of ['orders', 'users', 'spare'])
      await until(`${id} is present and pinned`, async () => {
        const { verdict, pin } = await look(id);
        return verdict === 'present' && pin === 'store';
      });
    return daemon;
  }

  it('let one database go without a page, once, and nothing else; the ledger proves all of it', async () => {
    {
      await using daemon = await watching();
      const asked = await rollcall(
        [
          'request',
          'expect-loss',
          'orders',
          '--reason',
          'moved to db2',
          '--ticket',
          'OPS-7',
          '--for',
          '20m',
          '-o',
          'request.json',
          '--to',
          url,
        ],
        { ROLLCALL_REQUEST_TOKEN: 'a token that only cursor has' },
      );
      assert.equal(asked.code, 0, asked.stderr);
      const { id } = JSON.parse(readFileSync(join(site.path, 'request.json'), 'utf8')) as { id: string };

      const own = await rollcall(['approve', 'request.json', '--key', 'cursor.key', '--yes', '--to', url]);
      assert.equal(own.code, 2);
      assert.match(own.stderr, /program, which never counts/);
      assert.equal((await rollcall(['grant', 'issue', id, '--to', url, '--token-file', 'cursor.token'])).code, 2);

      const alice = await rollcall(['approve', id, '--key', 'alice.key', '--yes', '--to', url]);
      assert.equal(alice.code, 0, alice.stderr);
      assert.match(alice.stdout, /^asked by {5}cursor, A PROGRAM$/m);
      assert.match(alice.stdout, /^protected by NOTHING/m);
      const shown = await rollcall(['approve', 'request.json']);
      assert.match(shown.stdout, new RegExp(`ssh-keygen -Y sign -n change@rollcall -f \\S+ ${id}.approve`));
      keygen('-Y', 'sign', '-n', 'change@rollcall', '-f', 'bob.key', `${id}.approve`);
      const bob = await rollcall(['approve', 'request.json', '--signature', `${id}.approve.sig`, '-o', 'approvals/bob.approval.json']);
      assert.equal(bob.code, 0, bob.stderr);
      await until('bob counts', async () => (await rollcall(['requests', id])).stdout.includes('APPROVED by alice, bob, PENDING'));
      await box.page(trouble('grant.approved'), PATIENCE_MS);

      const issued = await rollcall(['grant', 'issue', id, '--to', url, '--token-file', 'cursor.token']);
      assert.equal(issued.code, 0, issued.stderr);
      const token = issued.stdout.trim();
      const use = (target: string, database: string) =>
        rollcall(
          ['grant', 'consume', '--action', 'expect-loss', '--target', target, '--to', url, '--', process.execPath, 'drop.mjs', database],
          {
            ROLLCALL_GRANT_TOKEN: token,
          },
        );
      const wrong = await use('users', 'users');
      assert.deepEqual([wrong.code, /wrong-target/.test(wrong.stderr)], [2, true]);
      let dropped = await use('orders', 'orders');
      // Until the watcher has seen it once more since it learned of the approval.
      for (let tries = 0; tries < 60 && dropped.stderr.includes('too-early'); tries++, await wait(500))
        dropped = await use('orders', 'orders');
      assert.deepEqual([dropped.code, dropped.stdout], [0, 'no token here orders\n'], dropped.stderr);
      await until('it is gone as approved', async () => (await look('orders')).approved_loss?.request === id);
      // A sweep may have met it half dropped, as `doomed`: that is the same loss.
      await until('it is absent', async () => (await look('orders')).verdict === 'absent');

      const replayed = await use('orders', 'users');
      assert.deepEqual([replayed.code, /already-used/.test(replayed.stderr)], [2, true]);
      await pg.query('drop database users with (force)');
      await box.page(about('users', 'absent'), PATIENCE_MS);
      await until('the request is done', async () =>
        (await rollcall(['requests', id])).stdout.includes('EXECUTED; it ended with 0; the loss came as approved'),
      );
      assert.deepEqual(box.pages.filter(about('orders')), []);
      assert.ok(!daemon.stderr.includes(token) && !JSON.stringify(box.pages).includes(token));
      daemon.signal('SIGTERM');
      assert.equal(await daemon.ended, 0);
    }
    const verified = await rollcall(['ledger', 'verify']);
    assert.equal(verified.code, 0, verified.stdout);
    const { stdout } = await rollcall(['ledger', 'export']);
    const told = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { kind: string; about: string; body: Record<string, unknown> })
      .filter(({ kind }) => ['request', 'approval', 'grant', 'refusal'].includes(kind))
      .map(({ kind, body }) => `${kind} ${String(body['is'] ?? body['kind'] ?? body['version'])}`);
    for (const entry of [
      'request asked',
      'refusal nobody',
      'approval approved',
      'grant issued',
      'refusal wrong-target',
      'grant used',
      'grant lost',
      'grant ended',
      'refusal already-used',
    ])
      assert.ok(told.includes(entry), `${entry} in ${told.join('; ')}`);

    const db = new DatabaseSync(join(site.state, 'rollcall.db'));
    db.exec('DROP TRIGGER ledger_no_update');
    const { bytes, seq } = db.prepare(`SELECT seq, bytes FROM ledger WHERE bytes LIKE '%"used"%'`).get() as { bytes: string; seq: number };
    db.prepare('UPDATE ledger SET bytes = ? WHERE seq = ?').run(bytes.replace('"target":"orders"', '"target":"Orders"'), seq);
    db.close();
    const tampered = await rollcall(['ledger', 'verify']);
    assert.equal(tampered.code, 2);
    assert.match(tampered.stdout, new RegExp(`entry ${seq}: `));
  });
});
