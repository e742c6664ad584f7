import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { file } from '../../../probes/file/index.ts';
import { shellPattern } from '../../../probes/file/shell-text.ts';
import { shellWord } from '../../../src/values/shell-word.ts';
import { Secret } from '../../../src/values/secret.ts';
import { makeFolder, type Folder } from '../../support/folder.ts';

const HOSTILE = [`a'b"c`, '$(touch hacked)', '`touch hacked`', 'a;touch hacked', 'a\nb', '\u001b]0;red', '-rf', 'ü \\'];

function wanted(kind: string, entry: object) {
  const made = file.kinds.get(kind);
  const compiled = made?.compile(made.entry.parse(entry));
  if (!compiled?.ok) return assert.fail('does not compile');
  return { id: 'x', kind, target: compiled.value.target, checks: compiled.value.checks };
}

async function script(...some: ReturnType<typeof wanted>[]): Promise<string> {
  const secret = async (): Promise<Secret> => new Secret('');
  const made = await file.grants?.({}, some, { connection: 'disk', secret, role: 'rollcall' });
  return made?.script ?? assert.fail('no grants');
}

describe('the least account for files', function () {
  this.timeout(120_000);
  let folder: Folder;
  beforeEach(() => {
    folder = makeFolder();
  });
  afterEach(() => folder.remove());

  /** Runs a script of bash with stand-ins for the tools that only root may use; what they were called with, one call a line. */
  function dryRun(text: string, lacks: boolean): string[] {
    const bin = join(folder.path, 'bin');
    mkdirSync(bin);
    const calls = join(folder.path, 'calls');
    writeFileSync(calls, '');
    const say = `printf '%s' "\${0##*/}" >> ${calls}; printf ' %q' "$@" >> ${calls}; echo >> ${calls}`;
    const tools = { runuser: `exit ${lacks ? 1 : 0}`, setfacl: say, useradd: say, id: 'exit 1' };
    for (const [name, body] of Object.entries(tools)) {
      writeFileSync(join(bin, name), `#!/bin/bash\n${body}\n`);
      chmodSync(join(bin, name), 0o755);
    }
    execFileSync('/bin/bash', ['-s'], { input: text, env: { PATH: `${bin}:/usr/bin:/bin` }, cwd: folder.path });
    return readFileSync(calls, 'utf8').trim().split('\n');
  }

  it('gives what an account lacks, down to the dumps, and nothing to write', async () => {
    const vault = join(folder.path, 'vault');
    mkdirSync(join(vault, 'a'), { recursive: true });
    for (const name of ['1.dump', '2.dump', 'other']) writeFileSync(join(vault, 'a', name), '');
    const text = await script(wanted('file.backups', { path: `${vault}/*/[0-9].dump` }));
    const calls = dryRun(text, true);
    const mine = calls.filter((call) => call.includes(vault)).map((call) => call.replaceAll(vault, ''));
    assert.deepEqual(mine, [
      'setfacl -m u:rollcall:rx -- ',
      'setfacl -m u:rollcall:rx -- ',
      'setfacl -m u:rollcall:rx -- /a',
      'setfacl -m u:rollcall:rx -- /a',
      'setfacl -m u:rollcall:r -- /a/1.dump',
      'setfacl -m u:rollcall:r -- /a/2.dump',
      'setfacl -d -m u:rollcall:r -- /a',
    ]);
    assert.match(calls[0] ?? '', /^useradd --system .*nologin rollcall$/);
    assert.ok(calls.every((call) => !/u:rollcall:[rx]*w/.test(call)));
  });

  it('gives nothing that is there already', async () => {
    const calls = dryRun(await script(wanted('file.volume', { path: folder.path, expect: { contains: ['bin/id'] } })), false);
    assert.equal(calls.length, 1, 'but for the account itself');
  });

  it('runs no name, and shows no character that could forge a line', async () => {
    const text = await script(...HOSTILE.map((name) => wanted('file.volume', { path: `${folder.path}/${name.replaceAll('/', '')}` })));
    // oxlint-disable-next-line no-control-regex -- what must not be there
    assert.doesNotMatch(text, /[\u0000-\u0009\u000b-\u001f]/);
    const calls = dryRun(text, true);
    assert.throws(() => readFileSync(join(folder.path, 'hacked')));
    const named = calls.filter((call) => call.startsWith('setfacl')).length;
    assert.ok(named >= HOSTILE.length);
    for (const name of HOSTILE) assert.equal(execFileSync('/bin/bash', ['-c', `printf %s ${shellWord(name)}`], { encoding: 'utf8' }), name);
  });

  it('keeps the wildcards of a pattern, and no other character of it alive', () => {
    assert.equal(shellPattern('/srv/*/a b?.[0-9]'), "/srv/*'/a b'?.[0-9]");
    assert.equal(shellPattern('/srv/[;id]*'), '/srv/?*');
    assert.equal(shellPattern('/srv/$(id)*'), `'/srv/$(id)'*`);
  });
});
