import { dirname } from 'node:path';
import type { GrantContext, Grants, GrantStatement, Wanted } from '../../src/probe.ts';
import { splitPattern } from './glob.ts';
import type { FileTarget } from './job.ts';
import { shellWord } from '../../src/values/shell-word.ts';
import { shellPattern } from './shell-text.ts';

const ACCOUNT = 'rollcall';

/**
 * Commands for the least account that looks at exactly these files: to be read, and run by root. A right is given (as a POSIX ACL, acl(5))
 * only where the account has not got it already.
 */
export async function grantsFor(_: unknown, wanted: readonly Wanted<FileTarget>[], { role = ACCOUNT }: GrantContext): Promise<Grants> {
  const account = shellWord(role);
  const statement = (run: string, why: string): GrantStatement => ({ at: 'this host', run, why });
  const statements = [
    statement(
      `id -u ${account} >/dev/null 2>&1 || useradd --system --no-create-home --shell /usr/sbin/nologin ${account}`,
      'an account of its own, in no group of others, that nobody logs in to',
    ),
    ...wanted.flatMap((one) => commandsFor(one, account, statement)),
  ];
  const distinct = [...new Map(statements.map((one) => [one.run, one])).values()];
  const script = [
    '#!/bin/bash',
    '# The least account for what this manifest asks of the files of this host. Read it, then run it as root. It may be run again.',
    'set -euo pipefail',
    ...NEED.map((line) => line.replace('ACCOUNT', () => account)),
    ...distinct.flatMap(({ run, why }) => [`# ${why}`, run]),
  ];
  return { language: 'sh', role, statements: distinct, script: `${script.join('\n')}\n` };
}

const NEED = [
  'account=ACCOUNT',
  '# need RIGHTS PATH...: gives the account the rights (r, x or rx) where it lacks one',
  'need() {',
  '  local rights=$1 path; shift',
  '  for path in "$@"; do',
  '    [[ $rights != *r* ]] || runuser -u "$account" -- test -r "$path" || setfacl -m "u:$account:$rights" -- "$path"',
  '    [[ $rights != *x* ]] || runuser -u "$account" -- test -x "$path" || setfacl -m "u:$account:$rights" -- "$path"',
  '  done',
  '}',
];

function commandsFor(
  { target, checks }: Wanted<FileTarget>,
  account: string,
  statement: (run: string, why: string) => GrantStatement,
): GrantStatement[] {
  const reads = checks.some((check) => check.depth === 'inspect');
  if (target.is === 'volume')
    return [
      ...reach(target.path, statement),
      ...target.contains.concat(target.sentinels).flatMap((name) => between(target.path, name, statement)),
      ...target.sentinels.map((name) => statement(`need r ${shellWord(`${target.path}/${name}`)}`, 'to digest it')),
    ];
  const { folder, parts } = splitPattern(target.pattern);
  const folders = parts.slice(0, -1).map((_, nth) => [folder, ...parts.slice(0, nth + 1)].join('/'));
  const last = shellPattern(folders.at(-1) ?? folder);
  return [
    ...reach(folder, statement),
    ...folders.map((one) => statement(`need rx ${shellPattern(one)}`, 'to list it and to see sizes and dates')),
    ...(reads
      ? [
          statement(`need r ${shellPattern(target.pattern)}`, 'to see whether they are whole'),
          statement(
            `setfacl -d -m u:${account}:r -- ${last}`,
            'for those that come; one that its maker creates with mode 0600 stays closed, and is blind',
          ),
        ]
      : []),
  ];
}

/** A folder, and the way to it. */
function reach(folder: string, statement: (run: string, why: string) => GrantStatement): GrantStatement[] {
  const above: string[] = [];
  for (let one = dirname(folder); one !== dirname(one); one = dirname(one)) above.unshift(one);
  return [
    ...above.map((one) => statement(`need x ${shellWord(one)}`, 'to reach what is below')),
    ...(dirname(folder) === folder ? [] : [statement(`need rx ${shellWord(dirname(folder))}`, 'to prove that it is gone, when it is')]),
    statement(`need rx ${shellWord(folder)}`, 'to list it and to see sizes and dates'),
  ];
}

/** The folders between a volume and something in it. */
function between(path: string, name: string, statement: (run: string, why: string) => GrantStatement): GrantStatement[] {
  const above: string[] = [];
  for (let one = dirname(name); one !== '.'; one = dirname(one)) above.unshift(one);
  return above.map((one) => statement(`need x ${shellWord(`${path}/${one}`)}`, 'to reach what is below'));
}
