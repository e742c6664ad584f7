import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from '../test/support/free-port.ts';

export interface DaemonFiles {
  readonly manifest: string;
  /** Of each server; all have the same databases. */
  readonly urls: readonly string[];
  readonly pageUrl: string;
  readonly databases: readonly string[];
  readonly tripwires: ReadonlySet<string>;
}

/** Writes a config, a manifest and a secret as a person would, in a new folder below `folder`. Returns the config's path. */
export async function writeDaemonFiles(folder: string, files: DaemonFiles): Promise<string> {
  await mkdir(folder, { recursive: true });
  const servers = files.urls.map((url, n) => ({ name: `server-${n + 1}`, url }));
  for (const { name, url } of servers) await writeFile(join(folder, `${name}.url`), url, { mode: 0o600 });
  const config = `watchdog: { name: bench, state: ./state, listen: 127.0.0.1:${await freePort()} }
manifest: ./manifest.yaml
connections:
${servers.map(({ name }) => `  ${name}: { probe: postgres, url: { file: ./${name}.url }, accept: [superuser] }`).join('\n')}
defaults: { sweep: 1s }
pagers:
  bench: { type: webhook, url: ${JSON.stringify(files.pageUrl)} }
routes:
  - { pagers: [bench] }
`;
  const entries = servers.flatMap((server) =>
    files.databases.map(
      (name) => `  - id: ${servers.length === 1 ? name : `${server.name}.${name}`}
    kind: postgres.database
    connection: ${server.name}
    name: ${name}
${files.tripwires.has(name) ? '    tripwire: true\n' : ''}`,
    ),
  );
  await writeFile(
    join(folder, 'manifest.yaml'),
    `schema: rollcall/manifest/v1\nmanifest: ${files.manifest}\nversion: 1\nresources:\n${entries.join('')}`,
  );
  const path = join(folder, 'config.yaml');
  await writeFile(path, config);
  return path;
}
