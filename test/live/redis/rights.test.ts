import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Agent, AuditReport, GrantContext } from '../../../src/probe.ts';
import { powersOver } from '../../../probes/redis/powers.ts';
import { redis } from '../../../probes/redis/index.ts';
import { makeCertificate } from '../../support/certificate.ts';
import { makeFolder } from '../../support/folder.ts';
import { freePort } from '../../support/free-port.ts';
import { TestRedis } from '../../support/redis.ts';
import { database, Watcher } from '../../probes/redis/helpers.ts';

const run = promisify(execFile);
const PASSWORD = 'only-the-watcher-knows';
/** Of a key: what could end a quote, a pattern or a line. */
const ODD = `it's "a" $(key) [x]*?\\ \u{202e}`;
const signal = new AbortController().signal;
const context: GrantContext = { connection: 'test-redis', secret: () => Promise.reject(new Error('nobody needs it')) };
const ENTRY = { database: 2, mark: 'mark', expect: { sentinels: [ODD, 'plain'] } };

const wantedOf = (watcher: Watcher) => watcher.resources.map(({ id, kind, target, checks }) => ({ id, kind, target, checks }));

/** Runs a script of ours as a person would, with redis-cli led to the server. */
async function runScript(server: TestRedis, script: string, password = PASSWORD): Promise<string> {
  const file = join(server.folder.path, 'grants.sh');
  await writeFile(file, script);
  const digest = createHash('sha256').update(password).digest('hex');
  const env = { ...process.env, ROLLCALL_SHA256: digest, PORT: String(server.port), FILE: file };
  // `redis-cli` as a function, so that what is run is the script as it is printed.
  const { stdout } = await run('bash', ['-c', 'redis-cli() { command redis-cli -p "$PORT" "$@"; }; export -f redis-cli; bash "$FILE"'], {
    env,
  });
  return stdout;
}

async function audit(watcher: Watcher, agents: readonly Agent[] = []): Promise<AuditReport[]> {
  const reports = watcher.link.audit?.(wantedOf(watcher), agents, signal);
  assert.ok(reports);
  return Array.fromAsync(reports);
}

const kindsOf = (reports: readonly AuditReport[]) => reports.filter(({ kind }) => kind !== 'placed').map((one) => JSON.stringify(one));

