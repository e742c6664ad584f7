import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../support/source-file.ts';
import { commandsOf } from '../support/commands.ts';

interface Package {
  readonly name: string;
  readonly version: string;
  readonly type: string;
  readonly license: string;
  readonly bin: Record<string, string>;
  readonly files: readonly string[];
  readonly engines: { readonly node: string };
  readonly scripts: Record<string, string>;
  readonly allowScripts: Record<string, boolean>;
  readonly dependencies: Record<string, string>;
  readonly devDependencies: Record<string, string>;
  readonly overrides: Record<string, string>;
}
interface Locked {
  readonly version?: string;
  readonly dev?: boolean;
  readonly devOptional?: boolean;
  readonly hasInstallScript?: boolean;
  readonly dependencies?: Record<string, string>;
  readonly devDependencies?: Record<string, string>;
}

const text = (name: string) => readFileSync(join(ROOT, name), 'utf8');
const manifest = JSON.parse(text('package.json')) as Package;
const lock = (JSON.parse(text('package-lock.json')) as { packages: Record<string, Locked> }).packages;
/** What `npm run build` makes; everything else that is packed lies in the repository. */
const BUILT = new Set(['dist', 'schemas', 'man', 'sbom.cdx.json']);

const nameOf = (path: string) => path.split('node_modules/').at(-1) ?? path;
const isExact = (version: string) => /^(?:npm:@?[\w./-]+@)?\d+\.\d+\.\d+(?:-[\w.]+)?$/.test(version);
const unpinned = (versions: Record<string, string>) => Object.keys(versions).filter((name) => !isExact(versions[name] ?? ''));
/** Packages with an install script that nobody has said yes or no to. */
const undecided = (packages: Record<string, Locked>, decided: Record<string, boolean>) =>
  [...new Set(Object.entries(packages).flatMap(([path, { hasInstallScript }]) => (hasInstallScript ? [nameOf(path)] : [])))].filter(
    (name) => !(name in decided),
  );

