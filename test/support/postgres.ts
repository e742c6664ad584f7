import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findBinaries, type Binaries } from '../../src/adapters/embedded-postgres-binaries.ts';
import { EmbeddedPostgres, initCluster, makeServerFolder } from '../../src/adapters/embedded-postgres.ts';

export type TestPostgres = EmbeddedPostgres & { readonly version: PostgresVersion };
export type PostgresVersion = 15 | 17 | 18;
export const POSTGRES_VERSIONS: readonly PostgresVersion[] = [15, 17, 18];
/** Of the superuser `postgres` of every test server. */
const POSTGRES_PASSWORD = 'only-for-tests';

const PACKAGES = { 15: 'embedded-postgres-15', 17: 'embedded-postgres-17', 18: 'embedded-postgres' };
const runAs = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : undefined;
const templates = new Map<PostgresVersion, Promise<{ binaries: Binaries; template: string }>>();
const folders: string[] = [];

process.once('exit', () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** One cluster per version and process, made once and copied for each server. */
async function makeTemplate(version: PostgresVersion): Promise<{ binaries: Binaries; template: string }> {
  const folder = await makeServerFolder(tmpdir(), runAs);
  folders.push(folder);
  const binaries = await findBinaries(PACKAGES[version], folder, runAs);
  const template = join(folder, 'data');
  await initCluster({ binaries, tmp: folder, runAs, password: POSTGRES_PASSWORD }, template);
  return { binaries, template };
}

/**
 * A real PostgreSQL of the test's own on 127.0.0.1, in well under a second after the first of its version.
 * End it with `await using`, or by calling `[Symbol.asyncDispose]()` in an `after` hook.
 */
export async function startPostgres(
  options: { readonly version?: PostgresVersion; readonly settings?: readonly string[]; readonly auth?: 'trust' | 'scram' } = {},
): Promise<TestPostgres> {
  const { version = 18, ...rest } = options;
  const made = templates.get(version) ?? makeTemplate(version);
  templates.set(version, made);
  const server = await EmbeddedPostgres.start({ ...rest, ...(await made), tmp: tmpdir(), runAs, password: POSTGRES_PASSWORD });
  return Object.assign(server, { version });
}
