import type { Right, Wanted } from '../../src/probe.ts';
import type { DatabaseTarget } from './target.ts';

/** All that a watcher's user is ever given, what for, and for which databases. None of it can change anything. */
const COMMANDS: readonly { readonly command: string; readonly why: string; readonly when: (target: DatabaseTarget) => boolean }[] = [
  { command: 'info', why: 'to read how many keys each database has, what was run, and how the server keeps them', when: () => true },
  { command: 'dbsize', why: 'to prove that a database is empty, when it is', when: () => true },
  { command: 'select', why: 'to ask in a database other than 0', when: ({ database }) => database !== 0 },
  { command: 'exists', why: 'to see whether the sentinels are there', when: ({ sentinels }) => sentinels.length > 0 },
  { command: 'get', why: 'to read the mark', when: ({ mark }) => mark !== undefined },
  { command: 'acl|dryrun', why: 'to prove in an audit that it can do nothing else; it runs nothing', when: () => true },
];

export const GRANTED: readonly string[] = COMMANDS.map(({ command }) => command);

/** Commands that the watcher's user needs for these databases, as ACL rules name them. */
export function neededCommands(targets: readonly DatabaseTarget[]): readonly { readonly command: string; readonly why: string }[] {
  return COMMANDS.filter(({ when }) => targets.some(when));
}

/** The keys that it must be let at, each once. */
export function neededKeys(targets: readonly DatabaseTarget[]): string[] {
  return [...new Set(targets.flatMap(({ mark, sentinels }) => [...(mark === undefined ? [] : [mark]), ...sentinels]))];
}

/** The rights of the least user: commands by name, and exactly the keys that the manifest names. */
export function rightsFor(wanted: readonly Wanted<DatabaseTarget>[]): Right[] {
  const targets = wanted.map(({ target }) => target);
  return [
    ...neededCommands(targets).map(({ command, why }): Right => ({ right: `+${command}`, on: 'the server', why })),
    ...neededKeys(targets).map((key): Right => ({ right: 'a key pattern', on: `key ${key}`, why: 'to ask for this key, and no other' })),
  ];
}
