import { lstatSync, readdirSync, type Dirent } from 'node:fs';
import { join } from 'node:path';
import { matchesPart, splitPattern } from './glob.ts';

/** A regular file that a pattern matches. `mtime` is the storage's own time, ms since 1970. */
export interface BackupFile {
  readonly path: string;
  readonly size: number;
  readonly mtime: number;
}

/** A pattern's matches, from folders that were each listed to their end. */
export interface FileSet {
  readonly folder: string;
  readonly files: readonly BackupFile[];
  readonly folders: number;
  /** Entries that do not match. */
  readonly others: number;
  /** Matching names that are links, folders or devices: never followed, never counted. */
  readonly odd: number;
}

/** Lists a pattern. Throws what node:fs throws, also where only one of several folders is refused: half a list proves nothing. */
export function listFiles(pattern: string): FileSet {
  const { folder, parts } = splitPattern(pattern);
  const files: BackupFile[] = [];
  let [folders, others, odd] = [0, 0, 0];
  const walk = (at: string, depth: number): void => {
    const last = depth === parts.length - 1;
    const part = parts[depth] ?? '';
    folders++;
    for (const entry of entriesOf(at, depth > 0)) {
      const path = join(at, entry.name);
      if (!matchesPart(entry.name, part)) others++;
      else if (!isKind(entry, path, last ? 'isFile' : 'isDirectory')) odd++;
      else if (!last) walk(path, depth + 1);
      else {
        // Deleted since it was listed: rotation, and not in the set any more.
        const stat = lstatSync(path, { throwIfNoEntry: false });
        if (stat) files.push({ path, size: stat.size, mtime: stat.mtimeMs });
      }
    }
  };
  walk(folder, 0);
  return { folder, files, folders, others, odd };
}

/** A matched folder may vanish between its listing and its own; the fixed one may not. */
function entriesOf(folder: string, mayVanish: boolean): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    if (mayVanish && error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}

/** Some filesystems do not tell an entry's type in the listing. */
function isKind(entry: Dirent, path: string, kind: 'isFile' | 'isDirectory'): boolean {
  if (
    entry.isFile() ||
    entry.isDirectory() ||
    entry.isSymbolicLink() ||
    entry.isFIFO() ||
    entry.isSocket() ||
    entry.isBlockDevice() ||
    entry.isCharacterDevice()
  )
    return entry[kind]();
  return lstatSync(path, { throwIfNoEntry: false })?.[kind]() ?? false;
}
