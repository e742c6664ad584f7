import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../support/source-file.ts';

/** Rows of docs/proofs.md: the file of a test, and a part of its title. */
function claims(page: string): { readonly file: string; readonly title: string }[] {
  return [...page.matchAll(/^\|[^|]+\| `(test\/[^`]+)`: (.+?) +\|$/gm)].map(([, file = '', title = '']) => ({ file, title }));
}

/** Rows whose test is not there. */
function unheld(page: string, read: (file: string) => string | undefined): string[] {
  return claims(page).flatMap(({ file, title }) => {
    const titles = [...(read(file) ?? '').matchAll(/\bit\(\s*(['"`])(.*?)\1,/g)].map(([, , text = '']) => text);
    return titles.some((text) => text.includes(title)) ? [] : [`${file}: ${title}`];
  });
}

describe('docs/proofs.md', () => {
  const page = readFileSync(join(ROOT, 'docs/proofs.md'), 'utf8');

  it('names a test for each claim, and each is there', () => {
    assert.equal(claims(page).length, page.split('\n').filter((line) => line.startsWith('| ')).length - 2, 'a row that names no test');
    const read = (file: string) => (existsSync(join(ROOT, file)) ? readFileSync(join(ROOT, file), 'utf8') : undefined);
    assert.deepEqual(unheld(page, read), []);
  });

  it('would not pass with a test that is gone', () => {
    const rows = '| a | `test/a.test.ts`: holds |\n| b | `test/b.test.ts`: holds |\n';
    const read = (file: string) => (file === 'test/a.test.ts' ? "it('does not', () => {})" : undefined);
    assert.deepEqual(unheld(rows, read), ['test/a.test.ts: holds', 'test/b.test.ts: holds']);
  });
});