describe('the rights of a Redis user', function () {
  this.timeout(60_000);
  let server: TestRedis;
  let watcher: Watcher;
  before(async () => {
    server = await TestRedis.start();
    await server.must('-n', '2', 'SET', 'mark', 'ours');
    for (const key of [ODD, 'plain']) await server.must('-n', '2', 'SET', key, 'x');
    watcher = new Watcher({ host: '127.0.0.1', port: server.port, user: 'watcher' }, [database(ENTRY)], PASSWORD);
    const grants = await redis.grants?.(
      redis.connection.parse({ host: 'h', user: 'watcher', password: { env: 'X' } }),
      wantedOf(watcher),
      context,
    );
    assert.ok(grants);
    await runScript(server, grants.script);
    await runScript(server, grants.script);
    assert.match(await server.ask('ACL', 'LIST'), /^user watcher on /m);
  });
  after(async () => {
    await watcher?.[Symbol.asyncDispose]();
    await server?.[Symbol.asyncDispose]();
  });

  it('are enough, as grants prints them, for all that the manifest asks, whatever the keys hold', async () => {
    const found = await watcher.look();
    assert.deepEqual([found.verdict, found.raised], ['present', []], found.summary);
    await server.must('-n', '2', 'FLUSHDB');
    assert.equal((await watcher.look()).verdict, 'absent', 'the proof of it takes no other right');
  });

  it('are no more than that: the user itself proves it', async () => {
    assert.deepEqual(kindsOf(await audit(watcher)), []);
    const as = ['--user', 'watcher', '--pass', PASSWORD, '--no-auth-warning'];
    for (const words of [
      ['FLUSHALL'],
      ['DEL', 'mark'],
      ['GET', 'another'],
      ['SET', 'mark', 'x'],
      ['CONFIG', 'GET', '*'],
      ['ACL', 'LIST'],
      ['KEYS', '*'],
    ])
      assert.match(await server.ask(...as, ...words), /NOPERM|no permissions/i, words.join(' '));
  });

  it('that reach too far over a key of the roll alone are found', async () => {
    await server.must(
      'ACL',
      'SETUSER',
      'far',
      'reset',
      'on',
      `>${PASSWORD}`,
      '-@all',
      '+info',
      '+get',
      '+set',
      '+dump',
      '+acl|dryrun',
      '~mark',
    );
    await using far = new Watcher({ host: '127.0.0.1', port: server.port, user: 'far' }, watcher.resources, PASSWORD);
    const strong = (await audit(far)).filter((one) => one.kind === 'strong');
    assert.deepEqual(
      strong.map(({ right, fix }) => [right, ...fix]),
      [['write', 'redis-cli ACL SETUSER far -set']],
    );
  });

  it('are not taken from a user that may do more: the script refuses', async () => {
    await server.must('ACL', 'SETUSER', 'app', 'reset', 'on', 'nopass', '~*', '+@all');
    const grants = await redis.grants?.(redis.connection.parse({ host: 'h' }), wantedOf(watcher), { ...context, role: 'app' });
    assert.ok(grants);
    await assert.rejects(runScript(server, grants.script), /may do more than look/);
    assert.match(await server.ask('ACL', 'LIST'), /user app on nopass .*\+@all/);
  });

  it('are asked for one by one: every question of the audit is one that this server can answer', async () => {
    const everything = new Watcher({ host: '127.0.0.1', port: server.port }, [database()]);
    const strong = (await audit(everything)).filter((one) => one.kind === 'strong');
    await everything[Symbol.asyncDispose]();
    const asked = powersOver('k');
    // CLUSTER RESET is none of a server outside a cluster, and yet a command of it.
    assert.deepEqual(strong.map(({ right }) => right).sort(), [...new Set(asked.map(({ strength }) => strength))].sort());
    const named = strong.map(({ what }) => what).join();
    assert.deepEqual(
      asked.filter(({ rule }) => !named.includes(rule.replace('|', ' ').toUpperCase())).map(({ rule }) => rule),
      [],
    );
  });

  it('that are missing are blind where they are, and nowhere else; an audit that may not ask says so', async () => {
    await server.must('ACL', 'SETUSER', 'half', 'reset', 'on', `>${PASSWORD}`, '-@all', '+info', '+select', '+exists', '~plain');
    await using half = new Watcher(
      { host: '127.0.0.1', port: server.port, user: 'half' },
      [database({ ...ENTRY, mark: undefined })],
      PASSWORD,
    );
    await server.must('-n', '2', 'SET', 'plain', 'x');
    const found = await half.look();
    assert.equal(found.verdict, 'blind');
    assert.match(found.summary, /NOPERM/);
    await server.must('-n', '2', 'DEL', 'plain');
    assert.equal((await half.look()).verdict, 'blind', 'without DBSIZE nothing is proven absent');
    const [unaudited] = kindsOf(await audit(half));
    assert.match(unaudited ?? '', /"unaudited".*"denied".*acl\|dryrun/);
  });

  it('of agents are told with what takes them away, and the fix does', async () => {
    await server.must('-n', '2', 'SET', 'plain', 'x');
    await server.must('ACL', 'SETUSER', 'agent', 'reset', 'on', 'nopass', '~app:*', '~plain', '+@all');
    const agents = [
      { name: 'cursor', is: { user: 'agent' } },
      { name: 'ghost', is: { user: 'nobody' } },
      { name: 'twin', is: { user: 'watcher' } },
    ];
    const reports = await audit(watcher, agents);
    const reaches = reports.filter((one) => one.kind === 'reach');
    assert.deepEqual([...new Set(reaches.map(({ agent, right }) => `${agent} ${right}`))].sort(), [
      'cursor admin',
      'cursor flush',
      'cursor write',
    ]);
    assert.match(reaches.find(({ right }) => right === 'write')?.what ?? '', /on key plain/);
    assert.ok(reaches.every(({ ids }) => ids.join() === 'cache'));
    assert.match(reports.find((one) => one.kind === 'shared')?.what ?? '', /the very user/);
    assert.match(reports.find((one) => one.kind === 'unaudited')?.say ?? '', /no user nobody/);
    const grants = await redis.disarm?.(
      redis.connection.parse({ host: 'h' }),
      wantedOf(watcher),
      { agent: agents[0] ?? assert.fail(), reaches },
      context,
    );
    assert.ok(grants);
    await runScript(server, grants.script, 'for-the-task');
    assert.deepEqual(
      (await audit(watcher, agents.slice(0, 1))).filter((one) => one.kind === 'reach'),
      [],
    );
    assert.match(await server.ask('ACL', 'LIST'), /user agent_task on .*%R~TASK:\*/);
  });

  it('finds what is there, and what is there and not on the roll', async () => {
    await server.fill(500, 5);
    const found = await Array.fromAsync(watcher.link.discover?.(wantedOf(watcher), 'proposals', signal) ?? []);
    const fifth = found.find((one) => one.kind === 'found' && one.entry['database'] === 5);
    assert.ok(fifth?.kind === 'found');
    assert.deepEqual(fifth.expect, { min_keys: 450, max_shrink: '10%' });
    const kind = redis.kinds.get('redis.database');
    assert.equal(kind?.covers?.(watcher.resources[0]?.target, fifth), false);
    assert.equal(kind?.covers?.(database({ database: 5 }).target, fifth), true);
  });
});

