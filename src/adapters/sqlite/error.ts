/**
 * - `missing`: there is no store, and this opening may not make one.
 * - `gone`: the file was deleted or replaced while it was open.
 * - `denied`, `read-only`: the folder or file may not be read or written by this user, or the store was opened for reading.
 * - `busy`: another process writes for longer than the busy timeout. `locked`: another daemon runs on this state folder.
 * - `full`, `io`: the disk is full; the disk fails, or a file size limit is reached.
 * - `corrupt`: not a database any more, or a record that cannot be read. `foreign`: a database, but not a store of rollcall.
 * - `newer`, `outdated`: written by a newer rollcall; written by an older one and opened for reading only.
 * - `archive`: an archive of old ledger entries is missing, cannot be read, or is not the one that was written.
 * - `conflict`: somebody else changed a request meanwhile; read it anew and decide again.
 * - `closed`: used after `close()`. `refused`: a change the store does not take (a value that JSON cannot hold).
 */
export type StoreErrorCode =
  | 'missing'
  | 'gone'
  | 'denied'
  | 'read-only'
  | 'busy'
  | 'locked'
  | 'full'
  | 'io'
  | 'corrupt'
  | 'foreign'
  | 'newer'
  | 'outdated'
  | 'archive'
  | 'conflict'
  | 'closed'
  | 'refused';

/** What went wrong with the store, where, and what a person can do about it. `code` is for programs. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly code: StoreErrorCode;

  constructor(code: StoreErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

// Primary result codes, https://sqlite.org/rescode.html; extended codes carry them in the low byte.
const BY_SQLITE: Readonly<Record<number, StoreErrorCode>> = {
  3: 'denied',
  5: 'busy',
  6: 'busy',
  8: 'read-only',
  10: 'io',
  11: 'corrupt',
  13: 'full',
  14: 'denied',
  23: 'denied',
  26: 'corrupt',
};

const BY_SYSTEM: Readonly<Record<string, StoreErrorCode>> = {
  EACCES: 'denied',
  EPERM: 'denied',
  EEXIST: 'denied',
  ENOTDIR: 'denied',
  EISDIR: 'denied',
  EROFS: 'read-only',
  ENOSPC: 'full',
  EDQUOT: 'full',
  ERR_INVALID_STATE: 'closed',
};

const ADVICE: Readonly<Record<StoreErrorCode, string>> = {
  missing: 'start `rollcall watch` once, or name the right folder in `watchdog.state`',
  gone: 'what was remembered is lost unless the file is brought back; restart rollcall, and find out who took it',
  denied: 'give the folder and its files to the user that rollcall runs as',
  'read-only': 'make the folder writable for the user that rollcall runs as',
  busy: 'another process holds it; try again, and look who has the file open if it stays so',
  locked: 'stop the other daemon, or give this one a `watchdog.state` of its own',
  full: 'free space on that file system; nothing of this change was recorded',
  io: 'look at the disk and at the limits of this process; nothing of this change was recorded',
  corrupt: 'move the three files `rollcall.db*` away, keep them as evidence, and start again with a restored copy or an empty folder',
  foreign: 'name another folder in `watchdog.state`; this file is left as it is',
  newer: 'run the newer rollcall again, or restore the copy made before the upgrade',
  outdated: 'start `rollcall watch` of this version once, which brings the store up to date',
  archive: 'bring the file back from a copy, or name the folder that it was moved to under `ledger.archive`',
  conflict: 'look at it again and say so again',
  closed: 'this is a mistake in rollcall; please report it',
  refused: 'this is a mistake in rollcall; please report it',
};

/** A StoreError with the advice that belongs to its code. `what` names the file: `cannot open /var/lib/rollcall/rollcall.db: …`. */
export function storeError(code: StoreErrorCode, what: string, cause?: unknown): StoreError {
  return new StoreError(code, `${what}. What to do: ${ADVICE[code]}.`, cause === undefined ? undefined : { cause });
}

/** Any throw of SQLite, the file system or the codec as a StoreError; a StoreError stays what it is. */
export function toStoreError(error: unknown, doing: string): StoreError {
  if (error instanceof StoreError) return error;
  const { errcode, code, message } = error as { errcode?: unknown; code?: unknown; message?: unknown };
  const known = typeof errcode === 'number' ? (BY_SQLITE[errcode & 0xff] ?? 'refused') : BY_SYSTEM[String(code)];
  return storeError(known ?? 'refused', `${doing}: ${String(message)}`, error);
}
