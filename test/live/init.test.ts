import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { makeFolder } from '../support/folder.ts';
import { KEYS, Typist } from '../support/typist.ts';

const CLI = fileURLToPath(new URL('../../src/cli.ts', import.meta.url));
const { enter, cancel, erase } = KEYS;
const SECRET = 'postgres://nobody:never-shown-word@127.0.0.1:1/postgres';

/** `rollcall init` at a pseudo-terminal, which script(1) makes. */
function start(cwd: string, typist: Typist) {
  const child = spawn('script', ['--quiet', '--flush', '--return', '--command', `exec '${process.execPath}' '${CLI}' init`, '/dev/null'], {
    cwd,
    env: { PATH: process.env['PATH'], TERM: 'xterm-256color', SHELL: '/bin/sh' },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  typist.input.pipe(child.stdin);
  child.stdout.pipe(typist.output);
  return { child, ended: once(child, 'close').then(([code]) => code as number | null) };
}

describe('rollcall init at a pseudo-terminal', function () {
  this.timeout(300_000);

  it('asks, shows no secret, writes, and says what does not answer', async () => {
    const folder = makeFolder();
    const typist = new Typist();
    const { child, ended } = start(folder.path, typist);
    try {
      await typist.answer('What is this watcher called?', `${erase}vault-eu${enter}`);
      await typist.choose('What is to be watched?', 'a PostgreSQL server');
      await typist.answer('called here?', `${erase}orders-pg${enter}`);
      await typist.answer('How is it reached?', `${SECRET}${enter}`);
      await typist.answer('What else is to be watched?', enter);
      await typist.choose('Who is told', 'only the standard output');
      await typist.answer("dead man's switch", enter);
      const code = await ended;
      assert.ok(!typist.shown.includes('never-shown-word'), 'a secret is not shown as it is typed');
      assert.match(typist.shown, /orders-pg: the server could not be looked into: unreachable/);
      assert.equal(readFileSync(join(folder.path, 'orders-pg.url'), 'utf8'), `${SECRET}\n`);
      assert.equal(
        (parse(readFileSync(join(folder.path, 'config.yaml'), 'utf8')) as { watchdog: { name: string } }).watchdog.name,
        'vault-eu',
      );
      assert.equal(code, 78, 'a roll with nobody on it is not in order');
    } finally {
      child.kill('SIGKILL');
      folder.remove();
    }
  });

  it('gives the terminal back when it is broken off', async () => {
    const folder = makeFolder();
    const typist = new Typist();
    const { child, ended } = start(folder.path, typist);
    try {
      await typist.answer('What is this watcher called?', cancel);
      assert.equal(await ended, 64);
      assert.ok(typist.shown.lastIndexOf('\u001b[?25h') > typist.shown.lastIndexOf('\u001b[?25l'), 'the cursor is shown again');
      assert.ok(!existsSync(join(folder.path, 'config.yaml')));
    } finally {
      child.kill('SIGKILL');
      folder.remove();
    }
  });
});
