import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { probes } from '../../probes/index.ts';
import type { Probe } from '../../src/probe.ts';
import { ROOT } from '../support/source-file.ts';

/** What folders and registry disagree about, in words. */
function disagreements(folders: readonly string[], registry: ReadonlyMap<string, Pick<Probe, 'name' | 'kinds'>>): string[] {
  const said: string[] = [];
  for (const folder of folders) if (!registry.has(folder)) said.push(`probes/${folder} is not in the registry`);
  for (const [key, { name, kinds }] of registry) {
    if (!folders.includes(key)) said.push(`${key} has no folder`);
    if (name !== key) said.push(`${key} calls itself ${name}`);
    if (kinds.size === 0) said.push(`${key} has no kinds`);
    for (const kind of kinds.keys()) if (!kind.startsWith(`${key}.`)) said.push(`${key} has a kind called ${kind}`);
  }
  return said;
}

const folders = readdirSync(join(ROOT, 'probes'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

describe('the registry of probes', () => {
  it('holds every folder under its own name, and every kind under the name of its probe', () => {
    assert.ok(folders.length >= 2);
    assert.deepEqual(disagreements(folders, probes), []);
  });

  it('gives every probe a page that says what rights it needs and when it is blind', () => {
    for (const folder of folders) assert.ok(existsSync(join(ROOT, 'probes', folder, 'README.md')), `probes/${folder}/README.md`);
  });

  it('gives every probe tests of its own', () => {
    for (const folder of folders)
      assert.ok(
        readdirSync(join(ROOT, 'test/probes', folder)).some((name) => name.endsWith('.test.ts')),
        folder,
      );
  });

  it('would notice a folder left out, a wrong name and a foreign kind', () => {
    const kinds = new Map([['other.thing', {} as never]]);
    assert.deepEqual(disagreements(['a', 'b'], new Map([['a', { name: 'x', kinds }]])), [
      'probes/b is not in the registry',
      'a calls itself x',
      'a has a kind called other.thing',
    ]);
    assert.deepEqual(disagreements([], new Map([['a', { name: 'a', kinds: new Map() }]])), ['a has no folder', 'a has no kinds']);
  });
});
