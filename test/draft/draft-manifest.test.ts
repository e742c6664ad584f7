import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { parseDocument } from 'yaml';
import type { Found } from '../../src/core/found.ts';
import { draftManifest, type Draft } from '../../src/draft/draft-manifest.ts';
import { idMaker } from '../../src/draft/id-maker.ts';
import { notePath } from '../../src/values/note-path.ts';

const found = (more: Partial<Found> = {}): Found => ({
  kind: 'found',
  of: 'postgres.database',
  label: 'orders',
  name: 'orders',
  entry: { name: 'orders' },
  pin: { system_identifier: '7301442000000000001', oid: '16401' },
  ...more,
});
const draft = (more: Partial<Draft> = {}): Draft => ({
  manifest: 'prod',
  version: 1,
  head: ['A draft.'],
  entries: [{ id: 'orders', connection: 'pg', found: found() }],
  foot: [],
  ...more,
});
// oxlint-disable-next-line no-control-regex -- that is what must not be in it
const UNSAFE = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/u;

const values = (text: string): unknown => {
  const document = parseDocument(text);
  assert.deepEqual([...document.errors, ...document.warnings], []);
  return document.toJS();
};

describe('the draft of a manifest', () => {
  it('says what was seen above each entry and behind each key', () => {
    const notes = new Map([[notePath('expect', 'tables', 'public.t'), '20,000 rows counted']]);
    const entries = [
      { id: 'a', connection: 'pg', found: found({ facts: ['1 GiB'], notes, expect: { tables: { 'public.t': { min_rows: 18000 } } } }) },
    ];
    const text = draftManifest(draft({ entries, foot: ['left out'] }));
    assert.match(text, /^ {2}# 1 GiB\n {2}- id: a$/m);
    assert.match(text, /^ {8}public\.t: \{ min_rows: 18000 \} # 20,000 rows counted$/m);
    assert.match(text, /^# A draft\.$/m);
    assert.match(text, /^# left out$/m);
  });

  it('marks what people still have to fill in', () => {
    const text = draftManifest(draft({ entries: [{ id: 'a', connection: 'x', found: found(), todo: ['name a connection'] }] }));
    assert.match(text, /^ {2}# TODO: name a connection$/m);
  });

  it('reads back as what it was made of, whatever the names hold, and shows nothing that deceives', () => {
    const nasty = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom(
        '\u202e evil',
        'a\n- id: x',
        '# no',
        '{}',
        'null',
        '0x1f',
        '1e3',
        '~',
        'yes',
        '"',
        "'",
        '\u0000',
        '<<',
        '*a',
        '&a',
        '!x',
        '--- ',
        '%YAML 1.1',
        '\u2028x',
        ' ',
      ),
    );
    fc.assert(
      fc.property(nasty, nasty, nasty, nasty, (name, key, note, fact) => {
        const table = `t.${key}`;
        const expect = { tables: { [table]: { min_rows: 1 } } };
        const notes = new Map([[notePath('expect', 'tables', table), note]]);
        const one = found({ entry: { name }, pin: { oid: key }, expect, notes, facts: [fact] });
        const text = draftManifest(
          draft({ head: [note], foot: [fact, name], entries: [{ id: 'x', connection: 'pg', found: one, todo: [name] }] }),
        );
        assert.doesNotMatch(text, UNSAFE);
        const wellFormed = (part: string) => part.toWellFormed();
        if ([name, key].some((part) => part !== wellFormed(part))) return;
        assert.deepEqual(values(text), {
          schema: 'rollcall/manifest/v1',
          manifest: 'prod',
          version: 1,
          resources: [{ id: 'x', kind: 'postgres.database', connection: 'pg', name, identity: { oid: key }, expect }],
        });
      }),
      { numRuns: 500 },
    );
  });

  it('is a list all the same where nothing was found', () => {
    assert.deepEqual((values(draftManifest(draft({ entries: [] }))) as { resources: unknown }).resources, []);
  });
});

describe('the maker of ids', () => {
  it('makes each fit and none twice', () => {
    const make = idMaker(['orders']);
    assert.deepEqual(['orders', 'orders', '\u202e!!', 'Größe 1', '../etc', 'x'.repeat(200), 'x'.repeat(200)].map(make), [
      'orders-2',
      'orders-3',
      'unnamed',
      'Gro-e-1',
      'etc',
      'x'.repeat(80),
      `${'x'.repeat(72)}-2`,
    ]);
  });

  it('makes only what the manifest takes', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme' }), { maxLength: 20 }), (names) => {
        const ids = names.map(idMaker());
        assert.equal(new Set(ids).size, ids.length);
        for (const id of ids) assert.match(id, /^[a-zA-Z0-9][a-zA-Z0-9._-]{0,79}$/);
      }),
    );
  });
});
