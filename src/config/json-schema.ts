import * as z from 'zod';
import type { Probe } from '../probe.ts';
import { configSchema } from './config-schema.ts';
import { manifestSchema } from './manifest-schema.ts';

export type SchemaName = 'config' | 'manifest';

const TITLES: Readonly<Record<SchemaName, string>> = {
  config: 'config.yaml of rollcall: the watcher',
  manifest: 'manifest.yaml of rollcall: what must exist',
};

/** The JSON Schema (draft 7, the one that editors read) of a file, from the very definitions that check it; a branch for each kind or probe. */
export function jsonSchema(name: SchemaName, probes: ReadonlyMap<string, Probe>): Record<string, unknown> {
  // Whether a cadence is a cron expression is not for a schema to say.
  const schema = name === 'config' ? configSchema(probes, () => true) : manifestSchema(probes, () => true);
  const { $schema, ...rest } = z.toJSONSchema(schema, { target: 'draft-7', io: 'input', unrepresentable: 'any' });
  // Set here: an id in the definitions would wrap the whole schema in a reference.
  return { $schema, $id: `https://rollcall.dev/schemas/${name}.v1.json`, title: TITLES[name], ...rest };
}
