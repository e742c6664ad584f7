/**
 * Makes what the npm package holds: dist/ (JavaScript, because Node strips no types below node_modules, and bundled, because a check is
 * over sooner than two hundred files are found and read), schemas/ for editors, man/, and sbom.cdx.json, which says what is in it.
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const run = (file: string, ...args: string[]): string =>
  execFileSync(file, args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });

rmSync(`${root}/dist`, { recursive: true, force: true });
// Flat, so that what is found by its path at run time lies beside whichever file asks for it.
const { metafile } = await build({
  absWorkingDir: root,
  entryPoints: ['src/cli.ts', 'probes/file/worker.ts'],
  entryNames: '[name]',
  outdir: 'dist',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node24.11',
  minifyWhitespace: true,
  legalComments: 'eof',
  metafile: true,
  logLevel: 'warning',
  // pg asks for it where somebody has it; nobody has. AWS's clients, sixty megabytes, stay packages that are loaded where a manifest needs them.
  external: ['pg-native', '@aws-sdk/*'],
  banner: { js: `import { createRequire as requireFrom } from 'node:module';\nconst require = requireFrom(import.meta.url);` },
});
writeFileSync(`${root}/dist/THIRD-PARTY-LICENSES`, licences(Object.keys(metafile.inputs)));

// What the status page's readers load: served as it is.
for (const name of ['style.css', 'live.js']) copyFileSync(`${root}/src/web/page/${name}`, `${root}/dist/${name}`);

const manifest = JSON.parse(readFileSync(`${root}/package.json`, 'utf8')) as { bin: Record<string, string>; version: string };
const bin = `${root}/${manifest.bin['rollcall']}`;
if (!readFileSync(bin, 'utf8').startsWith('#!/usr/bin/env node\n')) throw new Error(`${bin} does not begin with the line that names Node`);
chmodSync(bin, 0o755);

mkdirSync(`${root}/schemas`, { recursive: true });
for (const name of ['config', 'manifest']) writeFileSync(`${root}/schemas/${name}.schema.json`, run(process.execPath, bin, 'schema', name));

mkdirSync(`${root}/man`, { recursive: true });
writeFileSync(`${root}/man/rollcall.1`, run(process.execPath, bin, 'man'));
run(process.execPath, 'scripts/sbom.ts', 'sbom.cdx.json');

const version = run(process.execPath, bin, 'version').trim();
if (version !== manifest.version) throw new Error(`the build says version ${version}, package.json ${manifest.version}`);
// Found by its path at run time, so no import would miss it.
if (!existsSync(`${root}/dist/worker.js`)) throw new Error('dist/worker.js is missing');
console.log(`dist/, schemas/ and man/ of ${version} are made`);

/** The licence of every package of which a file went into the bundle. @throws Error where one has none. */
function licences(files: readonly string[]): string {
  const packages = new Set(files.flatMap((file) => /^node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? []));
  const texts = [...packages].toSorted().map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(`${root}/${folder}/package.json`, 'utf8')) as Record<string, string>;
    const file = readdirSync(`${root}/${folder}`).find((entry) => /^(?:licen[cs]e|copying)/i.test(entry));
    if (!file && license === undefined) throw new Error(`${folder} has no licence`);
    return `${name} ${version} (${license})\n\n${file ? readFileSync(`${root}/${folder}/${file}`, 'utf8') : ''}`;
  });
  return texts.join(`\n${'-'.repeat(80)}\n\n`);
}
