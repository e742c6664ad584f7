import type { Strong } from '../../src/probe.ts';
import { clean } from '../../src/values/text.ts';
import type { GrantLine } from './grant-lines.ts';
import { sayLevel, sqlLevel, strengthOf, type RightsLine, type Strength } from './privileges.ts';
import { runnable } from './sql-text.ts';

/** How grave it is that a watcher has it, and what it means. */
const MEANINGS: Readonly<Record<Strength, readonly [Strong['severity'], string]>> = {
  admin: ['critical', 'can change the server itself'],
  grant: ['critical', 'can give itself, or others, more than it has'],
  file: ['critical', "can read and write files with the server's own account"],
  write: ['critical', 'can change or destroy'],
  execute: ['warning', 'can call routines, which run with the rights of whoever made them'],
  role: ['warning', 'can take on a role, and what that may'],
  proxy: ['critical', 'can act as another account'],
  replication: ['warning', 'can read every change that is made, rows and all'],
  process: ['warning', 'sees the statements of others, and what is in them'],
  'read-all': ['warning', 'can read everything, password hashes included'],
  unread: ['critical', 'has a right that this version of rollcall does not know'],
};

/** What an account may do beyond looking: one finding for each kind and level. `account`: as SQL names it. */
export function strengthsOf(lines: readonly GrantLine[], account: string, name: string): Strong[] {
  return lines.flatMap((line): Strong[] => {
    if (line.is === 'nothing' || (line.is === 'rights' && line.revoked)) return [];
    if (line.is === 'unread') return [strong('unread', 'the server', name, [`SHOW GRANTS FOR ${account}`])];
    if (line.is === 'proxy') return [strong('proxy', 'the server', name, [`SHOW GRANTS FOR ${account}`])];
    if (line.is === 'role') return [strong('role', clean(`ROLE ${line.account}`, 140), name, [`REVOKE ${line.account} FROM ${account}`])];
    return rightsOf(line, account, name);
  });
}

function rightsOf({ rights, on }: RightsLine, account: string, name: string): Strong[] {
  const groups = Map.groupBy(rights, (right) => strengthOf(right, on));
  return [...groups].flatMap(([strength, some]) => {
    if (strength === undefined) return [];
    const fix = `REVOKE ${some.join(', ')} ON ${on.is === 'routine' ? 'PROCEDURE ' : ''}${sqlLevel(on)} FROM ${account}`;
    return [strong(strength, sayLevel(on), name, [fix], some)];
  });
}

function strong(right: Strength, on: string, name: string, fix: readonly string[], rights: readonly string[] = []): Strong {
  const [severity, meaning] = MEANINGS[right];
  const by = rights.length === 0 ? '' : ` (${rights.slice(0, 20).join(', ')})`;
  const what = clean(`${name} ${meaning}${by} on ${on}`, 600);
  return { kind: 'strong', right, on, severity, what, fix: fix.map((sql) => `${runnable(sql)};`) };
}
