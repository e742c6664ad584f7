import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chown, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startPostgres, type TestPostgres } from '../../support/postgres.ts';
import { Watcher, word } from './helpers.ts';

const run = promisify(execFile);
const NAME = 'db.example.test';
const pause = async () => new Promise((resolve) => setTimeout(resolve, 20));

/** A new authority in `folder`; returns the path of its certificate and a way to have it sign one for `NAME`. */
async function makeAuthority(folder: string, name: string) {
  const [key, cert] = [join(folder, `${name}.key`), join(folder, `${name}.pem`)];
  const fresh = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '1'];
  await run('openssl', [...fresh, '-subj', `/CN=${name}`, '-keyout', key, '-out', cert]);
  const sign = async (into: string) => {
    const signed = ['-CA', cert, '-CAkey', key, '-addext', 'basicConstraints=CA:FALSE', '-addext', `subjectAltName=DNS:${NAME}`];
    const paths = ['-keyout', join(into, 'server.key'), '-out', join(into, 'server.crt')];
    await run('openssl', [...fresh, ...signed, '-subj', '/CN=server', ...paths]);
  };
  return { cert, sign };
}

describe('a PostgreSQL that speaks TLS', function () {
  this.timeout(120_000);
  let folder: string;
  let server: TestPostgres;
  let ca: string;
  let otherCa: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'rollcall-tls-'));
    server = await startPostgres();
    const authority = await makeAuthority(folder, 'authority');
    ca = authority.cert;
    otherCa = (await makeAuthority(folder, 'stranger')).cert;
    await authority.sign(server.dataDir);
    const { uid, gid } = await stat(server.dataDir);
    await chown(join(server.dataDir, 'server.key'), uid, gid);
    await chown(join(server.dataDir, 'server.crt'), uid, gid);
    // From here on nobody gets in without TLS but the superuser of the tests.
    await writeFile(join(server.dataDir, 'pg_hba.conf'), 'host all postgres 127.0.0.1/32 trust\nhostssl all all 127.0.0.1/32 trust\n');
    await server.query('create role watcher login');
    await server.query('create database orders');
    await server.query('create table t (); grant select on t to watcher', 'orders');
    await server.query('alter system set ssl = on');
    await server.query('select pg_reload_conf()');
    while ((await server.query('show ssl'))[0]?.['ssl'] !== 'on') await pause();
  });
  after(async () => {
    await server[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  const watch = (tls: object, rest: object = {}) => {
    const entry = { name: 'orders', expect: { tables: { 'public.t': { max_shrink: '0%' } } } };
    return new Watcher(server.url('postgres', 'watcher'), { db: entry }, { tls, ...rest });
  };

  for (const [why, tls, wanted] of [
    ['its certificate, its authority and its name are right', () => ({ mode: 'verify-full', ca, servername: NAME }), 'good'],
    ['the name is another', () => ({ mode: 'verify-full', ca, servername: 'other.example.test' }), 'blind:unreachable'],
    ['the host of the url is not in the certificate', () => ({ mode: 'verify-full', ca }), 'blind:unreachable'],
    ['no name was to be verified', () => ({ mode: 'verify-ca', ca }), 'good'],
    ['the authority is another', () => ({ mode: 'verify-ca', ca: otherCa }), 'blind:unreachable'],
    ['the authority is none the system knows', () => ({ mode: 'verify-full', servername: NAME }), 'blind:unreachable'],
    ['nothing was to be verified', () => ({ mode: 'require' }), 'good'],
    ['the file of the authority is missing', () => ({ mode: 'verify-full', ca: `${ca}.none`, servername: NAME }), 'blind:unreachable'],
    ['TLS is switched off and the server insists', () => ({ mode: 'off' }), 'blind:denied'],
  ] satisfies [string, () => object, string][])
    it(`is ${wanted === 'good' ? 'seen' : wanted} where ${why}`, async () => {
      await using watcher = watch(tls());
      assert.equal(word((await watcher.look('sweep')).presence), wanted);
      assert.equal(word((await watcher.look('inspect'))['content/tables.public.t']), wanted);
    });

  it('is asked to stop over TLS too, when a look is given up', async () => {
    await using watcher = watch({ mode: 'verify-full', ca, servername: NAME }, { lock_timeout: '60s', statement_timeout: '200s' });
    const lock = server
      .query('begin; lock table t in access exclusive mode; select pg_sleep(300); commit', 'orders')
      .catch(() => undefined);
    const stop = new AbortController();
    const looking = watcher.reports('inspect', 'usual', stop.signal);
    const waiting = async () => server.query("select from pg_stat_activity where usename = 'watcher' and wait_event_type = 'Lock'");
    while ((await waiting()).length === 0) await pause();
    stop.abort();
    await looking;
    const start = performance.now();
    while ((await waiting()).length > 0) assert.ok(performance.now() - start < 60_000, 'it still works for nobody');
    await server.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where query like '%pg_sleep(300)%' and pid <> pg_backend_pid()",
    );
    await lock;
  });
});
