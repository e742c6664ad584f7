import assert from 'node:assert/strict';
import { parse } from 'yaml';
import { pinText } from '../../src/draft/pin-text.ts';

const PINS = { oid: '16401', system_identifier: '7301442000000000001' };

function pinned(text: string, id = 'a', add: Readonly<Record<string, string>> = PINS): string {
  const made = pinText(text, [{ id, add }]);
  assert.ok(made.ok);
  return made.text;
}
const identityIn = (text: string, index = 0): unknown =>
  (parse(text, { merge: true }) as { resources: { identity: unknown }[] }).resources[index]?.identity;
/** The lines that are in one text only. */
function added(before: string, after: string): string[] {
  const old = before.split('\n');
  const left = after.split('\n').filter((line) => !old.includes(line));
  assert.deepEqual(
    old.filter((line) => !after.split('\n').includes(line)),
    [],
    'no line was changed',
  );
  return left;
}

describe('pins written into a manifest', () => {
  const PEOPLE = `# the roll of production\nschema: rollcall/manifest/v1\nresources:\n    # the one that matters\n    - id: a   # orders\n      kind: postgres.database\n      connection: pg # the primary\n\n      name:   "orders"\n      expect: {max_shrink: 5%}\n    - kind: postgres.database\n      connection: pg\n      id: b\n`;

  it('are one line, and not a byte besides', () => {
    const text = pinned(PEOPLE);
    assert.deepEqual(added(PEOPLE, text), ['      identity: { "oid": "16401", "system_identifier": "7301442000000000001" }']);
    assert.deepEqual(identityIn(text), PINS);
  });

  it('of several resources stand beside each', () => {
    const made = pinText(PEOPLE, [
      { id: 'b', add: { oid: '2' } },
      { id: 'a', add: { oid: '1' } },
    ]);
    assert.ok(made.ok);
    assert.deepEqual([identityIn(made.text, 0), identityIn(made.text, 1)], [{ oid: '1' }, { oid: '2' }]);
  });

  for (const [what, before, after] of [
    ['a map on one line', 'resources:\n  - { id: a, connection: pg, name: x } # note\n', PINS],
    ['JSON', '{ "resources": [ { "id": "a", "connection": "pg", "name": "x" } ] }', PINS],
    ['a map in JSON over several lines', '{\n "resources": [\n  {\n   "id": "a",\n   "connection": "pg"\n  }\n ]\n}\n', PINS],
    [
      'an identity that says some of it',
      'resources:\n  - id: a\n    identity:\n      oid: 1 # known\n    connection: pg\n',
      { oid: 1, x: 'y' },
    ],
    ['the same on one line', 'resources:\n  - id: a\n    identity: { oid: 1 } # known\n    connection: pg\n', { oid: 1, x: 'y' }],
    ['an empty identity', 'resources:\n  - id: a\n    identity: {}\n    connection: pg\n', PINS],
    ['an identity with nothing behind it', 'resources:\n  - id: a\n    identity: # later\n    connection: pg\n', PINS],
    ['a connection that comes by an alias', 'x: &c { connection: pg }\nresources:\n  - <<: *c\n    id: a\n    name: x\n', PINS],
    ['no newline at the end', 'resources:\n  - id: a\n    connection: pg', PINS],
    ['CRLF', 'resources:\r\n  - id: a\r\n    connection: pg\r\n    name: x\r\n', PINS],
  ] as const)
    it(`go into ${what}`, () => {
      const add: Readonly<Record<string, string>> = 'x' in after ? { x: 'y' } : PINS;
      const text = pinned(before, 'a', add);
      assert.deepEqual(identityIn(text), after);
      if (what === 'JSON' || what.includes('in JSON')) JSON.parse(text);
      for (const note of before.match(/# \w+/g) ?? []) assert.ok(text.includes(note));
    });

  it('are quoted, whatever they hold', () => {
    const odd = { type: 'a"b\n- id: x', device: '\u202e # no' };
    assert.deepEqual(identityIn(pinned(PEOPLE, 'a', odd)), odd);
  });

  it('are refused where the identity is somebody else’s', () => {
    const text = 'x: &i { oid: 1 }\nresources:\n  - id: a\n    identity: *i\n    connection: pg\n';
    assert.deepEqual(pinText(text, [{ id: 'a', add: PINS }]), { ok: false, ids: ['a'] });
    assert.deepEqual(pinText(PEOPLE, [{ id: 'nobody', add: PINS }]), { ok: false, ids: ['nobody'] });
  });
});
