import assert from 'node:assert/strict';
import { jsonSchema } from '../../src/config/json-schema.ts';
import { fakeProbes } from '../support/fake-probes.ts';

interface Schema {
  $schema?: string;
  $id?: string;
  type?: string;
  const?: unknown;
  description?: string;
  required?: string[];
  additionalProperties?: boolean | Schema;
  properties?: Record<string, Schema>;
  items?: Schema;
  oneOf?: Schema[];
  anyOf?: Schema[];
}

const config = jsonSchema('config', fakeProbes) as Schema;
const manifest = jsonSchema('manifest', fakeProbes) as Schema;

/** The maps of a schema that have fixed keys. */
function* mapsOf(schema: unknown): Generator<Schema> {
  if (typeof schema !== 'object' || schema === null) return;
  if ((schema as Schema).properties) yield schema;
  for (const inner of Object.values(schema)) yield* mapsOf(inner);
}

const constsOf = (branches: Schema[] | undefined, key: string) => branches?.map(({ properties }) => properties?.[key]?.const);

describe('the JSON Schemas', () => {
  it('are of the draft that editors read, each with its own id', () => {
    for (const schema of [config, manifest]) assert.equal(schema.$schema, 'http://json-schema.org/draft-07/schema#');
    assert.notEqual(config.$id, manifest.$id);
    assert.equal(config.type, 'object');
  });

  it('have a branch for each probe, each kind and each type of pager', () => {
    const connections = config.properties?.['connections']?.additionalProperties as Schema;
    assert.deepEqual(constsOf(connections.oneOf, 'probe'), ['postgres', 'file']);
    const pagers = config.properties?.['pagers']?.additionalProperties as Schema;
    assert.deepEqual(constsOf(pagers.oneOf, 'type'), [
      'pagerduty',
      'slack',
      'webhook',
      'alertmanager',
      'email',
      'ntfy',
      'command',
      'console',
    ]);
    const kinds = constsOf(manifest.properties?.['resources']?.items?.oneOf, 'kind');
    assert.deepEqual(kinds, ['postgres.database', 'file.volume', 'file.backups']);
  });

  it('close every map, so that an editor marks a mistyped key', () => {
    for (const map of [...mapsOf(config), ...mapsOf(manifest)])
      assert.equal(map.additionalProperties, false, JSON.stringify(map).slice(0, 200));
  });

  it('demand what the reader demands, and nothing that has a default', () => {
    assert.deepEqual(config.required, ['watchdog', 'manifest', 'connections', 'pagers', 'routes']);
    assert.deepEqual(manifest.required, ['schema', 'manifest', 'version', 'resources']);
    const [database] = manifest.properties?.['resources']?.items?.oneOf ?? [];
    assert.deepEqual(database?.required?.toSorted(), ['connection', 'id', 'kind', 'name']);
    const connections = config.properties?.['connections']?.additionalProperties as Schema;
    const [postgres] = connections.oneOf ?? [];
    assert.deepEqual(postgres?.required?.toSorted(), ['probe', 'url']);
  });

  it("describe every key that is not a probe's own", () => {
    const own = [...mapsOf(config)].filter(({ properties }) => !properties?.['mode'] && !properties?.['probe']);
    for (const { properties } of own)
      for (const [key, { description }] of Object.entries(properties ?? {})) assert.ok(description, `${key} has no description`);
  });
});
