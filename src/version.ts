import { readFileSync } from 'node:fs';

/** The package's version. `package.json` lies one folder up, of dist/ as of src/. */
export function readVersion(): string {
  try {
    const { name, version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as Record<string, string>;
    return name === 'rollcall' && version !== undefined ? version : 'unknown';
  } catch {
    return 'unknown';
  }
}
