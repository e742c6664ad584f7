import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, readlinkSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runCli, startCli } from '../support/cli.ts';
import { freePort } from '../support/free-port.ts';
import { Site, volume } from '../support/site.ts';

const argvOf = (pid: number | string): string[] => readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').slice(0, -1);
const childrenOf = (pid: number): string[] => readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean);

/** What a process with these flags of Node may do, tried. */
function tries(flags: readonly string[], paths: { readonly own: string; readonly other: string }): Record<string, string> {
  const script = `
    const fs = await import('node:fs');
    const attempt = (what) => { try { what(); return 'done'; } catch (error) { return error.code; } };
    const { spawnSync } = await import('node:child_process');
    const { Worker } = await import('node:worker_threads');
    console.log(JSON.stringify({
      read: attempt(() => fs.readFileSync('/etc/passwd')),
      write: attempt(() => fs.writeFileSync(${JSON.stringify(paths.other)}, '')),
      own: attempt(() => fs.writeFileSync(${JSON.stringify(paths.own)}, '')),
      spawn: attempt(() => spawnSync('true')),
      worker: attempt(() => new Worker('0', { eval: true })),
      net: String(process.permission.has('net')),
    }));`;
  const { stdout, stderr } = spawnSync(process.execPath, [...flags, '--input-type=module', '--eval', script], { encoding: 'utf8' });
  return JSON.parse(stdout || `"${stderr}"`) as Record<string, string>;
}

