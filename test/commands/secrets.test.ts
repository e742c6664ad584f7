import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCli, startCli } from '../support/cli.ts';
import { startPostgres } from '../support/postgres.ts';
import { startReceiver } from '../support/receiver.ts';
import { database, Site, volume } from '../support/site.ts';

const SECRETS = {
  password: 'sEcr3t-pg-Passw0rd%21',
  wrong: 'wr0ng-pg-Passw0rd',
  routing: 'r0utingkey00000000000000000000ab',
  slack: 'xoxb-0123456789-sl4ckt0ken',
  signing: 'd2ViaG9vay1zaWduaW5nLXNlY3JldA==',
  hook: 'h00k-path-t0ken-1234',
  heartbeat: '5f7f2b7e-1c2d-4a4b-9a3e-0123456789ab',
  listen: 'l1sten-bearer-t0ken',
} as const;

/** Every form in which one of them may turn up. */
const FORMS = Object.entries(SECRETS).flatMap(([name, value]) => {
  const plain = decodeURIComponent(value);
  return [value, plain, encodeURIComponent(plain), Buffer.from(plain).toString('base64')].map((form) => ({ name, form }));
});

function assertNone(where: string, text: string): void {
  for (const { name, form } of FORMS) assert.equal(text.includes(form), false, `the ${name} secret stands in ${where}`);
}

