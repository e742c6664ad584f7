import assert from 'node:assert/strict';
import * as z from 'zod';
import { probes } from '../../probes/index.ts';
import { readManifest } from '../../src/config/read-manifest.ts';
import { diffManifests, isWeakening, toRemembered, type ManifestDiff, type Remembered } from '../../src/core/manifest-diff.ts';
import { goodConfig, isCron } from '../config/support/read.ts';
import { aws } from './directions/aws.ts';
import type { Direction, KindDirections } from './directions/direction.ts';
import { file } from './directions/file.ts';
import { mysql } from './directions/mysql.ts';
import { peer } from './directions/peer.ts';
import { postgres } from './directions/postgres.ts';
import { redis } from './directions/redis.ts';

const DECLARED: Readonly<Record<string, KindDirections>> = { ...aws, ...file, ...mysql, ...peer, ...postgres, ...redis };
/** Each as if its probe had no other: what is read with one is read in no time. */
const kinds = new Map(
  [...probes.values()].flatMap((probe) =>
    [...probe.kinds].map(([name, kind]) => [name, { entry: kind.entry, probe: { ...probe, kinds: new Map([[name, kind]]) } }]),
  ),
);
const { defaults } = goodConfig();

/** Every key that an entry may have, by its path; `*` stands for the names of a record. */
function keysOf(schema: z.core.$ZodType, path: string): string[] {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault)
    return keysOf(schema.unwrap(), path);
  const below = (key: string): string => (path === '' ? key : `${path}.${key}`);
  if (schema instanceof z.ZodObject)
    return Object.entries(schema.shape as Record<string, z.core.$ZodType>).flatMap(([key, inner]) => keysOf(inner, below(key)));
  if (schema instanceof z.ZodRecord) return keysOf(schema.valueType, below('*'));
  return [path];
}

type Raw = Record<string, unknown>;
const isRaw = (value: unknown): value is Raw => typeof value === 'object' && value !== null && !Array.isArray(value);

/** The keys of a path: the name of the record's that was declared stands for `*`. */
function stepsOf(path: string, star: KindDirections['star'] = {}): string[] {
  const steps = path.split('.');
  return steps.map((step, at) => (step === '*' ? (star[steps.slice(0, at).join('.')] ?? 'x') : step));
}

function put(entry: Raw, [step = '', ...rest]: readonly string[], value: unknown): Raw {
  const inner = entry[step];
  if (rest.length > 0) return { ...entry, [step]: put(isRaw(inner) ? inner : {}, rest, value) };
  const { [step]: _old, ...others } = entry;
  return value === undefined ? others : { ...others, [step]: value };
}

function remember(kind: string, entry: Raw): Remembered[] {
  const { probe } = kinds.get(kind) ?? {};
  assert.ok(probe, `there is no kind ${kind}`);
  const config = { defaults, connections: new Map([['there', { name: 'there', probe: probe.name, settings: {} }]]) };
  const text = JSON.stringify({
    schema: 'rollcall/manifest/v1',
    manifest: 'm',
    version: 1,
    resources: [{ id: 'one', kind, connection: 'there', ...entry }],
  });
  const loaded = readManifest({ file: 'manifest.yaml', bytes: Buffer.from(text), config, probes: new Map([[probe.name, probe]]), isCron });
  if (!loaded.ok) throw new assert.AssertionError({ message: `${text}: ${JSON.stringify(loaded.complaints)}` });
  return loaded.value.resources.map(toRemembered);
}

const sense = (diff: ManifestDiff): string => (isWeakening(diff) ? 'weaker' : diff.strengthened.length > 0 ? 'stronger' : 'nothing');

/** What is judged otherwise than declared, in words. */
function misjudged(kind: string, { entry, star }: KindDirections, path: string, { is, values, entry: own }: Direction): string[] {
  const steps = stepsOf(path, star);
  const made = values.map((value) => remember(kind, put({ ...entry, ...own }, steps, value)));
  return made.flatMap((was, from) =>
    made.flatMap((then, to) => {
      const wanted = from === to ? 'nothing' : is === 'up' && from < to ? 'stronger' : 'weaker';
      const found = sense(diffManifests(was, then));
      const change = `${kind} ${path}: ${JSON.stringify(values[from])} to ${JSON.stringify(values[to])}`;
      return found === wanted ? [] : [`${change} is ${found}, not ${wanted}`];
    }),
  );
}

describe('which way each key of each kind weakens the watch', () => {
  it('is declared for every one of them, in test/repo/directions/', () => {
    const undeclared = [...kinds].flatMap(([kind, { entry }]) => {
      const declared = Object.keys(DECLARED[kind]?.keys ?? {});
      return keysOf(entry, '').flatMap((path) => (declared.includes(path) ? [] : [`${kind} ${path}`]));
    });
    assert.deepEqual(undeclared, []);
  });

  for (const [kind, declared] of Object.entries(DECLARED))
    it(`is judged as declared, of ${kind}`, () => {
      assert.deepEqual(
        Object.entries(declared.keys).flatMap(([path, direction]) => misjudged(kind, declared, path, direction)),
        [],
      );
    });
});