describe('a confined daemon', function () {
  this.timeout(120_000);

  it('is the same process with less to reach for, and so are those that look at files', async () => {
    using site = new Site();
    site.write('data/here', 'yes');
    site.rewrite({ resources: [volume('data', join(site.path, 'data'), { expect: { mounted: false, contains: ['here'] } })] });
    await using daemon = startCli(['watch'], { cwd: site.path });
    await daemon.says('"watching"');
    const flags = argvOf(daemon.pid).filter((word) => word.startsWith('--'));
    assert.ok(flags.includes('--permission'));
    assert.ok(flags.includes('--allow-child-process'), 'the probe of files needs it');
    assert.ok(flags.includes(`--allow-fs-write=${site.state}`));
    assert.doesNotMatch(daemon.stderr, /Warning/);
    const tried = tries(flags, { own: join(site.state, 'tried'), other: join(site.path, 'tried') });
    assert.deepEqual(tried, {
      read: 'ERR_ACCESS_DENIED',
      write: 'ERR_ACCESS_DENIED',
      own: 'done',
      spawn: 'done',
      worker: 'ERR_ACCESS_DENIED',
      net: 'true',
    });
    let child: string | undefined;
    for (; child === undefined; [child] = childrenOf(daemon.pid)) await new Promise((resolve) => setTimeout(resolve, 50));
    const looking = argvOf(child).filter((word) => word.startsWith('--'));
    assert.deepEqual(looking, ['--permission', '--allow-fs-read=*']);
    assert.doesNotMatch(readFileSync(`/proc/${child}/environ`, 'utf8'), /NODE_OPTIONS/);
    assert.deepEqual(tries(looking, { own: join(site.state, 'x'), other: join(site.path, 'x') }), {
      read: 'done',
      write: 'ERR_ACCESS_DENIED',
      own: 'ERR_ACCESS_DENIED',
      spawn: 'ERR_ACCESS_DENIED',
      worker: 'ERR_ACCESS_DENIED',
      net: 'false',
    });
    daemon.signal('SIGTERM');
    assert.equal(await daemon.ended, 0, daemon.stderr);
    assert.ok(readdirSync(site.state).includes('rollcall.db'));
  });

  it('may start no program where nothing needs one', async () => {
    const port = await freePort();
    using site = new Site();
    site.rewrite({
      config: {
        watchdog: { name: 'tester', state: './state', listen: `127.0.0.1:${port}` },
        connections: { other: { probe: 'peer', url: `http://127.0.0.1:${await freePort()}` } },
      },
      resources: [{ id: 'other', kind: 'peer.watcher', connection: 'other' }],
    });
    await using daemon = startCli(['watch'], { cwd: site.path });
    await daemon.says('"watching"');
    const flags = argvOf(daemon.pid).filter((word) => word.startsWith('--'));
    assert.ok(
      flags.includes('--permission') && !flags.includes('--allow-child-process') && !flags.includes('--allow-ffi'),
      flags.join(' '),
    );
    assert.equal(tries(flags, { own: join(site.state, 'x'), other: '/' })['spawn'], 'ERR_ACCESS_DENIED');
    assert.equal((await fetch(`http://127.0.0.1:${port}/`)).status, 200, 'it serves its page all the same');
  });

  it('is not confined with a pager that may be any program, nor where it is told not to', async () => {
    using site = new Site({ resources: [volume('tmp', '/tmp')] });
    for (const [args, pagers] of [
      [['watch'], { own: { type: 'command', program: '/bin/true' } }],
      [['watch', '--unconfined'], { out: { type: 'console' } }],
    ] as const) {
      site.rewrite({ config: { pagers, routes: [{ pagers: Object.keys(pagers) }] } });
      await using daemon = startCli(args, { cwd: site.path });
      await daemon.says('"watching"');
      assert.ok(!argvOf(daemon.pid).includes('--permission'));
      assert.equal(readlinkSync(`/proc/${daemon.pid}/exe`), fileURLToPath(new URL(`file://${process.execPath}`)));
    }
  });

  it('refuses a reload that asks for more than it may do, and goes on', async () => {
    using site = new Site({ resources: [volume('tmp', '/tmp')] });
    await using daemon = startCli(['watch'], { cwd: site.path });
    await daemon.says('"watching"');
    site.rewrite({ config: { pagers: { own: { type: 'command', program: '/bin/true' } }, routes: [{ pagers: ['own'] }] } });
    daemon.signal('SIGHUP');
    await daemon.says('"reload refused"');
    assert.match(daemon.stderr, /may not do what the config now asks for \(.*\): restart for that/);
  });

  it('says to restart where the config now names files that it may not read, whatever they are for', async () => {
    using site = new Site({ resources: [volume('tmp', '/tmp')] });
    using other = new Site();
    const url = other.write('hook.url', 'http://127.0.0.1:9/', 0o600);
    const ca = other.write('ca.pem', 'no certificate');
    const connections = { disk: { probe: 'file', accept: ['root', 'write'] } };
    await using daemon = startCli(['watch'], { cwd: site.path });
    await daemon.says('"watching"');
    const wanted = [
      [url, { pagers: { hook: { type: 'webhook', url: { file: url } } }, routes: [{ pagers: ['hook'] }] }],
      [ca, { connections: { ...connections, other: { probe: 'peer', url: 'https://other.example', ca } } }],
      [other.path, { connections, manifest: join(other.path, 'manifest.yaml') }],
    ] as const;
    for (const [at, [path, config]] of wanted.entries()) {
      site.rewrite({ config });
      daemon.signal('SIGHUP');
      const refusals = (): string[] => daemon.stderr.split('\n').filter((line) => line.includes('"reload refused"'));
      await daemon.heard(() => refusals().length > at);
      const [{ why }] = refusals()
        .slice(at)
        .map((line) => JSON.parse(line) as { why: string }) as [{ why: string }];
      assert.equal(why, `this process may not do what the config now asks for (--allow-fs-read=${path}): restart for that`);
    }
  });

  it('says what is wrong with its files, before anything else', async () => {
    using site = new Site({ config: { routes: [] } });
    const { code, stderr } = await runCli(['watch'], { cwd: site.path });
    assert.equal(code, 78);
    assert.match(stderr, /RC_SEVERITY_UNROUTED/);
  });

  it('that may not use its state folder watches on from memory, and is not louder for it by the second', async () => {
    using site = new Site({ resources: [volume('tmp', '/tmp')] });
    const cli = fileURLToPath(new URL('../../src/cli.ts', import.meta.url));
    const root = fileURLToPath(new URL('../..', import.meta.url));
    const flags = ['--permission', '--allow-child-process', '--allow-net', `--allow-fs-read=${root}*`, `--allow-fs-read=${site.path}/*`];
    const { spawn } = await import('node:child_process');
    const daemon = spawn(process.execPath, [...flags, cli, 'watch'], {
      cwd: site.path,
      env: { PATH: process.env['PATH'] },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let said = '';
    daemon.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
    const lines = (): number => said.split('"the store cannot write"').length - 1;
    try {
      while (!said.includes('"watching"')) await new Promise((resolve) => setTimeout(resolve, 50));
      assert.match(said, /cannot lock .*give the folder and its files to the user/);
      await new Promise((resolve) => setTimeout(resolve, 4000));
      assert.ok(lines() >= 1 && lines() <= 8, `${lines()} lines`);
    } finally {
      const ended = new Promise((resolve) => daemon.once('close', resolve));
      daemon.kill('SIGKILL');
      await ended;
    }
  });
});
