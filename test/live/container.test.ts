import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmod, chown, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { makeFolder, type Folder } from '../support/folder.ts';

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const TAG = `rollcall-live-test:${process.pid}`;
const HARDENED = ['--read-only', '--cap-drop=ALL', '--security-opt=no-new-privileges'];
// A machine that reaches an image registry needs to set nothing.
const NODE_IMAGE = process.env['ROLLCALL_TEST_NODE_IMAGE'];

interface Ended {
  readonly code: number;
  readonly out: string;
}

async function docker(...args: string[]): Promise<Ended> {
  try {
    const { stdout, stderr } = await run('docker', args, { maxBuffer: 16 * 1024 * 1024 });
    return { code: 0, out: stdout + stderr };
  } catch (error) {
    const { code, stdout = '', stderr = '' } = error as { code?: unknown; stdout?: string; stderr?: string };
    return { code: typeof code === 'number' ? code : -1, out: `${stdout}${stderr}` };
  }
}

async function until(holds: () => Promise<boolean>, what: string): Promise<void> {
  const end = performance.now() + 120_000;
  while (performance.now() < end) {
    if (await holds()) return;
    await sleep(200);
  }
  throw new assert.AssertionError({ message: `not within 30 s: ${what}` });
}

describe('the image', function () {
  this.timeout(300_000);
  let folder: Folder;

  before(async () => {
    const arg = NODE_IMAGE === undefined ? [] : [`--build-arg=NODE_IMAGE=${NODE_IMAGE}`];
    const built = await docker('build', '--network=host', ...arg, '--tag', TAG, ROOT);
    assert.equal(built.code, 0, built.out);
    folder = makeFolder();
    await chmod(folder.path, 0o755);
    await mkdir(join(folder.path, 'dumps'));
    for (const day of [1, 2]) await writeFile(join(folder.path, 'dumps', `day-${day}.bin`), 'a dump of some bytes');
    await writeFile(
      join(folder.path, 'config.yaml'),
      `watchdog: { name: boxed }
manifest: ./manifest.yaml
connections: { disk: { probe: file } }
defaults: { sweep: 1s, inspect: 1s }
pagers: { here: { type: console } }
routes: [{ pagers: [here] }]
`,
    );
    await writeFile(
      join(folder.path, 'manifest.yaml'),
      `schema: rollcall/manifest/v1
manifest: boxed
version: 1
resources:
  - { id: dumps, kind: file.backups, connection: disk, path: /etc/rollcall/dumps/*.bin, expect: { min_count: 2 } }
`,
    );
  });
  after(async () => {
    folder?.remove();
    await docker('rmi', '--force', TAG);
  });

  const rollcall = async (...args: string[]) =>
    docker('run', '--rm', ...HARDENED, '--volume', `${folder.path}:/etc/rollcall:ro`, TAG, ...args);

  it('holds Node and the app, and neither a shell, a package manager nor a development dependency', async () => {
    const { out } = await rollcall('version');
    assert.match(out, /^\d+\.\d+\.\d+\n$/);
    for (const program of ['sh', 'bash', 'npm', 'ls'])
      assert.notEqual((await docker('run', '--rm', ...HARDENED, '--entrypoint', program, TAG)).code, 0, program);
    const script =
      "const fs = require('node:fs'); console.log(['typescript', 'mocha', 'node', 'testcontainers', 'zod'].filter((name) => fs.existsSync('/app/node_modules/' + name)).join())";
    assert.deepEqual(await docker('run', '--rm', ...HARDENED, '--entrypoint', 'node', TAG, '-e', script), { code: 0, out: 'zod\n' });
  });

  it('says what it is made of, each package and library with its digest', async () => {
    const script =
      "const fs = require('node:fs'); console.log(fs.readFileSync('/app/sbom.cdx.json', 'utf8')); console.error(['package-lock.json', '.npmrc', 'scripts'].filter((name) => fs.existsSync('/app/' + name)).join())";
    const { code, out } = await docker('run', '--rm', ...HARDENED, '--entrypoint', 'node', TAG, '-e', script);
    assert.equal(code, 0, out);
    const { bomFormat, metadata, components } = JSON.parse(out) as {
      bomFormat: string;
      metadata: { component: { name: string } };
      components: { name: string; hashes: { content: string }[] }[];
    };
    assert.deepEqual([bomFormat, metadata.component.name], ['CycloneDX', 'rollcall']);
    const names = components.map(({ name }) => name);
    for (const wanted of ['pg', 'zod', 'hono', 'node']) assert.ok(names.includes(wanted), wanted);
    assert.ok(!names.includes('typescript') && names.some((name) => /libc\.so/.test(name)), names.join());
    for (const { name, hashes } of components) assert.match(hashes[0]?.content ?? '', /^[0-9a-f]{64,}$/, name);
  });

  it('has no secret in it: neither in its environment nor in how it was made', async () => {
    const { out: environment } = await docker('inspect', '--format', '{{json .Config.Env}}', TAG);
    assert.deepEqual(JSON.parse(environment), ['PATH=/usr/local/bin', 'STATE_DIRECTORY=/var/lib/rollcall']);
    const { out: history } = await docker('history', '--no-trunc', '--format', '{{.CreatedBy}}', TAG);
    assert.doesNotMatch(history, /token|password|_authToken|NODE_EXTRA_CA/i);
  });

  it('does not run as root', async () => {
    const { out } = await docker(
      'run',
      '--rm',
      ...HARDENED,
      '--entrypoint',
      'node',
      TAG,
      '-p',
      'process.getuid() + ":" + process.getgid()',
    );
    assert.equal(out, '65532:65532\n');
  });

  it('validates and checks on a read-only root without a capability', async () => {
    const validated = await rollcall('validate');
    assert.equal(validated.code, 0, validated.out);
    const checked = await rollcall('check', '--json');
    assert.equal(checked.code, 0, checked.out);
    assert.equal((JSON.parse(checked.out) as { counts: { present: number } }).counts.present, 1);
  });

  it('reads its secrets as the files that compose and Kubernetes hand over, and no others', async () => {
    const config = `connections: { disk: { probe: file } }
manifest: ./manifest.yaml
watchdog: { name: boxed }
pagers: { here: { type: webhook, url: { credential: hook } } }
routes: [{ pagers: [here] }]
`;
    await writeFile(join(folder.path, 'secret.yaml'), config);
    const secrets = join(folder.path, 'secrets');
    await mkdir(secrets);
    const hook = join(secrets, 'hook');
    await writeFile(hook, 'http://127.0.0.1:9/hook');
    const validate = async (uid: number, gid: number, mode: number) => {
      await chown(hook, uid, gid);
      await chmod(hook, mode);
      const mounts = ['--volume', `${folder.path}:/etc/rollcall:ro`, '--volume', `${secrets}:/run/credentials:ro`];
      const env = ['--env', 'CREDENTIALS_DIRECTORY=/run/credentials'];
      return docker('run', '--rm', ...HARDENED, ...mounts, ...env, TAG, '-c', '/etc/rollcall/secret.yaml', 'validate');
    };
    for (const [uid, gid, mode] of [
      [65532, 65532, 0o400],
      [0, 65532, 0o440],
    ] as const) {
      const { code, out } = await validate(uid, gid, mode);
      assert.equal(code, 0, out);
    }
    const open = await validate(0, 0, 0o444);
    assert.equal(open.code, 78);
    assert.match(open.out, /RC_SECRET_UNREADABLE/);
  });

  it('says by its exit code what is gone', async () => {
    const elsewhere = await docker(
      'run',
      '--rm',
      ...HARDENED,
      '--volume',
      `${folder.path}:/etc/rollcall:ro`,
      '--tmpfs',
      '/etc/rollcall/dumps',
      TAG,
      'check',
    );
    assert.equal(elsewhere.code, 2, elsewhere.out);
  });

  it('watches, answers /healthz, is called healthy, and ends within its time when told to', async () => {
    const started = await docker(
      'run',
      '--detach',
      ...HARDENED,
      '--health-interval=1s',
      '--volume',
      `${folder.path}:/etc/rollcall:ro`,
      TAG,
    );
    assert.equal(started.code, 0, started.out);
    const id = started.out.trim();
    const inspect = async (what: string) => (await docker('inspect', '--format', what, id)).out.trim();
    const ask = async (path: string) =>
      (
        await docker(
          'exec',
          id,
          'node',
          '-e',
          `fetch('http://127.0.0.1:7878${path}').then(async (r) => console.log(r.status, await r.text()))`,
        )
      ).out;
    try {
      await until(async () => (await inspect('{{.State.Health.Status}}')) === 'healthy', `healthy; ${(await docker('logs', id)).out}`);
      assert.match(await ask('/healthz'), /^200 .*"ok":true/);
      // The first process has become the confined one: its own files, its state, the network, and processes that look at files.
      const flags = (await docker('exec', id, 'node', '-p', "require('fs').readFileSync('/proc/1/cmdline', 'utf8').split('\\0').join(' ')"))
        .out;
      assert.match(
        flags,
        / --permission .*--allow-fs-write=\/var\/lib\/rollcall --allow-fs-write=\/var\/lib\/rollcall\/\* --allow-net --allow-child-process /,
      );
      await until(async () => (await ask('/readyz')).startsWith('200 '), 'ready');
      const before = performance.now();
      await docker('stop', '--time', '20', id);
      assert.ok(performance.now() - before < 60_000, 'ended by itself');
      assert.equal(await inspect('{{.State.ExitCode}}'), '0');
    } finally {
      await docker('rm', '--force', '--volumes', id);
    }
  });
});
