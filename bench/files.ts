import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface DaemonFiles {
  readonly manifest: string;
  readonly url: string;
  readonly pageUrl: string;
  readonly databases: readonly string[];
  readonly tripwires: ReadonlySet<string>;
  /** Databases of one server; each `connections` in turn gets its share. */
  readonly connections?: number;
}

/** Writes a config, a manifest and a secret as a person would, in a new folder below `folder`. Returns the config's path. */
export async function writeDaemonFiles(folder: string, files: DaemonFiles): Promise<string> {
  const { connections = 1 } = files;
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'server.url'), files.url, { mode: 0o600 });
  const names = Array.from({ length: connections }, (_, n) => `server-${n + 1}`);
  const config = `watchdog: { name: bench, state: ./state, listen: 127.0.0.1:0 }
manifest: ./manifest.yaml
connections:
${names.map((name) => `  ${name}: { probe: postgres, url: { file: ./server.url } }`).join('\n')}
defaults: { sweep: 1s }
pagers:
  bench: { type: webhook, url: ${JSON.stringify(files.pageUrl)} }
routes:
  - { pagers: [bench] }
`;
  const entries = files.databases.map(
    (name, n) => `  - id: ${name}
    kind: postgres.database
    connection: ${names[n % connections]}
    name: ${name}
${files.tripwires.has(name) ? '    tripwire: true\n' : ''}`,
  );
  await writeFile(
    join(folder, 'manifest.yaml'),
    `schema: rollcall/manifest/v1\nmanifest: ${files.manifest}\nversion: 1\nresources:\n${entries.join('')}`,
  );
  const path = join(folder, 'config.yaml');
  await writeFile(path, config);
  return path;
}
