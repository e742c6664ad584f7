import { rmSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
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
  options: {
    readonly version?: PostgresVersion;
    readonly settings?: readonly string[];
    readonly auth?: 'trust' | 'scram';
    /** `new`: a cluster with a system_identifier of its own. The others of a version share one: they are copies. */
    readonly cluster?: 'copy' | 'new';
  } = {},
): Promise<TestPostgres> {
  const { version = 18, cluster = 'copy', ...rest } = options;
  const made = templates.get(version) ?? makeTemplate(version);
  templates.set(version, made);
  const { binaries, template } = await made;
  const from = cluster === 'copy' ? { binaries, template } : { binaries };
  const server = await EmbeddedPostgres.start({ ...rest, ...from, tmp: tmpdir(), runAs, password: POSTGRES_PASSWORD });
  return Object.assign(server, { version });
}

/**
 * Deletes the data directory of a server that runs, after quieting it: otherwise it may answer for milliseconds only,
 * until its WAL writer panics over the first segment that is not there. Then nothing is left that could be asked.
 */
export async function deleteDataDirectory(server: EmbeddedPostgres): Promise<void> {
  await server.query(`alter system set wal_writer_delay = '10s'`);
  await server.query('select pg_reload_conf()');
  await server.query('checkpoint');
  await rm(server.dataDir, { recursive: true, force: true, maxRetries: 5 });
}

/** A streaming standby of `primary`, which is stopped for a moment: copied as a whole, because `pg_basebackup` is not in the npm package. */
export async function startStandby(primary: TestPostgres): Promise<TestPostgres> {
  const signal = join(primary.dataDir, 'standby.signal');
  await primary.stop();
  await writeFile(signal, '');
  const source = `primary_conninfo=host=${primary.host} port=${primary.port} user=postgres`;
  const { binaries } = await (templates.get(primary.version) ?? makeTemplate(primary.version));
  const standby = await EmbeddedPostgres.start({
    binaries,
    template: primary.dataDir,
    settings: [source, 'wal_retrieve_retry_interval=200ms'],
    tmp: tmpdir(),
    runAs,
    password: POSTGRES_PASSWORD,
  });
  await rm(signal);
  await primary.restart();
  const streaming = `select from pg_stat_wal_receiver where status = 'streaming'`;
  while ((await standby.query(streaming)).length === 0) await new Promise((resolve) => setTimeout(resolve, 50));
  return Object.assign(standby, { version: primary.version });
}
