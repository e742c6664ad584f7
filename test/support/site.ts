import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { makeFolder, type Folder } from './folder.ts';

type Entry = Readonly<Record<string, unknown>>;

/** What a site's two files say beyond what every one of them needs; whole parts replace the default ones. */
export interface SiteParts {
  readonly config?: Entry;
  readonly manifest?: Entry;
  readonly resources?: readonly Entry[];
  /** The connection `pg` is made of it. */
  readonly pgUrl?: string;
  /** The pager `hook` posts there. */
  readonly pageUrl?: string;
}

/** A folder with a config and a manifest of the test's own, as a user has them. JSON is YAML too. */
export class Site implements Disposable {
  readonly #folder: Folder = makeFolder();
  readonly path = this.#folder.path;
  #parts: SiteParts;

  constructor(parts: SiteParts = {}) {
    this.#parts = parts;
    this.rewrite({});
  }

  get config(): string {
    return join(this.path, 'config.yaml');
  }

  get state(): string {
    return join(this.path, 'state');
  }

  /** Writes both files anew, with these parts instead of those given before. */
  rewrite(parts: SiteParts): void {
    this.#parts = { ...this.#parts, ...parts };
    const { config, manifest, resources = [], pgUrl, pageUrl } = this.#parts;
    if (pgUrl !== undefined) this.write('pg.url', pgUrl, 0o600);
    const pagers = pageUrl === undefined ? { out: { type: 'console' } } : { hook: { type: 'webhook', url: pageUrl, timeout: '2s' } };
    const connections = {
      disk: { probe: 'file', accept: ['root', 'write'] },
      ...(pgUrl === undefined
        ? {}
        : { pg: { probe: 'postgres', url: { file: './pg.url' }, connect_timeout: '500ms', accept: ['superuser'] } }),
    };
    const base = {
      watchdog: { name: 'tester', state: './state', listen: 'off' },
      manifest: './manifest.yaml',
      connections,
      defaults: { sweep: '300ms', inspect: '1s', blind_after: '5s' },
      pagers,
      routes: [{ pagers: Object.keys(pagers) }],
    };
    this.write('config.yaml', JSON.stringify({ ...base, ...config }, null, 2));
    this.write(
      'manifest.yaml',
      JSON.stringify({ schema: 'rollcall/manifest/v1', manifest: 'site', version: 1, resources, ...manifest }, null, 2),
    );
  }

  /** A file below the folder, its own folders included; returns its path. */
  write(name: string, text: string, mode = 0o644): string {
    const path = join(this.path, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text, { mode });
    return path;
  }

  [Symbol.dispose](): void {
    this.#folder.remove();
  }
}

/** A roll entry for a database of the connection `pg`. */
export function database(id: string, more: Entry = {}): Entry {
  return { id, kind: 'postgres.database', connection: 'pg', name: id, ...more };
}

/** A roll entry for dumps of the connection `disk`. */
export function backups(id: string, path: string, more: Entry = {}): Entry {
  return { id, kind: 'file.backups', connection: 'disk', path, ...more };
}

/** A roll entry for a folder of the connection `disk`. */
export function volume(id: string, path: string, more: Entry = {}): Entry {
  return { id, kind: 'file.volume', connection: 'disk', path, ...more };
}
