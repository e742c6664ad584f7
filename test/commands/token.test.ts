import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { runCli, startCli } from '../support/cli.ts';
import { freePort } from '../support/free-port.ts';
import { Site, volume } from '../support/site.ts';

const digest = (token: string): string => `sha256:${createHash('sha256').update(token).digest('hex')}`;

describe('rollcall token', function () {
  this.timeout(120_000);

  it('prints a token alone on its standard output, and beside it what belongs into config.yaml', async () => {
    const made = async () => runCli(['token', 'grafana', '--scope', 'read', 'metrics', '--expires', '2097-06-30'], { cwd: '/' });
    const [one, other] = [await made(), await made()];
    assert.equal(one.code, 0, one.stderr);
    assert.match(one.stdout, /^rct_[\w-]{43}\n$/);
    assert.notEqual(one.stdout, other.stdout);
    const token = one.stdout.trim();
    assert.ok(one.stderr.includes(`grafana: { scopes: [read, metrics], hash: "${digest(token)}", expires: 2097-06-30 }`), one.stderr);
    assert.ok(!one.stderr.includes(token));
    const json = JSON.parse((await runCli(['token', 'alice', '--scope', 'request', '--human', '--json'], { cwd: '/' })).stdout) as {
      token: string;
      config: unknown;
    };
    assert.deepEqual(json.config, { tokens: { alice: { scopes: ['request'], hash: digest(json.token), kind: 'human' } } });
  });

  it('says what is wrong, and makes none then', async () => {
    for (const args of [
      ['grafana'],
      ['grafana', '--scope', 'write'],
      ['../x', '--scope', 'read'],
      ['x', '--scope', 'read', '--expires', '2027-02-30'],
    ]) {
      const { code, stdout, stderr } = await runCli(['token', ...args], { cwd: '/' });
      assert.deepEqual([code, stdout], [64, ''], args.join(' '));
      assert.ok(stderr.length > 10);
    }
  });

  it('makes none that would never count, nor one for a person who may not ask', async () => {
    const yesterday = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);
    for (const [args, said] of [
      [['--scope', 'read', '--expires', '2020-01-01'], /^rollcall: expires is a day that is over: .*name one to come$/m],
      [['--scope', 'read', '--expires', yesterday, '--json'], /^rollcall: expires is a day that is over/m],
      [['--scope', 'read', 'claim', '--human'], /^rollcall: --human .*: add --scope request$/m],
    ] as const) {
      const { code, stdout, stderr } = await runCli(['token', 'x', ...args], { cwd: '/' });
      assert.deepEqual([code, stdout], [64, '']);
      assert.match(stderr, said);
    }
  });

  it('says how a name must be, and makes none for one that config.yaml could not hold', async () => {
    for (const name of ['a b', '../x', '__proto__']) {
      const { code, stdout, stderr } = await runCli(['token', name, '--scope', 'read'], { cwd: '/' });
      assert.deepEqual([code, stdout], [64, ''], name);
      assert.equal(
        stderr,
        `rollcall: ${name} must begin with a letter or a digit and go on with letters, digits, ".", "_" or "-", at most 40 characters in all\n`,
      );
    }
  });

  it('makes what a running watcher takes after a reload, and no more once it is taken out', async () => {
    const port = await freePort();
    using site = new Site({ resources: [volume('tmp', '/tmp')] });
    const config = (tokens: object) =>
      site.rewrite({ config: { watchdog: { name: 'tester', state: './state', listen: `127.0.0.1:${port}` }, tokens } });
    const { token, config: entry } = JSON.parse(
      (await runCli(['token', 'cursor', '--scope', 'claim', 'read', '--json'], { cwd: site.path })).stdout,
    ) as { token: string; config: { tokens: object } };
    config({});
    await using daemon = startCli(['watch'], { cwd: site.path });
    await daemon.says('"watching"');
    const claim = async (more: Record<string, string> = {}) =>
      runCli(['claim', 'all is well', '--to', `http://127.0.0.1:${port}`], {
        cwd: site.path,
        env: { ROLLCALL_CLAIM_TOKEN: token, ...more },
      });
    const read = async () =>
      (await fetch(`http://127.0.0.1:${port}/api/v1/status`, { headers: { authorization: `Bearer ${token}` } })).status;
    assert.match((await claim()).stderr, /not taken: answered 401/);
    for (const [tokens, loaded] of [
      [entry.tokens, 1],
      [{}, 2],
    ] as const) {
      config(tokens);
      daemon.signal('SIGHUP');
      for (let said = 0; said < loaded;) {
        await new Promise((resolve) => setTimeout(resolve, 50));
        said = daemon.stderr.split('"a manifest was loaded"').length - 1;
      }
      const { code, stderr } = await claim();
      assert.equal(code, loaded === 1 ? 0 : 2, stderr);
      assert.equal(await read(), 200);
      assert.equal((await fetch(`http://127.0.0.1:${port}/api/v1/status`)).status, loaded === 1 ? 401 : 200);
    }
    assert.match(daemon.stderr, /"holder":"cursor".*"msg":"a token was used"/);
    assert.ok(!daemon.stderr.includes(token));
  });
});
