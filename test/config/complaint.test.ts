import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { CODES, formatComplaint, formatPath, quote, suggestion, unreadable } from '../../src/config/complaint.ts';

describe('complaints', () => {
  it('are documented in docs/codes.md, each code with its line, and no code besides', () => {
    const doc = readFileSync(new URL('../../docs/codes.md', import.meta.url), 'utf8');
    const rows = [...doc.matchAll(/^\| `(RC_\w+)` +\| (.+?) +\| .+ \|$/gm)].map(([, code, says]) => [code, says]);
    assert.deepEqual(rows, Object.entries(CODES));
  });

  it('print as file, line, column, path, sentence and code', () => {
    const line = formatComplaint({
      file: 'a.yaml',
      line: 3,
      column: 7,
      path: 'resources[3].id',
      message: 'is wrong',
      code: 'RC_ID_INVALID',
    });
    assert.equal(line, 'a.yaml:3:7  resources[3].id  is wrong  RC_ID_INVALID');
    assert.equal(formatComplaint(unreadable('a.yaml', 'ENOENT\n')), 'a.yaml:1:1  (file)  cannot be read: ENOENT   RC_FILE_UNREADABLE');
  });

  it('write paths as one would type them, odd keys in quotes, hostile ones on one line', () => {
    assert.equal(formatPath(['resources', 3, 'expect', 'max_shrink']), 'resources[3].expect.max_shrink');
    assert.equal(formatPath(['expect', 'tables', 'public.orders', 'min_rows']), 'expect.tables.public.orders.min_rows');
    assert.equal(formatPath(['pagers', 'my hook']), 'pagers["my hook"]');
    assert.equal(formatPath([]), '(file)');
    assert.equal(formatPath(['a\n\u001b[31m\u202e', 'b']), '["a  [31m "].b');
  });

  it('repeat no URL that has a password in it', () => {
    assert.equal(quote('postgres://u:hunter2@db/x'), '(a URL with a password)');
    assert.equal(quote('https://db/x'), '"https://db/x"');
  });

  it('suggest the nearest choice, else list what there is, bounded', () => {
    assert.equal(suggestion('ordrs', ['orders', 'ledger'], 'known:', 'none'), 'did you mean "orders"?');
    assert.equal(suggestion('zzzzzz', ['orders', 'ledger'], 'known:', 'none'), 'known: orders, ledger');
    assert.equal(suggestion('zzzzzz', [], 'known:', 'none'), 'none');
    const many = Array.from({ length: 5000 }, (_, index) => `resource-${index}`);
    assert.match(suggestion('zzzzzz', many, 'known:', 'none'), / and 4988 more$/);
  });
});
