import { createReadStream } from 'node:fs';
import { resolve } from 'node:path';
import { createSystemClock } from '../adapters/clock-system.ts';
import { filesContext, probes } from '../app.ts';
import { unreadable } from '../config/complaint.ts';
import type { Config } from '../config/types.ts';
import { EXIT } from '../core/exit.ts';
import { formatInstant } from '../core/wording.ts';
import { readCompose } from '../declared/compose.ts';
import { MAX_BYTES } from '../declared/declared-file.ts';
import { readKubernetes } from '../declared/kubernetes.ts';
import { readTerraform } from '../declared/terraform.ts';
import { draftManifest, type DraftEntry } from '../draft/draft-manifest.ts';
import { idMaker } from '../draft/id-maker.ts';
import { FilesError, readConfigFile } from '../files.ts';
import { firstOf, readFirst } from '../plain-file.ts';
import type { Declared, Imported } from '../probe.ts';
import { clean, escapeUnsafe } from '../values/text.ts';
import type { Io } from './io.ts';
import { writeNew } from './write-new.ts';

export const IMPORT_FORMATS = ['terraform', 'compose', 'kubernetes'] as const;
const READERS = { terraform: readTerraform, compose: readCompose, kubernetes: readKubernetes };
/** Of what is skipped, so many are named in the draft; the rest is counted. */
const NAMED = 200;

export interface ImportOptions {
  readonly config: string | undefined;
  readonly format: (typeof IMPORT_FORMATS)[number];
  readonly file: string;
  readonly output: string | undefined;
  readonly force: boolean;
  readonly json: boolean;
}

interface Skipped {
  readonly type: string;
  readonly name: string;
  readonly why: string;
}

/** A draft of a manifest from what another tool's file declares, with what is still to be filled in marked TODO. Contacts nothing, needs no config. */
export async function importFile(io: Io, { config: option, format, file, output, force, json }: ImportOptions): Promise<number> {
  const bytes = await readGiven(io, file).catch((error: unknown) => {
    throw new FilesError([unreadable(file, error instanceof Error && 'code' in error ? String(error.code) : 'cannot be read')]);
  });
  const declared = READERS[format](file, bytes);
  if (!declared.ok) throw new FilesError(declared.complaints);
  const config = await configIfAny(option, io);
  const makeId = idMaker();
  const entries: DraftEntry[] = [];
  const skipped: Skipped[] = [];
  for (const one of declared.value) {
    const made = [...probes.values()].flatMap((probe) => (probe.imports?.(one) ?? []).map((imported) => ({ probe: probe.name, imported })));
    if (made.length === 0) skipped.push({ type: one.type, name: one.name, why: 'no probe of this version knows it' });
    for (const { probe, imported } of made)
      if ('skipped' in imported) skipped.push({ type: one.type, name: one.name, why: imported.skipped });
      else entries.push(entryOf(imported, probe, config, makeId));
  }
  const at = formatInstant(createSystemClock(0).now().wall);
  if (json) {
    const printed = entries.map(({ id, connection, found, todo }) => ({
      id,
      connection,
      kind: found.of,
      entry: found.entry,
      identity: found.pin,
      expect: found.expect ?? {},
      facts: found.facts ?? [],
      todo,
    }));
    io.out(escapeUnsafe(`${JSON.stringify({ schema: 'rollcall/import/v1', at, format, entries: printed, skipped }, null, 2)}\n`));
  }
  for (const [why, own] of Map.groupBy(skipped, (one) => one.why))
    io.err(`${clean(`skipped ${own.length}: ${why}: ${summary(own)}`, 300)}\n`);
  const text = draft(entries, skipped, { file, format, at });
  if (output !== undefined && !(await writeNew(io, output, text, force))) return EXIT.usage;
  if (output === undefined && !json) io.out(text);
  io.err(
    `${entries.length} entries of ${declared.value.length} declared things. Nothing is watched by this: fill in what is marked TODO, then rollcall validate.\n`,
  );
  return entries.length > 0 ? EXIT.ok : EXIT.unknown;
}

/** As much of a file as can be too much. What a shell hands over is waited for; a pipe that lies in a folder is not, for nobody may ever write to it. */
async function readGiven(io: Io, file: string): Promise<Buffer> {
  const path = resolve(io.cwd, file);
  const [, descriptor] = file === '-' ? ['', '0'] : (/^\/(?:dev|proc\/self)\/(?:fd\/(\d+)|stdin)$/.exec(path) ?? []);
  if (path === '/dev/stdin' || descriptor === '0') return firstOf(io.input(), MAX_BYTES + 1);
  return descriptor === undefined ? readFirst(path, MAX_BYTES + 1) : firstOf(createReadStream(path), MAX_BYTES + 1);
}

/** Types and how many of each, the most frequent first. */
function summary(skipped: readonly Skipped[]): string {
  const counts = [...Map.groupBy(skipped, ({ type }) => type)].sort(([, a], [, b]) => b.length - a.length);
  return counts.map(([type, own]) => (own.length === 1 ? type : `${type} (${own.length})`)).join(', ');
}

function entryOf(
  { entry, todo, on = {} }: Extract<Imported, { entry: unknown }>,
  probe: string,
  config: Config | undefined,
  makeId: (name: string) => string,
): DraftEntry {
  const all = [...(config?.connections.values() ?? [])].filter((connection) => connection.probe === probe);
  const fitting = all.filter(({ settings }) =>
    Object.entries(on).every(([key, value]) => (settings as Readonly<Record<string, unknown>>)[key] === value),
  );
  const [only, other] = fitting;
  const sure = only && !other ? only.name : undefined;
  const choice = other
    ? `one of ${fitting.map(({ name }) => name).join(', ')}`
    : `a connection of probe ${probe}, to be declared in config.yaml${Object.keys(on).length > 0 ? ` with ${JSON.stringify(on)}` : ''}`;
  return {
    id: makeId(entry.name),
    connection: sure ?? `TODO-${probe}-connection`,
    found: entry,
    todo: [...(sure === undefined ? [`connection: ${choice}`] : []), ...todo],
  };
}

function draft(
  entries: readonly DraftEntry[],
  skipped: readonly Skipped[],
  { file, format, at }: { file: string; format: Declared['format']; at: string },
): string {
  const head = [
    `A draft that rollcall import ${format} made of ${file} on ${at}. Nothing is watched by it, and nobody was asked whether any of it is there.`,
    'Fill in what is marked TODO: rollcall validate refuses it until then. Then rollcall check, and rollcall pin.',
  ];
  const foot = skipped.slice(0, NAMED).map(({ type, name, why }) => `skipped: ${type} ${name}: ${why}`);
  const more = skipped.length > NAMED ? [`and ${skipped.length - NAMED} more`] : [];
  return draftManifest({ manifest: 'draft', version: 1, head, entries, foot: [...foot, ...more] });
}

/** Where there is a config, its connections are named. */
async function configIfAny(option: string | undefined, io: Io): Promise<Config | undefined> {
  try {
    return (await readConfigFile(option, filesContext(io))).config;
  } catch (error) {
    if (!(error instanceof FilesError)) throw error;
    const missing = error.complaints.every(({ code }) => code === 'RC_FILE_UNREADABLE');
    if (option !== undefined || !missing)
      io.err('config.yaml cannot be read, so its connections are not known (rollcall validate says more)\n');
    return undefined;
  }
}
