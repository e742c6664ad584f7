import { readFileSync } from 'node:fs';

/** The package's version. The file lies two folders up once compiled (dist/src), one folder up in the sources. */
export function readVersion(): string {
  for (const path of ['../package.json', '../../package.json']) {
    try {
      const { name, version } = JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8')) as { name?: string; version?: string };
      if (name === 'rollcall' && version !== undefined) return version;
    } catch {
      // Not there: the other place is tried.
    }
  }
  return 'unknown';
}
