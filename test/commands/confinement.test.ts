import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { confinement, isGranted, type Confining } from '../../src/confine.ts';
import type { Config } from '../../src/config/types.ts';

type Given = Parameters<typeof confinement>[0];

function config(more: Partial<Given> = {}): Given {
  return {
    watchdog: { name: 'w', state: '/var/lib/rollcall', listen: 'off' },
    manifest: '/etc/rollcall/manifest.yaml',
    connections: new Map(),
    pagers: new Map(),
    paths: [],
    secrets: [],
    ...more,
  };
}
const connection = (probe: string): Config['connections'] => new Map([[probe, { name: probe, probe, settings: {} }]]);
const probes: Confining['probes'] = new Map([
  ['file', { spawns: true }],
  ['postgres', {}],
  ['aws', { chained: true }],
]);
const flagsOf = (given: Given, more: Partial<Confining> = {}) =>
  confinement(given, { file: '/etc/rollcall/config.yaml', env: {}, probes, knows: () => true, ...more });
const allowed = (flags: readonly string[] | undefined) => flags?.filter((flag) => flag.startsWith('--allow-') && !flag.includes('='));

describe('what a daemon is left', () => {
  it('is a right to start programs or to call libc only where something needs it', () => {
    const env = { NOTIFY_SOCKET: '/run/systemd/notify' };
    const without = (...flags: string[]) => ({ knows: (flag: string) => !flags.includes(flag) });
    for (const [given, more, rights] of [
      [{}, {}, ['--allow-net']],
      [{ connections: connection('postgres') }, {}, ['--allow-net']],
      [{ connections: connection('file') }, {}, ['--allow-net', '--allow-child-process']],
      [{}, { env }, ['--allow-net', '--allow-ffi']],
      [{}, { env, ...without('--allow-ffi', '--allow-net') }, ['--allow-child-process']],
    ] as const)
      assert.deepEqual(allowed(flagsOf(config(given), more)), rights);
    const pagers: Config['pagers'] = new Map([['own', { type: 'command', name: 'own', program: '/bin/page', args: [], timeout: 1 }]]);
    assert.equal(flagsOf(config({ pagers })), undefined);
    assert.equal(flagsOf(config(), without('--permission')), undefined);
  });

  it('is what the chain of the AWS SDK reads, where something needs it, and the folder of the archive', () => {
    const env = { HOME: '/home/watcher', AWS_WEB_IDENTITY_TOKEN_FILE: '/var/run/secrets/token' };
    const anchor = { bucket: 'b', region: 'r', pathStyle: false, every: 1 };
    const ledger = { witnesses: [], witnessFor: [] };
    const chain = ['--allow-fs-read=/home/watcher/.aws/*', '--allow-fs-read=/var/run/secrets/token'];
    const has = (given: Given) => chain.every((flag) => flagsOf(given, { env })?.includes(flag));
    assert.deepEqual([config(), config({ connections: connection('postgres') })].map(has), [false, false]);
    assert.deepEqual([config({ connections: connection('aws') }), config({ ledger: { ...ledger, anchor } })].map(has), [true, true]);
    const archived = flagsOf(config({ ledger: { ...ledger, archive: { folder: '/srv/archive', after: 1 } } })) ?? [];
    for (const flag of ['--allow-fs-write=/srv/archive', '--allow-fs-write=/srv/archive/*', '--allow-fs-read=/srv/archive/*'])
      assert.ok(archived.includes(flag), flag);
  });

  it('is every file that the config names, as Node itself says, however they lie in each other', () => {
    const paths = [
      '/etc/rollcall/ca.pem',
      '/etc/rollcall',
      '/srv/a/b/c.pem',
      '/srv/a/b',
      '/srv/a/bc',
      '/srv/a/b.pem',
      '/srv/ax',
      '/opt/x',
      '/o',
    ];
    const flags = flagsOf(
      config({
        paths,
        secrets: [{ ref: { file: '/etc/rollcall-secrets/key' }, path: 'x', line: 1, column: 1 }],
        watchdog: { name: 'w', state: '/var/lib/rollcall', listen: { socket: '/run/rollcall/http.sock' } },
      }),
      { env: { CREDENTIALS_DIRECTORY: '/run/credentials' } },
    );
    assert.ok(flags);
    const reads = [
      ...paths,
      '/etc/rollcall/config.yaml',
      '/etc/rollcall/manifest.yaml.alice.sig',
      '/etc/rollcall-secrets/key',
      '/run/credentials/hook',
      '/run/credentials',
      '/var/lib/rollcall',
      '/var/lib/rollcall/rollcall.db-wal',
      import.meta.filename.replace(/test\/.*/, 'src/cli.ts'),
      import.meta.filename.replace(/test\/.*/, 'node_modules/hono/package.json'),
    ];
    const writes = ['/var/lib/rollcall', '/var/lib/rollcall/rollcall.lock', '/run/rollcall/http.sock'];
    const denied = {
      read: ['/etc/passwd', '/etc/rollcall-secrets/other', '/srv/a', '/var/lib', '/root/.ssh/id_rsa'],
      write: ['/etc/rollcall/x', '/tmp/x', '/run/rollcall'],
    };
    const script = `const ask = (what, paths) => paths.filter((path) => process.permission.has(what, path));
      const [reads, writes, denied] = ${JSON.stringify([reads, writes, denied])};
      console.log(JSON.stringify([ask('fs.read', reads), ask('fs.write', writes), ask('fs.read', denied.read), ask('fs.write', denied.write)]));`;
    const { stdout, stderr } = spawnSync(process.execPath, [...flags, '--eval', script], { encoding: 'utf8' });
    assert.deepEqual(JSON.parse(stdout || `"${stderr}"`), [reads, writes, [], []]);
  });

  it('covers what lies in a folder that was granted, and nothing beside it', () => {
    const flags = ['--permission', '--allow-fs-read=/srv/a', '--allow-fs-read=/srv/a/*', '--allow-fs-read=/srv/b'];
    const granted = ['--permission', '--allow-fs-read=/srv/a', '--allow-fs-read=/srv/a/b/c.pem', '--allow-fs-read=/srv/a/b/*'];
    const beyond = [
      '--allow-fs-read=/srv/ab',
      '--allow-fs-read=/srv/b/*',
      '--allow-fs-read=/srv',
      '--allow-fs-write=/srv/a/b',
      '--allow-ffi',
    ];
    for (const [asked, is] of [...granted.map((flag) => [flag, true] as const), ...beyond.map((flag) => [flag, false] as const)])
      assert.equal(isGranted(asked, flags), is, asked);
  });
});
