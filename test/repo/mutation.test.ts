import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../support/source-file.ts';

const text = (name: string) => readFileSync(join(ROOT, name), 'utf8');
const config = JSON.parse(text('stryker.config.json')) as Record<string, unknown> & { thresholds: { break: number } };
const decision = text('docs/decisions/0014-mutation.md');
const core = globSync('src/core/**/*.ts', { cwd: ROOT });
const silenced = (source: string) => /Stryker\s+disable/i.test(source);

describe('mutation testing of the core', () => {
  it('takes in every file of it and fails under nine in ten, whatever else is configured', () => {
    assert.deepEqual([config['mutate'], config.thresholds.break], [['src/core/**/*.ts'], 90]);
    for (const key of ['ignoreStatic', 'mutator', 'ignorers', 'disableTypeChecks', 'testFiles']) assert.equal(key in config, false, key);
    assert.ok(core.length > 20);
  });

  it('passes over no line that the decision about it does not name', () => {
    for (const path of core) assert.ok(!silenced(text(path)) || decision.includes(path), path);
    assert.ok(silenced('// Stryker disable next-line all: a reason'));
  });
});
