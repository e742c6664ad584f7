import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { asConfig, testdata } from './support/read.ts';

const good = readFileSync(`${testdata}config/good.yaml`);
const minimal = readFileSync(`${testdata}config/good-minimal.yaml`);

function read(bytes: string | Uint8Array, env: Record<string, string> = {}, file = 'etc/config.yaml') {
  const loaded = asConfig(bytes, file, env);
  if (!loaded.ok) throw new assert.AssertionError({ message: JSON.stringify(loaded.complaints, null, 1) });
  return loaded.value;
}

describe('reading config.yaml', () => {
  it('fills in the defaults of CONTRACT §2', () => {
    const { defaults, watchdog, pagers, heartbeat } = read(minimal);
    assert.deepEqual(defaults, { sweep: { every: 2000 }, inspect: { every: 60_000 }, confirm: 2, blindAfter: 120_000, repeat: 900_000 });
    assert.deepEqual(watchdog.listen, { host: '127.0.0.1', port: 7878 });
    assert.equal(heartbeat, undefined);
    assert.deepEqual(pagers.get('hook'), {
      type: 'webhook',
      name: 'hook',
      url: 'http://127.0.0.1:9000/page',
      secrets: [],
      timeout: 10_000,
    });
  });

  it('asks a mail server where servers of its kind listen, and keeps an alert for longer than any silence of a watcher that lives', () => {
    const { pagers } = read(good);
    const portOf = (name: string) => (pagers.get(name) as { port?: unknown }).port;
    assert.deepEqual([portOf('mail'), portOf('relay')], [465, 25]);
    const week = 7 * 24 * 3_600_000;
    assert.equal((pagers.get('alerts') as { hold?: unknown }).hold, week);
    const rare = read(good.toString().replace('repeat: 15m', 'repeat: 10d')).pagers.get('alerts') as { hold?: unknown };
    assert.equal(rare.hold, 22 * 24 * 3_600_000);
  });

  it('keeps the state in $STATE_DIRECTORY, else beside the working directory, unless the file says where', () => {
    assert.equal(read(minimal).watchdog.state, '/srv/watcher/state');
    assert.equal(read(minimal, { STATE_DIRECTORY: '/var/lib/a:/var/lib/b' }).watchdog.state, '/var/lib/a');
    assert.equal(read(good, { STATE_DIRECTORY: '/var/lib/a' }).watchdog.state, '/var/lib/rollcall');
  });

  it('takes where heads and old entries of the ledger go, with what is not said filled in', () => {
    const ledger = (text: string) => read(`${minimal.toString()}\nledger: ${text}\n`).ledger;
    assert.deepEqual(ledger('{ archive: {} }')?.archive, { folder: '/srv/watcher/state/archive', after: 90 * 86_400_000 });
    assert.equal(ledger('{ archive: { folder: ./old } }')?.archive?.folder, '/srv/watcher/etc/old');
    assert.deepEqual(ledger('{ anchor: { bucket: anchors, region: eu-west-1 } }')?.anchor, {
      bucket: 'anchors',
      region: 'eu-west-1',
      pathStyle: false,
      every: 300_000,
    });
    const all = `{ anchor: { bucket: anchors, region: eu-west-1, prefix: eu/, endpoint: "http://127.0.0.1:5000", path_style: true, account: "111122223333",
      access_key_id: AKIAIOSFODNN7EXAMPLE, secret_access_key: { env: A }, session_token: { env: B }, lock: { mode: governance, for: 30d }, every: 1h } }`;
    assert.deepEqual(ledger(all)?.anchor, {
      bucket: 'anchors',
      region: 'eu-west-1',
      prefix: 'eu/',
      endpoint: 'http://127.0.0.1:5000',
      pathStyle: true,
      account: '111122223333',
      key: { id: 'AKIAIOSFODNN7EXAMPLE', secret: { env: 'A' }, session: { env: 'B' } },
      lock: { mode: 'governance', forMs: 30 * 86_400_000 },
      every: 3_600_000,
    });
    assert.equal(read(`${minimal.toString()}\nledger: ${all}\n`).secrets.length, 2 + read(minimal).secrets.length);
    for (const half of ['access_key_id: AKIAIOSFODNN7EXAMPLE', 'secret_access_key: { env: A }', 'session_token: { env: A }']) {
      const loaded = asConfig(
        `${minimal.toString()}\nledger: { anchor: { bucket: anchors, region: eu-west-1, ${half} } }\n`,
        'etc/config.yaml',
        {},
      );
      assert.match(loaded.ok ? '' : (loaded.complaints[0]?.message ?? ''), /is missing/);
    }
  });

  it("takes every relative path from the file's own folder, those of probes and secrets too", () => {
    const { manifest, connections, pagers } = read(good);
    assert.equal(manifest, '/srv/watcher/etc/roll/manifest.yaml');
    assert.deepEqual(connections.get('orders-pg'), {
      name: 'orders-pg',
      probe: 'postgres',
      settings: {
        url: { credential: 'orders-pg-url' },
        tls: { mode: 'verify-full', ca: '/srv/watcher/etc/db-ca.pem' },
        inspections_per_minute: 60,
      },
    });
    const secretsOf = (name: string) => (pagers.get(name) as { secrets?: unknown }).secrets;
    assert.deepEqual(secretsOf('hook'), [{ file: '/srv/watcher/etc/hook.secret' }]);
    assert.deepEqual(secretsOf('old'), [{ file: '/etc/hook.secret' }, { env: 'OLD_SECRET' }]);
    assert.equal((pagers.get('own') as { program?: unknown }).program, '/srv/watcher/etc/bin/page');
    assert.equal((pagers.get('mail') as { ca?: unknown }).ca, '/srv/watcher/etc/mail-ca.pem');
    assert.equal(read(good, {}, '/etc/rollcall/config.yaml').manifest, '/etc/rollcall/roll/manifest.yaml');
  });

  it('takes cron expressions where a cadence stands, and `off` for no interface', () => {
    assert.deepEqual(read(good).defaults.inspect, { cron: '*/5 * * * *' });
    assert.equal(read(minimal.toString().replace('name: vault-eu', 'name: vault-eu, listen: off')).watchdog.listen, 'off');
    const six = read(minimal.toString().replace('name: vault-eu', 'name: vault-eu, listen: "[::1]:0"'));
    assert.deepEqual(six.watchdog.listen, { host: '::1', port: 0 });
    const socket = read(minimal.toString().replace('name: vault-eu', 'name: vault-eu, listen: "unix:/run/rollcall/http.sock"'));
    assert.deepEqual(socket.watchdog.listen, { socket: '/run/rollcall/http.sock' });
  });

  it('holds digests of tokens, and a certificate whose key is a secret', () => {
    const { watchdog, tokens, secrets } = read(readFileSync(`${testdata}config/good-open.yaml`));
    assert.deepEqual(watchdog.tls, { cert: '/srv/watcher/etc/http.pem', key: { credential: 'http-key' } });
    assert.deepEqual(secrets.map(({ path }) => path).slice(0, 1), ['watchdog.tls.key']);
    const expires = Date.parse('2027-07-01T00:00:00Z') - 1;
    assert.deepEqual(
      [...tokens],
      [
        ['grafana', { scopes: new Set(['metrics', 'read']), digest: 'a'.repeat(64), kind: 'agent', expires }],
        ['deploys', { scopes: new Set(['claim']), digest: 'b'.repeat(64), kind: 'agent' }],
      ],
    );
  });

  it('takes a witness as an address and a port', () => {
    const witness = (text: string) =>
      read(minimal.toString().replace('name: vault-eu', `name: vault-eu, witness: ${text}`)).watchdog.witness;
    assert.deepEqual(witness('"192.0.2.1:443"'), { host: '192.0.2.1', port: 443 });
    assert.deepEqual(witness('"[2001:db8::1]:53"'), { host: '2001:db8::1', port: 53 });
    for (const wrong of ['off', '443', '"192.0.2.1"', '"192.0.2.1:0"', '"192.0.2.1:99999"', '"https://192.0.2.1:443"'])
      assert.throws(() => witness(wrong), /must be an address and a port such as 192\.0\.2\.1:443/, wrong);
  });

  it('lists every reference to a secret with its place', () => {
    const places = read(good).secrets.map(({ path, line, column }) => `${line}:${column} ${path}`);
    assert.deepEqual(places, [
      '5:10 watchdog.token',
      '11:10 connections.orders-pg.url',
      '15:43 pagers.oncall.routing_key',
      '16:30 pagers.ops.token',
      '17:67 pagers.hook.secret',
      '18:30 pagers.old.url',
      '18:58 pagers.old.secret[0]',
      '18:86 pagers.old.secret[1]',
      '19:65 pagers.alerts.urls[1]',
      '20:108 pagers.mail.password',
      '22:31 pagers.phone.topic',
      '22:66 pagers.phone.token',
      '28:19 heartbeat.url',
    ]);
  });

  it('names the file by the digest of its bytes', () => {
    assert.equal(read(good).sha256, createHash('sha256').update(good).digest('hex'));
  });

  it('shares anchors and merge keys, each as if written out', () => {
    const text = minimal
      .toString()
      .replace(/orders-pg: .*/, 'a: &a { probe: postgres, url: { file: ./pg } }\n  b: { <<: *a, inspections_per_minute: 5 }');
    const { connections } = read(text);
    assert.deepEqual(connections.get('b')?.settings, { url: { file: '/srv/watcher/etc/pg' }, inspections_per_minute: 5 });
    assert.deepEqual(connections.get('a')?.settings, { url: { file: '/srv/watcher/etc/pg' }, inspections_per_minute: 60 });
  });

  it('refuses bytes that are not UTF-8, and a file beyond all size', () => {
    for (const bytes of [Uint8Array.of(0xff, 0xfe, 0x61), new Uint8Array(65 * 1024 ** 2)]) {
      const loaded = asConfig(bytes);
      assert.ok(!loaded.ok);
      assert.deepEqual(
        loaded.complaints.map(({ code, line }) => [code, line]),
        [['RC_YAML_SYNTAX', 1]],
      );
    }
  });
});
