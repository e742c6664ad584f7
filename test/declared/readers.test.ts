import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { readCompose } from '../../src/declared/compose.ts';
import { readKubernetes } from '../../src/declared/kubernetes.ts';
import { readTerraform } from '../../src/declared/terraform.ts';
import type { ReadDeclared } from '../../src/declared/declared-file.ts';

const read = (reader: ReadDeclared, text: string) => reader('f', Buffer.from(text));
/** `line:column code message` of the first complaint. */
function complaint(reader: ReadDeclared, text: string): string {
  const loaded = read(reader, text);
  assert.ok(!loaded.ok);
  const { file, line, column, code, message } = loaded.complaints[0] ?? assert.fail('no complaint');
  assert.equal(file, 'f');
  return `${line}:${column} ${code} ${message}`;
}
function declared(reader: ReadDeclared, text: string) {
  const loaded = read(reader, text);
  assert.ok(loaded.ok, JSON.stringify(loaded));
  return loaded.value;
}

const STATE = {
  version: 4,
  terraform_version: '1.9.0',
  outputs: { password: { value: 'output-secret' } },
  resources: [
    {
      module: 'module.db',
      mode: 'managed',
      type: 'postgresql_database',
      name: 'it',
      instances: [
        { index_key: 'a', attributes: { name: 'orders', owner: 'me', admin_password: 'unmarked-secret' }, sensitive_attributes: [] },
        {
          index_key: 1,
          attributes: { name: 'users', oddly: 'marked-secret' },
          sensitive_attributes: [[{ type: 'get_attr', value: 'oddly' }]],
        },
        { deposed: 'x', attributes: { name: 'old' } },
      ],
    },
    { mode: 'data', type: 'postgresql_database', name: 'read', instances: [{ attributes: { name: 'elsewhere' } }] },
    { mode: 'managed', type: 'aws_db_instance', name: 'main', instances: [{ attributes: { identifier: 'main', engine: 'postgres' } }] },
  ],
};

describe('a Terraform state', () => {
  it('is read as its managed instances, by their addresses, without secrets', () => {
    const found = declared(readTerraform, JSON.stringify(STATE));
    assert.deepEqual(
      found.map(({ type, name, attributes }) => [type, name, attributes]),
      [
        ['postgresql_database', 'module.db.postgresql_database.it["a"]', { name: 'orders', owner: 'me' }],
        ['postgresql_database', 'module.db.postgresql_database.it[1]', { name: 'users' }],
        ['aws_db_instance', 'aws_db_instance.main', { identifier: 'main', engine: 'postgres' }],
      ],
    );
    assert.ok(!JSON.stringify(found).includes('secret'));
  });

  it('that cannot be read is complained of at its place, and not repeated', () => {
    assert.match(complaint(readTerraform, '{\n "version": 4,\n "a": "my-secret\n}'), /^\d:\d+ RC_YAML_SYNTAX /);
    assert.doesNotMatch(complaint(readTerraform, '{\n "version": 4,\n "a": my-secret: x\n}'), /my-secret/);
    assert.match(complaint(readTerraform, '{"version": 3}'), /^1:1 RC_IMPORT_UNREADABLE must be a state of version 4/);
    assert.match(complaint(readTerraform, '{"format_version": "1.0"}'), /terraform state pull/);
    const state = (resources?: unknown) => JSON.stringify({ version: 4, ...(resources !== undefined && { resources }) });
    assert.match(complaint(readTerraform, state({})), /^1:1 RC_IMPORT_UNREADABLE resources must be a list, .*it is a map$/);
    assert.match(complaint(readTerraform, state(null)), /it is null$/);
    assert.match(complaint(readTerraform, state()), /it is not there$/);
    assert.match(complaint(readTerraform, state([{ instances: [] }, 'x'])), /resources\[1\] must be a map with a list of instances/);
    assert.match(complaint(readTerraform, state([{ instances: {} }])), /resources\[0\] must be a map with a list of instances/);
    assert.deepEqual(declared(readTerraform, state([])), []);
    assert.match(complaint(readTerraform, 'version: 4'), /is not JSON/);
    assert.match(complaint(readTerraform, '[]'), /must be a map/);
    assert.match(complaint(readTerraform, '\u0000\ud800'), /RC_/);
  });
});

describe('a compose file', () => {
  it('is read as its services and its named volumes', () => {
    const text = 'name: shop\nservices:\n  db: { image: postgres:17 }\n  web:\nvolumes:\n  data:\n  other: { external: true }\n';
    assert.deepEqual(
      declared(readCompose, text).map(({ type, name, attributes }) => [type, name, attributes]),
      [
        ['service', 'db', { image: 'postgres:17' }],
        ['service', 'web', {}],
        ['volume', 'data', { project: 'shop' }],
        ['volume', 'other', { external: true, project: 'shop' }],
      ],
    );
  });

  it('that is none is complained of at its place', () => {
    assert.match(complaint(readCompose, 'services:\n  db:\n  - x: [\n'), /^[34]:\d+ RC_YAML_SYNTAX /);
    assert.match(complaint(readCompose, 'a: b'), /^1:1 RC_IMPORT_UNREADABLE has no services/);
    assert.match(complaint(readCompose, 'services: {}\n---\nservices: {}\n'), /^3:1 RC_IMPORT_UNREADABLE only one document/);
    assert.match(complaint(readCompose, ''), /is empty/);
    assert.match(complaint(readCompose, 'services: *nobody'), /RC_YAML_ALIAS|RC_YAML_SYNTAX/);
  });
});

describe('manifests of Kubernetes', () => {
  it('are read document by document, lists unpacked, secrets left out', () => {
    const text = `---\n# empty\n---\napiVersion: v1\nkind: List\nitems:\n  - {apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: data, namespace: prod}}\n  - {apiVersion: v1, kind: Secret, metadata: {name: x}, data: {p: c2VjcmV0}}\n---\napiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: db}\n`;
    assert.deepEqual(
      declared(readKubernetes, text).map(({ type, name }) => `${type} ${name}`),
      ['PersistentVolumeClaim prod/data', 'StatefulSet default/db'],
    );
  });

  it('that are none are complained of at their place', () => {
    assert.match(
      complaint(readKubernetes, 'apiVersion: v1\nkind: Pod\n---\nfoo: bar\n'),
      /^4:1 RC_IMPORT_UNREADABLE has a document without kind/,
    );
    assert.match(complaint(readKubernetes, 'apiVersion: v1\nkind: Pod\n---\n- a\n'), /^4:1 RC_IMPORT_UNREADABLE must hold maps/);
    assert.match(complaint(readKubernetes, 'apiVersion: v1\nkind: Pod\n{{- if .Values.x }}\n'), /^3:\d+ RC_YAML_SYNTAX/);
    assert.match(complaint(readKubernetes, ''), /holds no object/);
  });
});

it('no reader throws, whatever it is given', () => {
  const anything = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.json(),
    fc.json().map((text) => `services: ${text}`),
    fc.json().map((text) => `{"version":4,"resources":${text}}`),
  );
  fc.assert(
    fc.property(anything, (text) => {
      for (const reader of [readTerraform, readCompose, readKubernetes]) read(reader, text);
    }),
    { numRuns: 500 },
  );
});
