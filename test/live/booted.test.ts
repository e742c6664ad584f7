import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { boot, until, type Booted } from '../support/booted.ts';
import { makeFolder, type Folder } from '../support/folder.ts';
import { startReceiver, type Receiver } from '../support/receiver.ts';

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const TREE = process.env['ROLLCALL_TEST_DEBIAN_TREE'];
const SECRET = 'a-path-nobody-may-read';
const UNITS = ['rollcall.service', 'rollcall-check.service', 'rollcall-check.timer', 'rollcall-confined.slice'];

describe('the package under a real systemd', function () {
  this.timeout(300_000);
  let folder: Folder;
  let receiver: Receiver;
  let machine: Booted;

  before(async () => {
    assert.ok(TREE !== undefined, 'ROLLCALL_TEST_DEBIAN_TREE names no Debian with systemd to boot');
    folder = makeFolder();
    receiver = await startReceiver();
    await install(join(folder.path, 'local'));
    writeSite(join(folder.path, 'etc'), `${receiver.url}/${SECRET}`);
    const drop = join(folder.path, 'drop');
    mkdirSync(drop);
    // As an operator would name a secret; and shorter times than the unit's, for a test to wait.
    writeFileSync(
      join(drop, 'site.conf'),
      '[Service]\nLoadCredential=hook:/etc/rollcall/credentials/hook\nWatchdogSec=5\nTimeoutAbortSec=3\nRestartSec=1\n',
    );
    writeFileSync(join(drop, 'check.conf'), '[Service]\nLoadCredential=hook:/etc/rollcall/credentials/hook\n');
    const shipped = join(folder.path, 'local/lib/node_modules/rollcall/systemd');
    machine = await boot(TREE, [
      `${folder.path}/local:/usr/local`,
      `${folder.path}/etc:/etc/rollcall`,
      ...UNITS.map((unit) => `${shipped}/${unit}:/etc/systemd/system/${unit}`),
      `${drop}/site.conf:/etc/systemd/system/rollcall.service.d/site.conf`,
      `${drop}/check.conf:/etc/systemd/system/rollcall-check.service.d/site.conf`,
    ]);
  });
  after(async () => {
    await machine?.stop();
    await receiver?.close();
    folder?.remove();
  });

  const show = async (property: string, unit = 'rollcall') =>
    (await machine.run('systemctl', 'show', `--property=${property}`, '--value', unit)).out.trim();
  const journal = async () => (await machine.run('journalctl', '--no-pager', '--unit=rollcall*')).out;

  it('starts, and is started only once it says that it is ready', async () => {
    const started = await machine.run('systemctl', 'start', 'rollcall');
    assert.equal(started.code, 0, await journal());
    assert.equal(await show('ActiveState'), 'active');
    assert.match(await show('StatusText'), /^watching 1 resource/);
  });

  it('is a user without a name in passwd, without a capability, and cannot write where it looks', async () => {
    const pid = await show('MainPID');
    const { out: status } = await machine.run('cat', `/proc/${pid}/status`);
    assert.doesNotMatch(status, /^Uid:\t0\b/m);
    assert.match(status, /^CapBnd:\t0+$/m);
    assert.match(status, /^NoNewPrivs:\t1$/m);
    assert.match(status, /^Seccomp:\t2$/m);
    const { out: mounts } = await machine.run('cat', `/proc/${pid}/mountinfo`);
    assert.match(mounts, / \/ ro[, ]/m);
  });

  it('is confined by Node besides, and may call libc for the sake of systemd alone', async () => {
    const pid = await show('MainPID');
    const { out } = await machine.run('sh', '-c', `tr '\\0' '\\n' </proc/${pid}/cmdline`);
    const flags = out.split('\n').filter((word) => word.startsWith('--'));
    for (const flag of ['--permission', '--allow-net', '--allow-ffi', '--allow-child-process', '--allow-fs-write=/var/lib/rollcall'])
      assert.ok(flags.includes(flag), `${flag} is not in ${flags.join(' ')}`);
    assert.deepEqual(
      flags.filter((flag) => flag.startsWith('--allow-fs-write=')),
      ['--allow-fs-write=/var/lib/rollcall', '--allow-fs-write=/var/lib/rollcall/*'],
    );
  });

  it('has its secret where nobody else can read it, and neither in its environment, its arguments nor its log', async () => {
    const pid = await show('MainPID');
    const as = async (user: string) =>
      machine.run('setpriv', `--reuid=${user}`, '--regid=65534', '--clear-groups', 'cat', '/run/credentials/rollcall.service/hook');
    const others = await as('65534');
    assert.notEqual(others.code, 0);
    assert.match(others.out, /Permission denied/);
    const own = (await machine.run('cat', `/proc/${pid}/status`)).out.match(/^Uid:\t(\d+)/m)?.[1];
    assert.match((await as(own ?? '')).out, new RegExp(SECRET), 'it can read it itself');
    const process = (await machine.run('cat', `/proc/${pid}/environ`, `/proc/${pid}/cmdline`)).out;
    assert.match(process, /CREDENTIALS_DIRECTORY/);
    assert.doesNotMatch(process + (await journal()), new RegExp(SECRET));
  });

  it('is killed and started again when its loop stands still', async () => {
    const before = await show('MainPID');
    await machine.run('sh', '-c', `kill -STOP ${before}`);
    const again = await until(
      async () => {
        const pid = await show('MainPID');
        return pid !== before && pid !== '0' && (await show('ActiveState')) === 'active' ? pid : undefined;
      },
      `not started again: ${await journal()}`,
    );
    assert.notEqual(again, before);
    assert.match(await journal(), /watchdog/i);
  });

  it('pages from there when something is gone', async () => {
    assert.equal(receiver.requests.length, 0, 'nothing was wrong yet');
    rmSync(join(folder.path, 'etc/dumps/day-2.bin'));
    const [page] = await receiver.received(1);
    assert.ok(page !== undefined);
    assert.equal(page.path, `/${SECRET}`);
    assert.match(page.text, /dumps/);
  });

  it('calls the roll once by its timer, beside the daemon, and fails the unit for what is gone', async () => {
    assert.equal((await machine.run('systemctl', 'start', 'rollcall-check.timer')).code, 0);
    assert.equal(await show('ActiveState', 'rollcall-check.timer'), 'active');
    const checked = await machine.run('systemctl', 'start', 'rollcall-check.service');
    assert.notEqual(checked.code, 0);
    assert.equal(await show('ExecMainStatus', 'rollcall-check.service'), '2', await journal());
  });

  it('ends cleanly within its time', async () => {
    assert.equal((await machine.run('systemctl', 'stop', 'rollcall')).code, 0);
    assert.equal(await show('Result'), 'success', await journal());
  });
});

