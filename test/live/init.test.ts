import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { makeFolder } from '../support/folder.ts';
import { KEYS, Typist } from '../support/typist.ts';

const CLI = fileURLToPath(new URL('../../src/cli.ts', import.meta.url));
const { enter, cancel, erase, eof, down } = KEYS;
const SECRET = 'postgres://nobody:never-shown-word@127.0.0.1:1/postgres';

/** `rollcall init` at a pseudo-terminal, which script(1) makes. */
function start(cwd: string, typist: Typist, { env = {}, columns = 80 }: { env?: Readonly<Record<string, string>>; columns?: number } = {}) {
  const command = `stty cols ${columns} rows 24; exec '${process.execPath}' '${CLI}' init`;
  const child = spawn('script', ['--quiet', '--flush', '--return', '--command', command, '/dev/null'], {
    cwd,
    env: { PATH: process.env['PATH'], TERM: 'xterm-256color', SHELL: '/bin/sh', ...env },
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

  for (const [how, key] of [
    ['broken off', cancel],
    ['told that no more comes', eof],
  ] as const)
    it(`gives the terminal back when it is ${how}`, async () => {
      const folder = makeFolder();
      const typist = new Typist();
      const { child, ended } = start(folder.path, typist);
      try {
        await typist.answer('What is this watcher called?', `${erase}${key}`);
        assert.equal(await ended, 64);
        assert.match(typist.shown, /rollcall: broken off; nothing was written/);
        assert.ok(typist.showsCursor, 'the cursor is shown again');
        assert.deepEqual(readdirSync(folder.path), []);
      } finally {
        child.kill('SIGKILL');
        folder.remove();
      }
    });

  for (const [where, options, colour] of [
    ['a terminal without colours', { env: { NO_COLOR: '1' } }, false],
    ['a terminal of twenty columns', { columns: 20 }, true],
  ] as const)
    it(`asks at ${where}`, async () => {
      const folder = makeFolder();
      const typist = new Typist();
      const { child, ended } = start(folder.path, typist, options);
      try {
        await typist.answer('called?', `${erase}vault-eu${enter}`);
        await typist.answer('watched?', `${down}${enter}`);
        await typist.answer('here?', cancel);
        assert.equal(await ended, 64);
        assert.equal(typist.shown.includes('\u001b[36m'), colour);
        assert.deepEqual(readdirSync(folder.path), []);
      } finally {
        child.kill('SIGKILL');
        folder.remove();
      }
    });
});
