/** Makes what the npm package holds: dist/ (JavaScript; Node strips no types below node_modules) and schemas/ for editors. */
import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const run = (file: string, ...args: string[]): string =>
  execFileSync(file, args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });

rmSync(`${root}/dist`, { recursive: true, force: true });
run('node_modules/.bin/tsc', '-p', 'tsconfig.build.json');

// What the status page's readers load: served as it is.
cpSync(`${root}/src/web/assets`, `${root}/dist/src/web/assets`, { recursive: true });

const manifest = JSON.parse(readFileSync(`${root}/package.json`, 'utf8')) as { bin: Record<string, string>; version: string };
const bin = `${root}/${manifest.bin['rollcall']}`;
if (!readFileSync(bin, 'utf8').startsWith('#!/usr/bin/env node\n')) throw new Error(`${bin} does not begin with the line that names Node`);
chmodSync(bin, 0o755);

mkdirSync(`${root}/schemas`, { recursive: true });
for (const name of ['config', 'manifest']) writeFileSync(`${root}/schemas/${name}.schema.json`, run(process.execPath, bin, 'schema', name));

const version = run(process.execPath, bin, 'version').trim();
if (version !== manifest.version) throw new Error(`the build says version ${version}, package.json ${manifest.version}`);
// Found by its path at run time, so no import would miss it.
if (!existsSync(`${root}/dist/probes/file/worker.js`)) throw new Error('dist/probes/file/worker.js is missing');
console.log(`dist/ and schemas/ of ${version} are made`);