describe('package.json', () => {
  it('pins every dependency exactly, as the lock file has it', () => {
    const all = { ...manifest.dependencies, ...manifest.devDependencies, ...manifest.overrides };
    assert.deepEqual(unpinned(all), []);
    assert.deepEqual(lock['']?.dependencies, manifest.dependencies);
    assert.deepEqual(lock['']?.devDependencies, manifest.devDependencies);
    assert.deepEqual(unpinned({ a: '^1.0.0', b: '~1.0.0', c: '1', d: 'latest', e: '>=1.0.0', f: 'npm:x@^1.0.0', g: '1.0.0' }), [
      'a',
      'b',
      'c',
      'd',
      'e',
      'f',
    ]);
  });

  it('decides about every install script, and lets only the one of Node run', () => {
    assert.deepEqual(undecided(lock, manifest.allowScripts), []);
    assert.deepEqual(
      Object.keys(manifest.allowScripts).filter((name) => manifest.allowScripts[name]),
      ['node'],
    );
    const known = new Set(Object.keys(lock).map(nameOf));
    assert.deepEqual(
      Object.keys(manifest.allowScripts).filter((name) => !known.has(name)),
      [],
    );
    assert.deepEqual(undecided({ 'node_modules/a/node_modules/@b/c': { hasInstallScript: true }, 'node_modules/d': {} }, {}), ['@b/c']);
  });

  it('has no production dependency with an install script', () => {
    const production = Object.entries(lock).filter(([path, { dev, devOptional }]) => path !== '' && !dev && !devOptional);
    assert.ok(production.length >= Object.keys(manifest.dependencies).length);
    assert.deepEqual(
      production.filter(([, { hasInstallScript }]) => hasInstallScript).map(([path]) => path),
      [],
    );
  });

  it('runs its scripts on the Node that it pins, which its own engines allow', () => {
    const pinned = manifest.devDependencies['node'] ?? '';
    assert.equal(execFileSync(join(ROOT, 'node_modules/.bin/node'), ['--version'], { encoding: 'utf8' }).trim(), `v${pinned}`);
    assert.equal(process.versions.node, pinned, 'the tests run on it too');
    const [, major, minor] = /^>=(\d+)\.(\d+)$/.exec(manifest.engines.node) ?? [];
    assert.ok(Number(major) >= 24 && minor !== undefined);
    assert.ok(Number(pinned.split('.')[0]) >= Number(major));
  });

  it('packs what exists, with a program that the build makes from a source', () => {
    for (const file of manifest.files) if (!BUILT.has(file)) assert.ok(existsSync(join(ROOT, file)), file);
    for (const file of ['README.md', 'LICENSE']) assert.ok(existsSync(join(ROOT, file)), file);
    const bin = manifest.bin['rollcall'] ?? '';
    assert.match(bin, /^dist\/.*\.js$/);
    const source = bin.replace(/^dist\//, 'src/').replace(/\.js$/, '.ts');
    assert.match(text(source), /^#!\/usr\/bin\/env node\n/);
    assert.equal(manifest.type, 'module');
    assert.equal(manifest.license, 'Apache-2.0');
    assert.match(text('LICENSE'), /Apache License\s+Version 2\.0/);
  });

  it('names no script that calls a file which is not there', () => {
    const files = Object.values(manifest.scripts).flatMap((script) => script.match(/[\w./-]+\.(?:ts|yaml)\b/g) ?? []);
    assert.ok(files.length > 3);
    assert.deepEqual(
      files.filter((file) => !existsSync(join(ROOT, file))),
      [],
    );
  });
});

/** The command that a line starts: the first word after the program and its options. */
const commandIn = (words: readonly string[]) => words.find((word, index) => !word.startsWith('-') && words[index - 1] !== '-c');

describe('what starts rollcall', () => {
  it('as a unit calls commands that exist, and asks for no protection that Node cannot live with', async () => {
    const commands = await commandsOf();
    for (const name of readdirSync(join(ROOT, 'systemd')).filter((file) => file.endsWith('.service'))) {
      const unit = text(`systemd/${name}`);
      const [, line = ''] = /^ExecStart=(?:\/usr\/bin\/env node [-\w= ]+ )?\/usr\/local\/bin\/rollcall (.*)$/m.exec(unit) ?? [];
      assert.ok(commands.includes(commandIn(line.split(' ')) ?? ''), `${name}: ${line}`);
      assert.doesNotMatch(unit, /^MemoryDenyWriteExecute=/m);
      assert.match(unit, /^DynamicUser=yes$/m);
    }
    assert.match(text('systemd/rollcall.service'), /^Type=notify$/m);
    assert.match(text('systemd/rollcall.service'), /^WatchdogSec=/m);
  });

  it('as an image calls a file and a command that exist, on a Node that will do, as nobody in particular', async () => {
    const dockerfile = text('Dockerfile');
    const [, entry = ''] =
      /^ENTRYPOINT \["node", "--optimize-for-size", "--min-semi-space-size=4", "--max-semi-space-size=4", "--no-parallel-scavenge", "\/app\/(.*)"\]$/m.exec(
        dockerfile,
      ) ?? [];
    assert.ok(existsSync(join(ROOT, entry)), entry);
    const [, command = ''] = /^CMD \["(.*)"\]$/m.exec(dockerfile) ?? [];
    assert.ok((await commandsOf()).includes(command), command);
    assert.match(dockerfile, new RegExp(`^ARG NODE_IMAGE=node:${manifest.devDependencies['node']?.split('.')[0]}-slim$`, 'm'));
    assert.match(dockerfile, /^USER 65532:65532$/m);
    for (const [, copied = ''] of dockerfile.matchAll(/^COPY (?!--)(.*) \S+$/gm))
      for (const file of copied.split(' ')) {
        assert.ok(existsSync(join(ROOT, file)), file);
        assert.match(text('.dockerignore'), new RegExp(`^!${file.replaceAll('.', '\\.')}$`, 'm'), file);
      }
  });
});
