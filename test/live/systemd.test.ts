import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { makeFolder } from '../support/folder.ts';

const run = promisify(execFile);
const UNITS = fileURLToPath(new URL('../../systemd', import.meta.url));
// The most that systemd-analyze may give a unit for what it leaves open; 10 is a unit without any hardening.
const EXPOSURE = 1.5;

/** What systemd says of units; their program need not be installed. `mend` is applied to each file first. */
async function analyze(command: readonly string[], mend = (text: string): string => text): Promise<string> {
  const folder = makeFolder();
  try {
    const files = readdirSync(UNITS).map((name) => {
      const text = readFileSync(join(UNITS, name), 'utf8').replaceAll('/usr/local/bin/rollcall', '/bin/true');
      writeFileSync(join(folder.path, name), mend(text));
      return join(folder.path, name);
    });
    const units = command[0] === 'verify' ? files : files.filter((file) => file.endsWith('.service'));
    const { stdout, stderr } = await run('systemd-analyze', [...command, ...units]);
    return stdout + stderr;
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    return `${stdout}${stderr}`;
  } finally {
    folder.remove();
  }
}

describe('the systemd units', () => {
  it('are understood by systemd without a word', async () => {
    assert.equal(await analyze(['verify', '--recursive-errors=yes']), '');
  });

  it('would not pass with a mistyped key', async () => {
    assert.match(
      await analyze(['verify', '--recursive-errors=yes'], (text) => text.replace('ProtectSystem=', 'ProtectSistem=')),
      /ProtectSistem/,
    );
  });

  it('leave little open', async () => {
    const said = await analyze(['security', '--offline=true', '--no-pager']);
    const levels = [...said.matchAll(/Overall exposure level for (\S+): ([\d.]+)/g)].map(
      ([, unit, level]) => [unit, Number(level)] as const,
    );
    assert.deepEqual(new Set(levels.map(([unit]) => unit)), new Set(['rollcall-check.service', 'rollcall.service']));
    for (const [unit, level] of levels) assert.ok(level <= EXPOSURE, `${unit} ${level}`);
  });
});
