import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeFolder } from './folder.ts';

const MOCHA = createRequire(import.meta.url).resolve('mocha/bin/mocha.js');
const REPORTER = fileURLToPath(new URL('reporter.ts', import.meta.url));

describe('a run of tests', () => {
  it('that failed ends, whatever the failed test left listening', () => {
    const folder = makeFolder();
    const file = join(folder.path, 'left.test.mjs');
    writeFileSync(
      file,
      `import { createServer } from 'node:net';
       it('listens and fails', (done) => void createServer().listen(0, '127.0.0.1', () => done(new Error('no'))));
       it('passes', () => {});`,
    );
    const run = spawnSync(process.execPath, [MOCHA, '--no-config', '--reporter', REPORTER, file], { encoding: 'utf8', timeout: 100_000 });
    folder.remove();
    assert.equal(run.status, 1, run.stderr);
    assert.match(run.stdout, /left behind: .*TCPServerWrap.*\n1 passed, 1 failed\n$/s);
  });
});