describe('ways to a Redis', function () {
  this.timeout(60_000);

  it('leads over a unix socket', async () => {
    const folder = makeFolder();
    const socket = join(folder.path, 'redis.sock');
    try {
      await using server = await TestRedis.start('--unixsocket', socket);
      await server.fill(5);
      await using watcher = new Watcher({ socket }, [database()]);
      assert.equal((await watcher.look()).verdict, 'present');
    } finally {
      folder.remove();
    }
  });

  it('leads over TLS to who shows the right certificate, and to nobody else', async () => {
    const folder = makeFolder();
    const { cert, key } = makeCertificate();
    const [certFile, keyFile, otherFile] = ['cert.pem', 'key.pem', 'other.pem'].map((name) => join(folder.path, name)) as [
      string,
      string,
      string,
    ];
    await writeFile(certFile, cert);
    await writeFile(keyFile, key);
    await writeFile(otherFile, makeCertificate().cert);
    const port = await freePort();
    const tls = ['--tls-port', String(port), '--tls-cert-file', certFile, '--tls-key-file', keyFile, '--tls-ca-cert-file', certFile];
    try {
      await using server = await TestRedis.start(...tls, '--tls-auth-clients', 'no');
      await server.fill(5);
      const verdictOf = async (settings: object): Promise<string> => {
        await using watcher = new Watcher({ host: '127.0.0.1', port, ...settings }, [database()]);
        return (await watcher.look()).verdict;
      };
      assert.equal(await verdictOf({ tls: { mode: 'verify-full', ca: certFile } }), 'present');
      assert.equal(await verdictOf({ tls: { mode: 'verify-full', ca: certFile, servername: 'localhost' } }), 'present');
      assert.equal(await verdictOf({ tls: { mode: 'require' } }), 'present');
      assert.equal(await verdictOf({ tls: { mode: 'verify-full', ca: certFile, servername: 'elsewhere' } }), 'blind');
      assert.equal(await verdictOf({ tls: { mode: 'verify-full', ca: otherFile } }), 'blind');
      assert.equal(await verdictOf({}), 'blind', 'in clear, a port of TLS');
    } finally {
      folder.remove();
    }
  });
});
