import { probes } from '../app.ts';
import { jsonSchema } from '../config/json-schema.ts';
import type { Io } from './io.ts';

export const SCHEMAS = ['config', 'manifest'] as const;

/** Prints the JSON Schema of a file, made from the same definitions that validate it. */
export function schema(io: Io, options: { readonly name: (typeof SCHEMAS)[number] }): Promise<number> {
  io.out(`${JSON.stringify(jsonSchema(options.name, probes), null, 2)}\n`);
  return Promise.resolve(0);
}