/** What `npm install --global` makes of the packed package, and the Node to run it. */
async function install(prefix: string): Promise<void> {
  const options = { cwd: ROOT, maxBuffer: 16 * 1024 * 1024 };
  await run('npm', ['run', 'build'], options);
  // npm of some versions does not make `lib` itself.
  for (const name of ['bin', 'lib']) mkdirSync(join(prefix, name), { recursive: true });
  await run('npm', ['pack', '--pack-destination', prefix], options);
  const archive = readdirSync(prefix).find((name) => name.endsWith('.tgz'));
  await run('npm', ['install', '--global', '--prefix', prefix, '--omit=dev', '--no-audit', '--no-fund', `${prefix}/${archive}`], options);
  copyFileSync(realpathSync(join(ROOT, 'node_modules/node/bin/node')), join(prefix, 'bin/node'));
}

function writeSite(path: string, hook: string): void {
  mkdirSync(join(path, 'dumps'), { recursive: true });
  mkdirSync(join(path, 'credentials'));
  for (const folder of [join(path, '..'), path, join(path, 'dumps')]) chmodSync(folder, 0o755);
  for (const day of [1, 2]) writeFileSync(join(path, `dumps/day-${day}.bin`), 'a dump of some bytes');
  writeFileSync(join(path, 'credentials/hook'), hook, { mode: 0o600 });
  writeFileSync(
    join(path, 'config.yaml'),
    `watchdog: { name: booted }
manifest: ./manifest.yaml
connections: { disk: { probe: file } }
defaults: { sweep: 1s, inspect: 1s }
pagers: { hook: { type: webhook, url: { credential: hook } } }
routes: [{ pagers: [hook] }]
`,
  );
  writeFileSync(
    join(path, 'manifest.yaml'),
    `schema: rollcall/manifest/v1
manifest: booted
version: 1
resources:
  - { id: dumps, kind: file.backups, connection: disk, path: /etc/rollcall/dumps/*.bin, expect: { min_count: 2 } }
`,
  );
}
