import assert from 'node:assert/strict';
import { chmodSync, statSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { once } from 'node:events';
import { makeCertificate } from '../support/certificate.ts';
import { runCli, startCli } from '../support/cli.ts';
import { freePort } from '../support/free-port.ts';
import { Site, volume } from '../support/site.ts';

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
