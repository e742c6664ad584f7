import type { GrantContext, Grants, GrantStatement, Wanted } from '../../src/probe.ts';
import { shellWord } from '../../src/values/shell-word.ts';
import { clean } from '../../src/values/text.ts';
import { aclScript, keyPattern, redisCli, setUser } from './acl-text.ts';
import { DEFAULT_USER } from './connector.ts';
import { GRANTED, neededCommands, neededKeys } from './rights.ts';
import type { Connection } from './schema.ts';
import type { DatabaseTarget } from './target.ts';

const USER = 'rollcall';

/** Commands for the least user that looks at exactly these databases: to be read, and run by somebody who may make users. */
export async function grantsFor({ user }: Connection, wanted: readonly Wanted<DatabaseTarget>[], { role }: GrantContext): Promise<Grants> {
  const asked = role ?? user ?? DEFAULT_USER;
  // The default user is everybody who names none: it is never narrowed to the watcher's rights.
  const name = asked === DEFAULT_USER ? USER : asked;
  const targets = wanted.map(({ target }) => target);
  const commands = neededCommands(targets);
  const rules = [
    'resetkeys',
    'resetchannels',
    '-@all',
    ...commands.map(({ command }) => `+${command}`),
    ...neededKeys(targets).map(keyPattern),
  ];
  const why = commands.map(({ command, why: use }) => `${command.replace('|', ' ').toUpperCase()} ${use}`).join('; ');
  const statements: GrantStatement[] = [
    { at: 'the server', run: refuseStronger(name), why: 'never a user that others use' },
    { at: 'the server', run: setUser(name, rules), why: `a user of its own: ${why}` },
  ];
  const head = [
    `# The least user for what this manifest asks of this server: ${clean(name, 80)}. Read it, then run it; it may be run again.`,
    '# Before Redis 7 take out +acl|dryrun: an audit then cannot prove what this user may do.',
  ];
  return { language: 'sh', role: name, statements, script: aclScript(head, statements) };
}

/** A user of that name that may run anything else is somebody's: its rights are not taken away. */
function refuseStronger(name: string): string {
  const ours = ` ${GRANTED.map((command) => `+${command}`).join(' ')} `;
  const look = `$1 == "user" && $2 == u { for (i = 3; i <= NF; i++) if ($i ~ /^\\+/ && !index(ours, " " $i " ")) { print $i; exit } }`;
  const found = `$(${redisCli('ACL', 'LIST')} | awk -v u=${shellWord(name)} -v ours=${shellWord(ours)} ${shellWord(look)})`;
  return `found=${found}; [[ -z $found ]] || { echo "this user is there already and may do more than look ($found): give the watcher one of its own" >&2; exit 1; }`;
}
