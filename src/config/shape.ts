import type * as z from 'zod';
import { fieldRoles } from '../values/fields.ts';
import type { Path } from './complaint.ts';

type Schema = z.core.$ZodType;
/** The same schema, told apart by what it is. */
const defOf = (schema: Schema) => (schema as z.core.$ZodTypes)._zod.def;

const isMap = (raw: unknown): raw is Record<string, unknown> => typeof raw === 'object' && raw !== null && !Array.isArray(raw);

/** What a schema reads first: past optional, default and transforming wrappers. */
function peel(schema: Schema): Schema {
  const def = defOf(schema);
  if ('innerType' in def) return peel(def.innerType);
  if (def.type === 'pipe') return peel(def.in);
  return def.type === 'lazy' ? peel(def.getter()) : schema;
}

/** The branches of a union that a raw value may mean: the one its discriminator picks, else all of them. */
function branches(schema: Schema, raw: unknown): readonly Schema[] {
  const peeled = peel(schema);
  const def = defOf(peeled);
  if (def.type !== 'union') return [peeled];
  if (!('discriminator' in def) || !isMap(raw)) return def.options.flatMap((option) => branches(option, raw));
  const word = raw[def.discriminator as string];
  return def.options
    .filter((option) => option._zod.propValues?.[def.discriminator as string]?.has(word as string))
    .flatMap((option) => branches(option, raw));
}

function children(schema: Schema, raw: unknown, step: string | number): readonly Schema[] {
  return branches(schema, raw).flatMap((branch) => {
    const def = defOf(branch);
    if (def.type === 'object') return def.shape[step] ?? [];
    if (def.type === 'record') return def.valueType;
    return def.type === 'array' ? def.element : [];
  });
}

const get = (raw: unknown, step: string | number): unknown =>
  Array.isArray(raw) ? (raw as unknown[])[Number(step)] : isMap(raw) && Object.hasOwn(raw, step) ? raw[step] : undefined;

/** The raw value at `path`; undefined where there is none. */
export function rawAt(raw: unknown, path: Path): unknown {
  return path.reduce<unknown>(get, raw);
}

/** The schemas that may read the value at `path` of `raw`; several below a union. */
export function schemasAt(schema: Schema, raw: unknown, path: Path): readonly Schema[] {
  let here: readonly Schema[] = [schema];
  let value = raw;
  for (const step of path) {
    const now = value;
    here = here.flatMap((one) => children(one, now, step));
    value = get(value, step);
  }
  return here;
}

/** The keys that the map at `path` may have. */
export function keysAt(schema: Schema, raw: unknown, path: Path): readonly string[] {
  const value = rawAt(raw, path);
  const maps = schemasAt(schema, raw, path).flatMap((one) => branches(one, value));
  return [...new Set(maps.flatMap((map) => (defOf(map).type === 'object' ? Object.keys((map as z.core.$ZodObject)._zod.def.shape) : [])))];
}

/** The role of a field, wherever among its wrappers it was given; of a choice between one and a list of them, that of the one. */
function roleOf(schema: Schema, raw: unknown): 'secret' | 'path' | undefined {
  const role = fieldRoles.get(schema)?.role;
  // A map is no path: under a choice between a path and a map it is the map that is meant.
  if (role) return role === 'path' && isMap(raw) ? undefined : role;
  const def = defOf(schema);
  if ('innerType' in def) return roleOf(def.innerType, raw);
  if (def.type === 'pipe') return roleOf(def.in, raw);
  if (def.type === 'union' && !Array.isArray(raw))
    return def.options.map((option) => roleOf(option, raw)).find((found) => found !== undefined);
  return undefined;
}

export interface RoleField {
  readonly path: Path;
  readonly role: 'secret' | 'path';
  readonly value: unknown;
}

/** Every field with a role that `raw` has a value for, in the order of the file. Looks at raw values: valid or not. */
export function* roleFields(schema: Schema, raw: unknown, path: Path = []): Generator<RoleField> {
  const role = roleOf(schema, raw);
  if (role) yield { path, role, value: raw };
  else if (typeof raw === 'object' && raw !== null)
    for (const [key, value] of Object.entries(raw)) {
      const step = Array.isArray(raw) ? Number(key) : key;
      // Under a union that nothing decides, the branch that gives the field a role speaks for it.
      const all = children(schema, raw, step);
      const child = all.find((one) => roleOf(one, value) !== undefined) ?? all[0];
      if (child) yield* roleFields(child, value, [...path, step]);
    }
}
