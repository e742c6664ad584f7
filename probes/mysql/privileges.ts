import { clean } from '../../src/values/text.ts';
import type { GrantLine, Level } from './grant-lines.ts';
import { quoteName, quoteTable } from './sql-text.ts';

export type RightsLine = Extract<GrantLine, { is: 'rights' }>;

/** What an audit may find of an account, and a connection may accept. */
export const STRENGTHS = [
  'admin',
  'grant',
  'file',
  'write',
  'execute',
  'role',
  'proxy',
  'replication',
  'process',
  'read-all',
  'unread',
] as const;
export type Strength = (typeof STRENGTHS)[number];

/** Rights that only look (MySQL, "Privileges Provided by MySQL"; MariaDB, "GRANT"); whatever is not here, of a later version too, may do more. */
const LOOKS = new Set([
  'USAGE',
  'SELECT',
  'REFERENCES',
  'SHOW DATABASES',
  'SHOW VIEW',
  'REPLICATION CLIENT',
  'BINLOG MONITOR',
  'SLAVE MONITOR',
  'REPLICA MONITOR',
]);
const OTHERS: Readonly<Record<string, Strength>> = {
  'GRANT OPTION': 'grant',
  'CREATE USER': 'grant',
  'CREATE ROLE': 'grant',
  'DROP ROLE': 'grant',
  'SET USER': 'grant',
  FILE: 'file',
  EXECUTE: 'execute',
  PROCESS: 'process',
  'REPLICATION SLAVE': 'replication',
  'REPLICATION REPLICA': 'replication',
};
const WRITES = new Set([
  'INSERT',
  'UPDATE',
  'DELETE',
  'DELETE HISTORY',
  'DELETE VERSIONING ROWS',
  'DROP',
  'CREATE',
  'ALTER',
  'INDEX',
  'TRIGGER',
  'EVENT',
  'LOCK TABLES',
  'CREATE VIEW',
  'CREATE ROUTINE',
  'ALTER ROUTINE',
  'CREATE TEMPORARY TABLES',
  'ALL PRIVILEGES',
]);

/** What a right is beyond looking, by the level that it is granted on; undefined where it only looks. */
export function strengthOf(right: string, on: Level): Strength | undefined {
  if (right === 'SELECT' && (on.is === 'global' || ('pattern' in on && on.pattern.toLowerCase() === 'mysql'))) return 'read-all';
  if (LOOKS.has(right)) return undefined;
  if (right === 'ALL PRIVILEGES' && on.is === 'global') return 'admin';
  if (WRITES.has(right)) return 'write';
  // Anything else is a right over the server itself: SUPER, RELOAD, SHUTDOWN, and all that end in _ADMIN.
  return OTHERS[right] ?? 'admin';
}

/** Rights with which data can be destroyed where they are granted; on the server, those too that lead to any other. */
const DESTROYS = new Set(['ALL PRIVILEGES', 'DROP', 'DELETE', 'UPDATE', 'ALTER', 'TRIGGER']);
const LEADS = new Set(['SUPER', 'FILE', 'CREATE USER', 'GRANT OPTION', 'SET USER', 'SYSTEM_USER', 'ROLE_ADMIN', 'SHUTDOWN']);

export function destroys(right: string, on: Level): boolean {
  return DESTROYS.has(right) || (on.is === 'global' && LEADS.has(right));
}

/** A level as GRANT and REVOKE name it. */
export function sqlLevel(on: Level): string {
  if (on.is === 'global') return '*.*';
  return 'pattern' in on ? `${quoteName(on.pattern)}.*` : quoteTable(on.database, on.name);
}

/** The same for people. */
export function sayLevel(on: Level): string {
  if (on.is === 'global') return 'the whole server';
  return clean('pattern' in on ? `databases ${on.pattern}` : `${on.is} ${on.database}.${on.name}`, 140);
}