describe('a secret', function () {
  this.timeout(120_000);
  it('is in no output, log, page, answer, argument or file of the state, whatever fails', async () => {
    await using pg = await startPostgres({ auth: 'scram' });
    await pg.query(`create role watcher login password '${decodeURIComponent(SECRETS.password)}'`);
    for (const name of ['orders', 'gone']) await pg.query(`create database ${name}`);
    // A receiver that quotes back whatever it was sent, as a careless one does in its error pages.
    const echo = await startReceiver((request) => ({
      status: 400,
      body: `bad: ${request.path} ${JSON.stringify(request.headers)} ${request.text}`,
    }));
    const heart = await startReceiver((request) => ({ status: 500, body: `no such check ${request.path}` }));
    const ok = await startReceiver();
    const free = await startReceiver();
    const port = Number(new URL(free.url).port);
    await free.close();

    using site = new Site({ pgUrl: pg.url().replace(/\/\/.*@/, `//watcher:${SECRETS.password}@`) });
    for (const [name, value] of Object.entries({
      wrong: `postgres://watcher:${SECRETS.wrong}@127.0.0.1:${pg.port}/postgres`,
      broken: `postgres://watcher:${SECRETS.wrong}@127.0.0.1:1/postgres?password=${SECRETS.wrong}`,
      refused: `postgres://watcher:${SECRETS.wrong}@127.0.0.1:1/postgres`,
      routing: SECRETS.routing,
      slack: SECRETS.slack,
      signing: `whsec_${SECRETS.signing}`,
      hook: `${echo.url}/${SECRETS.hook}`,
      heartbeat: `${heart.url}/ping/${SECRETS.heartbeat}`,
      listen: SECRETS.listen,
    }))
      site.write(`secrets/${name}`, value, 0o600);
    const ref = (name: string) => ({ file: `./secrets/${name}` });
    const postgres = (name: string) => ({ probe: 'postgres', url: ref(name), connect_timeout: '1s' });
    const pagers = {
      oncall: { type: 'pagerduty', routing_key: ref('routing'), endpoint: echo.url },
      ops: { type: 'slack', token: ref('slack'), channel: 'C0123456', endpoint: `${echo.url}/api/` },
      hook: { type: 'webhook', url: ref('hook'), secret: ref('signing') },
      good: { type: 'webhook', url: `${ok.url}/page` },
      out: { type: 'console' },
    };
    site.rewrite({
      config: {
        watchdog: { name: 'tester', state: './state', listen: `127.0.0.1:${port}`, token: ref('listen') },
        connections: {
          disk: { probe: 'file' },
          pg: { probe: 'postgres', url: { file: './pg.url' }, accept: ['superuser'] },
          wrong: postgres('wrong'),
          broken: postgres('broken'),
          refused: postgres('refused'),
        },
        defaults: { sweep: '300ms', inspect: '1s', blind_after: '1s' },
        pagers,
        routes: [{ pagers: Object.keys(pagers) }],
        heartbeat: { url: ref('heartbeat'), every: '1s' },
      },
      resources: [
        database('orders', { expect: { tables: { 'public.nothing': { min_rows: 1 } } } }),
        database('gone'),
        ...['wrong', 'broken', 'refused'].map((connection) => database(`on-${connection}`, { name: 'orders', connection })),
        volume('void', '/nowhere/at/all'),
      ],
    });

    await using daemon = startCli(['watch', '--log-level', 'debug'], { cwd: site.path });
    await daemon.says('"watching"');
    const cmdline = readFileSync(`/proc/${daemon.pid}/cmdline`, 'utf8');
    await pg.query('drop database gone');
    await daemon.says('heartbeat not heard');
    while (!['on-wrong', 'on-broken', 'on-refused', 'gone'].every((id) => ok.requests.some(({ text }) => text.includes(`"${id}"`))))
      await ok.received(ok.requests.length + 1);
    daemon.signal('SIGHUP');
    const answers: string[] = [];
    for (const path of ['/healthz', '/readyz', '/api/v1/status', '/api/v1/resources', '/api/v1/incidents', '/api/v1/ledger/head'])
      answers.push(
        await (await fetch(`http://127.0.0.1:${port}${path}`, { headers: { authorization: `Bearer ${SECRETS.listen}` } })).text(),
      );
    answers.push(await (await fetch(`http://127.0.0.1:${port}/readyz`, { headers: { authorization: 'Bearer wrong' } })).text());

    const commands = [
      ['check', '--json'],
      ['check'],
      ['check', '--format', 'junit'],
      ['check', '--format', 'nagios'],
      ['status'],
      ['status', '--json'],
      ['incidents'],
      ['incidents', '--json'],
      ['explain', 'on-wrong'],
      ['explain', 'orders', '--json'],
      ['validate'],
      ['page-test'],
      ['page-test', '--json'],
    ];
    await Promise.all(
      commands.map(async (args) => {
        const { stdout, stderr, code } = await runCli(args, { cwd: site.path });
        assert.notEqual(code, 70, `${args.join(' ')}: ${stderr}`);
        assertNone(`rollcall ${args.join(' ')}`, stdout + stderr);
        if (args.includes('--json')) assert.doesNotThrow(() => JSON.parse(stdout) as unknown, args.join(' '));
      }),
    );
    daemon.signal('SIGTERM');
    assert.equal(await daemon.ended, 0);

    assertNone('the command line', cmdline);
    assertNone('the output of watch', daemon.stdout + daemon.stderr);
    assert.match(daemon.stderr, /page not delivered/);
    answers.forEach((answer, index) => assertNone(`answer ${index}`, answer));
    for (const request of [...ok.requests, ...echo.requests, ...heart.requests]) {
      assertNone('a page', JSON.stringify({ ...(request.body as object), routing_key: undefined, token: undefined }));
    }
    const files = readdirSync(site.state);
    assert.ok(files.includes('rollcall.db'));
    for (const file of files) assertNone(file, readFileSync(join(site.state, file)).toString('latin1'));
    await Promise.all([echo, heart, ok].map(async (receiver) => receiver.close()));
  });

  it('is not repeated where it was written into the config in clear', async () => {
    using site = new Site({ resources: [volume('tmp', '/tmp')] });
    site.rewrite({
      config: { pagers: { ops: { type: 'slack', token: SECRETS.slack, channel: 'C0123456' } }, routes: [{ pagers: ['ops'] }] },
    });
    for (const args of [['validate'], ['validate', '--json'], ['check'], ['watch']]) {
      const { code, stdout, stderr } = await runCli(args, { cwd: site.path });
      assert.equal(code, 78);
      assert.match(stdout + stderr, /RC_SECRET_IN_CLEAR/);
      assertNone(args.join(' '), stdout + stderr);
    }
  });
});
