import { readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Command } from 'commander';
import { openStore, type SqliteStore } from '../adapters/store-sqlite.ts';
import { readNames, type Names } from '../config/names.ts';
import { openMembers } from '../core/incident.ts';
import { findConfig } from '../files.ts';
import type { Candidate } from './complete.ts';
import type { Io } from './io.ts';

type Source = 'agents' | 'connections' | 'files' | 'incidents' | 'pagers' | 'requests' | 'requests or files' | 'resources';

/** What the values of arguments and options are, by command and name. What is not here is free text. */
const SOURCES: readonly (readonly [where: RegExp, source: Source])[] = [
  [/ <(?:file|folder)>$/, 'files'],
  [/^(?:approve|deny) request$/, 'requests or files'],
  [/^(?:requests|issue) id$/, 'requests'],
  [/^ack incident$/, 'incidents'],
  [/^page-test pagers$/, 'pagers'],
  [/^grants --connection /, 'connections'],
  [/^discover connections$/, 'connections'],
  [/^grants --agent /, 'agents'],
  [/^\S+ (?:ids?|--about <ids?(?:\.\.\.)?>)$/, 'resources'],
];

const LATEST = 50;

/** Values of `name` (an argument's name or an option's flags), as the files and the store of this config have them; none where they cannot be had. */
export async function completeValue(io: Io, config: string | undefined, command: Command, name: string): Promise<readonly Candidate[]> {
  const where = `${command.name()} ${name}`;
  const [, source] = SOURCES.find(([pattern]) => pattern.test(where)) ?? [];
  if (source === undefined) return [];
  if (source === 'files') return [[':files', '']];
  try {
    return await read(io, config, source);
  } catch {
    return [];
  }
}

async function read(io: Io, option: string | undefined, source: Exclude<Source, 'files'>): Promise<readonly Candidate[]> {
  const path = resolve(io.cwd, await findConfig(option, io));
  const folder = dirname(path);
  const names = readNames(await readFile(path));
  if (source === 'resources') return plain((await manifestNames(folder, names)).resources);
  if (source === 'agents' || source === 'connections' || source === 'pagers') return plain(names[source]);
  const store = await openStore(resolve(folder, names.state ?? io.env['STATE_DIRECTORY'] ?? 'state'), { readOnly: true });
  try {
    if (source === 'requests') return plain(await openRequests(store));
    if (source === 'requests or files') return [...plain(await openRequests(store)), [':files', '']];
    const { incidents } = await store.load();
    return incidents.slice(-LATEST).map((incident) => [incident.id, openMembers(incident).join(', ')]);
  } finally {
    await store.close();
  }
}

async function manifestNames(folder: string, { manifest }: Names): Promise<Names> {
  return readNames(await readFile(resolve(folder, manifest ?? join(folder, 'manifest.yaml'))));
}

async function openRequests(store: SqliteStore): Promise<readonly string[]> {
  return (await store.requests()).slice(-LATEST).map(({ id }) => id);
}

function plain(words: readonly string[]): Candidate[] {
  return words.map((word) => [word, '']);
}
