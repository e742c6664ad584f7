import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { formatComplaint } from '../../src/config/complaint.ts';
import { jsonSchema, type SchemaName } from '../../src/config/json-schema.ts';
import { readConfig } from '../../src/config/read-config.ts';
import { readManifest } from '../../src/config/read-manifest.ts';
import type { Config, Loaded } from '../../src/config/types.ts';
import { probes } from '../../probes/index.ts';
import { isCron } from '../config/support/read.ts';

const read = (name: string) => readFileSync(new URL(`../../${name}`, import.meta.url));

function valueOf<T>(loaded: Loaded<T>): T {
  if (!loaded.ok) throw new assert.AssertionError({ message: loaded.complaints.map(formatComplaint).join('\n') });
  return loaded.value;
}

const config = (): Config =>
  valueOf(readConfig({ file: 'config.example.yaml', bytes: read('config.example.yaml'), env: {}, probes, baseDir: '/srv', isCron }));

/** Every name of a key anywhere in a JSON Schema, except those that stand for references to secrets. */
function keysOf(schema: unknown): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const { properties } = schema as { properties?: Record<string, unknown> };
  return [...Object.keys(properties ?? {}), ...Object.values(schema).flatMap(keysOf)];
}

describe('the example files', () => {
  it('load without a complaint', () => {
    const manifest = readManifest({
      file: 'manifest.example.yaml',
      bytes: read('manifest.example.yaml'),
      config: config(),
      probes,
      isCron,
    });
    assert.equal(valueOf(manifest).resources.length, 21);
  });

  for (const name of ['config', 'manifest'] satisfies SchemaName[])
    it(`name every key that ${name}.yaml may have`, () => {
      const text = read(`${name}.example.yaml`).toString();
      const missing = [...new Set(keysOf(jsonSchema(name, probes)))].filter(
        (key) => !new RegExp(`(^|[\\s{#-])${key}: `, 'm').test(text.replaceAll(/:$/gm, ': ')),
      );
      assert.deepEqual(missing, []);
    });

  it('state the defaults that hold without them', () => {
    const { defaults, watchdog } = config();
    const bare = read('config.example.yaml')
      .toString()
      .replace(/^defaults:\n(?: .*\n)+/m, '')
      .replace(/^ {2}listen: .*\n/m, '')
      .replaceAll(
        /^ {4}(?!endpoint: https:\/\/s3\.store)(?:[a-z]+_timeout|timeout|fips|dual_stack|endpoint|api_endpoint|replay_lag|inspections_per_minute): .*\n/gm,
        '',
      );
    const without = valueOf(
      readConfig({ file: 'config.example.yaml', bytes: Buffer.from(bare), env: {}, probes, baseDir: '/srv', isCron }),
    );
    assert.deepEqual(without.defaults, defaults);
    assert.deepEqual(without.watchdog, watchdog);
    assert.deepEqual(without.pagers, config().pagers);
    assert.deepEqual(without.connections, config().connections);
  });
});
