import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { ROOT } from '../support/source-file.ts';

/** Calls of a log whose message is not one text that stands there: what one searches for must not change with what is said. */
function variable(path: string, text: string): string[] {
  return [...text.matchAll(/\blog\??\.(?:debug|info|warn|error)\(\s*([^\s,)][^\n]{0,60})/g)]
    .filter(
      ([, argument = '']) =>
        !/^(?:'(?:[^'\\$]|\\.)*'|"(?:[^"\\$]|\\.)*")\s*[,)]/.test(argument) && !/^(?:'[^'$]*'|"[^"$]*"),?$/.test(argument),
    )
    .map(([call]) => `${path}: ${call.replace(/\s+/g, ' ')}`);
}

const sources = ['src', 'probes'].flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name)),
);

describe('log messages', () => {
  it('are static: what varies stands in fields', () => {
    const texts = sources.map((path) => [relative(ROOT, path), readFileSync(path, 'utf8')] as const);
    const calls = texts.reduce((sum, [, text]) => sum + [...text.matchAll(/\blog\??\.(?:debug|info|warn|error)\(/g)].length, 0);
    assert.ok(calls >= 20, `${calls} calls`);
    assert.deepEqual(
      texts.flatMap(([path, text]) => variable(path, text)),
      [],
    );
  });

  it('that were not would be found', () => {
    for (const bad of [
      'log.info(`loaded ${n}`)',
      'log.warn(message)',
      "this.#log?.error('a ' + b)",
      'log.error(\n  why,\n  {}\n)',
      'log.info(error.message, { a })',
    ])
      assert.equal(variable('x.ts', bad).length, 1, bad);
    for (const good of [
      "log.info('loaded', { n })",
      "log?.error('loaded')",
      'log.warn("the watcher\'s key", {})',
      "log.info(\n  'loaded',\n  { n }\n)",
    ])
      assert.deepEqual(variable('x.ts', good), [], good);
  });
});
