import assert from 'node:assert/strict';
import { chmodSync, rmSync, statSync } from 'node:fs';
import { request } from 'node:http';
import { Agent, get } from 'node:https';
import { join } from 'node:path';
import { connect, type TLSSocket } from 'node:tls';
import { once } from 'node:events';
import { makeCertificate } from '../support/certificate.ts';
import { runCli, startCli } from '../support/cli.ts';
import { freePort } from '../support/free-port.ts';
import { startPostBox, trouble } from '../support/post.ts';
import { Site, volume } from '../support/site.ts';

const DAY_MS = 86_400_000;

/** A reader of the page's events, over TLS. */
class Reader implements Disposable {
  readonly #socket: TLSSocket;
  heard = '';
  closed = false;

  constructor(port: number) {
    this.#socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false });
    this.#socket.setEncoding('utf8').on('data', (text: string) => (this.heard += text));
    this.#socket.on('close', () => (this.closed = true)).on('error', () => {});
    this.#socket.write('GET /events HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n');
  }

  async hears(what: RegExp, from = 0): Promise<void> {
    while (!what.test(this.heard.slice(from))) await once(this.#socket, 'data', { signal: AbortSignal.timeout(60_000) });
  }

  [Symbol.dispose](): void {
    this.#socket.destroy();
  }
}

const site = (watchdog: object): Site =>
  new Site({ resources: [volume('tmp', '/tmp')], config: { watchdog: { name: 'tester', state: './state', ...watchdog } } });

describe('a watcher beyond its own loopback', function () {
  this.timeout(120_000);

  it('speaks TLS by the files that config.yaml names, and takes up renewed ones by a reload', async () => {
    const port = await freePort();
    using here = site({ listen: `127.0.0.1:${port}`, tls: { cert: './http.pem', key: { file: './http.key' } } });
    const write = (pair: { cert: string; key: string }): void => {
      here.write('http.pem', pair.cert);
      here.write('http.key', pair.key, 0o600);
    };
    const shown = async (): Promise<string> => {
      const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false });
      await once(socket, 'secureConnect');
      const pem = socket.getPeerX509Certificate()?.toString() ?? '';
      socket.destroy();
      return pem;
    };
    const [first, second] = [makeCertificate(), makeCertificate()];
    write(first);
    await using daemon = startCli(['watch'], { cwd: here.path });
    await daemon.says('"watching"');
    assert.ok(daemon.stderr.includes(`"status":"https://127.0.0.1:${port}"`));
    assert.equal(await shown(), first.cert);
    write(second);
    daemon.signal('SIGHUP');
    await daemon.says('"a renewed certificate is in use"');
    assert.equal(await shown(), second.cert);
    daemon.signal('SIGTERM');
    assert.equal(await daemon.ended, 0);
    assert.doesNotMatch(daemon.stderr, /PRIVATE|BEGIN/);
  });

  it('asks people for a new certificate before its own ends, and goes on with those who are connected when it comes', async () => {
    const port = await freePort();
    await using box = await startPostBox();
    using here = site({ listen: `127.0.0.1:${port}`, tls: { cert: './http.pem', key: { file: './http.key' } } });
    here.rewrite({ pageUrl: box.url });
    const write = (pair: { cert: string; key: string }): void => {
      here.write('http.pem', pair.cert);
      here.write('http.key', pair.key, 0o600);
    };
    const first = makeCertificate({ from: -80 * DAY_MS, until: 10 * DAY_MS });
    write(first);
    await using daemon = startCli(['watch'], { cwd: here.path });
    await daemon.says('"watching"');
    const asked = await box.page(trouble('certificate.ends'));
    assert.equal(asked.severity, 'warning');
    assert.match(asked.summary, /the certificate of watchdog\.tls is to be renewed: it ends on \d{4}-/);
    // One that reads events, and one that has asked before and will again over the same connection.
    using reader = new Reader(port);
    await reader.hears(/\n\n/);
    const agent = new Agent({ keepAlive: true, maxSockets: 1, rejectUnauthorized: false });
    const asks = (): Promise<{ status: number; reused: boolean; cert: string }> =>
      new Promise((resolve, reject) => {
        const asking = get({ port, host: '127.0.0.1', path: '/healthz', agent }, (answer) => {
          const cert = (answer.socket as TLSSocket).getPeerX509Certificate()?.toString() ?? '';
          answer.resume().once('end', () => resolve({ status: answer.statusCode ?? 0, reused: asking.reusedSocket, cert }));
        });
        asking.once('error', reject);
      });
    try {
      assert.equal((await asks()).status, 200);
      const second = makeCertificate();
      write(second);
      daemon.signal('SIGHUP');
      await daemon.says('"a renewed certificate is in use"');
      const again = await asks();
      // Node closes what is idle for five seconds: then it is a new connection, which sees the new one.
      assert.deepEqual([again.status, again.cert], [200, again.reused ? first.cert : second.cert]);
      const before = reader.heard.length;
      await reader.hears(/\n\n/, before);
      assert.equal(reader.closed, false);
      const over = await box.page(({ event, dedup_key: key }) => event === 'resolve' && key === asked.dedup_key);
      assert.equal(over.reason, 'resolved');
    } finally {
      agent.destroy();
    }
    daemon.signal('SIGTERM');
    assert.equal(await daemon.ended, 0);
  });

