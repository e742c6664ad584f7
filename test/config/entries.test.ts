import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { parse } from 'yaml';
import { readDocument } from '../../src/config/document.ts';
import { cutEntries } from '../../src/config/entries.ts';

const read = (text: string) => readDocument('manifest.yaml', Buffer.from(text));
const whole = (text: string): unknown => parse(text, { merge: true });

/** Well-formed, and some of them made to be cut in the wrong place. */
const CUNNING = [
  'a: 1\nresources:\n  - id: x\n    n: 1\n\n  # about y\n  - id: y\nb: 2\n',
  'resources:\n- id: x\n- id: y\n',
  'resources:\n- id: x\nb: [1]\n# end',
  'resources: # all\n\n  # first\n  -   id: x\n      text: |\n        - id: no\n       \n  - id: y',
  'resources:\n  - id: "two\n      - lines"\n  - id: y\n',
  'a: "see\n  resources:\n  - id: no"\nresources:\n  - id: x\n',
  "a: 'see\n\n  b'\nresources:\n  - id: x\n  -\n    id: y\n",
  'a: |\n  resources:\n    - id: no\nresources:\n  - id: x\n',
  'base: &base { n: 1 }\nresources:\n  - { id: x, <<: *base }\n  - { id: y, <<: *base }\n',
  'resources:\n  - &one { id: x }\n  - *one\n',
  'resources:\n  - &one { id: x, also: &two 1 }\n  - { id: y, n: *two }\n',
  'resources:\n  - id: x\n    list:\n    - 1\n    - 2\n  - id: y\n',
  'resources:\n  - - id: x\n    - id: y\n  - id: z\n',
  'resources:\n  - x\n  - 12\n  - ~\n',
  'resources: []\n',
  'resources:\na: 1\n',
  '---\nresources:\n  - id: x\n',
  '%YAML 1.1\n---\nresources:\n  - on: yes\n',
  'resources:\r\n  - id: x\r\n  - id: y\r\n',
  '{ a: 1, \nresources:\n  - id\n}',
];

describe('a manifest read entry by entry', () => {
  it('has the value that it has as a whole', () => {
    for (const text of CUNNING) {
      let wanted: unknown;
      try {
        wanted = whole(text);
      } catch {
        assert.notDeepEqual(read(text).complaints, [], text);
        continue;
      }
      assert.deepEqual(read(text).raw, wanted, text);
    }
  });

  it('has that value whatever stands in it', () => {
    const line = fc.constantFrom(
      'resources:',
      '- a: 1',
      '  - b: "x',
      '    c: y"',
      '  - d',
      '# e',
      '',
      'f: |',
      '  g',
      "  - h: 'i",
      "    j'",
      'k: &l 1',
      '  - *l',
      '{',
      '}',
      'm: [',
      ']',
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 12 }), (lines) => {
        const text = lines.join('\n');
        const { raw, wellFormed, complaints } = read(text);
        if (wellFormed && complaints.length === 0) assert.deepEqual(raw, whole(text));
      }),
      { numRuns: 3000 },
    );
  });

  it('is cut at its entries, so that no tree of all of it is ever made', () => {
    const entries = Array.from({ length: 1000 }, (_, n) => `  - id: r${n}\n    kind: k\n`);
    const pieces = cutEntries(`manifest: m\nresources:\n${entries.join('')}`);
    assert.deepEqual(pieces?.entries, entries);
    assert.equal(pieces?.head, 'manifest: m\nresources: []\n');
  });

  it('still says on which line of the file a finding is', () => {
    const file = read('resources:\n  - id: x\n\n  - id: y\n    name: z\n');
    const { line, column } = file.place({ path: ['resources', 1, 'name'], message: '', code: 'RC_TYPE_WRONG' });
    assert.deepEqual([line, column], [5, 11]);
  });
});