  it('is told by validate what is wrong with its certificate, or soon will be', async () => {
    using here = site({ listen: '127.0.0.1:0', url: 'https://127.0.0.1', tls: { cert: './http.pem', key: { file: './http.key' } } });
    const fine = makeCertificate();
    const other = makeCertificate();
    const cases: readonly (readonly [{ cert: string; key: string }, number, RegExp])[] = [
      [fine, 0, /^(?!.*warning)/s],
      [{ ...fine, key: other.key }, 78, /^config\.yaml:\d+:\d+ +watchdog\.tls\.cert .*do not make a pair .*RC_CERTIFICATE_UNUSABLE$/m],
      [{ ...fine, cert: 'hello' }, 78, /watchdog\.tls\.cert .*is none: it must be PEM.*RC_CERTIFICATE_UNUSABLE$/m],
      [makeCertificate({ from: -90 * DAY_MS, until: -DAY_MS }), 78, /watchdog\.tls\.cert .*ended on \d{4}-.*RC_CERTIFICATE_OVER$/m],
      [makeCertificate({ from: DAY_MS }), 78, /watchdog\.tls\.cert .*does not count before \d{4}-.*RC_CERTIFICATE_OVER$/m],
      [
        makeCertificate({ from: -80 * DAY_MS, until: 10 * DAY_MS }),
        0,
        /^warning: config\.yaml:\d+:\d+ +watchdog\.tls\.cert .*ends on .*RC_CERTIFICATE_ENDING$/m,
      ],
      // One of those that last for a week, fresh.
      [makeCertificate({ until: 7 * DAY_MS }), 0, /^(?!.*warning)/s],
      // One between it and the authority ends sooner than it.
      [
        { ...fine, cert: `${fine.cert}${makeCertificate({ from: -80 * DAY_MS, until: DAY_MS }).cert}` },
        0,
        /^warning: .*RC_CERTIFICATE_ENDING$/m,
      ],
    ];
    const validated = async (pair: { cert: string; key: string }, ...args: string[]) => {
      here.write('http.pem', pair.cert);
      here.write('http.key', pair.key, 0o600);
      return runCli(['validate', ...args], { cwd: here.path });
    };
    for (const [pair, code, said] of cases) {
      const ran = await validated(pair);
      assert.equal(ran.code, code, ran.stdout);
      assert.match(ran.stdout, said);
      assert.doesNotMatch(ran.stdout, /PRIVATE|BEGIN EC/);
    }
    rmSync(join(here.path, 'http.pem'));
    here.rewrite({ manifest: { expires: 'soon' } });
    const both = await runCli(['validate', '--json'], { cwd: here.path });
    assert.equal(both.code, 78);
    const { complaints } = JSON.parse(both.stdout) as { complaints: { code: string }[] };
    assert.deepEqual(
      complaints.map(({ code }) => code),
      ['RC_CERTIFICATE_UNUSABLE', 'RC_EXPIRES_INVALID'],
      'everything at once',
    );
    here.rewrite({
      manifest: {},
      config: {
        watchdog: {
          name: 'tester',
          listen: '127.0.0.1:0',
          url: 'https://elsewhere.example',
          tls: { cert: './http.pem', key: { file: './http.key' } },
        },
      },
    });
    const named = await validated(fine, '--json');
    const { ok, warnings } = JSON.parse(named.stdout) as { ok: boolean; warnings: { code: string; path: string }[] };
    assert.deepEqual([named.code, ok, warnings.map(({ code }) => code)], [0, true, ['RC_CERTIFICATE_NAME']]);
  });

  it('refuses a key that others can read, and a pair that is none, before anything is watched', async () => {
    using here = site({ listen: '127.0.0.1:0', tls: { cert: './http.pem', key: { file: './http.key' } } });
    const pair = makeCertificate();
    here.write('http.pem', pair.cert);
    const key = here.write('http.key', makeCertificate().key, 0o644);
    const validated = await runCli(['validate'], { cwd: here.path });
    assert.equal(validated.code, 78);
    assert.match(validated.stderr + validated.stdout, /watchdog\.tls\.key .*can be read or changed by others .*RC_SECRET_UNREADABLE/);
    chmodSync(key, 0o600);
    const watched = await runCli(['watch'], { cwd: here.path });
    assert.equal(watched.code, 78);
    assert.match(watched.stderr, /cannot listen on 127\.0\.0\.1:0 \(watchdog\.listen\): .*do not make a pair/);
  });

  it('is refused in clear', async () => {
    using here = site({ listen: '0.0.0.0:7878', token: { env: 'TOKEN' } });
    const { code, stdout, stderr } = await runCli(['validate'], { cwd: here.path, env: { TOKEN: 'x' } });
    assert.equal(code, 78);
    assert.match(stdout + stderr, /RC_LISTEN_PLAIN/);
  });

  it('answers on a socket for a proxy', async () => {
    using here = new Site();
    const socket = join(here.path, 'http.sock');
    here.rewrite({
      resources: [volume('tmp', '/tmp')],
      config: { watchdog: { name: 'tester', state: './state', listen: `unix:${socket}`, url: 'https://roll.example' } },
    });
    await using daemon = startCli(['watch'], { cwd: here.path });
    await daemon.says('"watching"');
    assert.equal(statSync(socket).mode & 0o777, 0o660);
    const ask = (host: string): Promise<number | undefined> =>
      new Promise((resolve, reject) => {
        request({ socketPath: socket, path: '/readyz', headers: { host } }, (answer) => resolve(answer.resume().statusCode))
          .once('error', reject)
          .end();
      });
    assert.notEqual(await ask('roll.example'), 421);
    assert.equal(await ask('elsewhere.example'), 421);
  });
});
