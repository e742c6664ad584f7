import { execFile } from 'node:child_process';
import { chown, mkdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { Identity } from '../../../src/core/report.ts';
import type { TestPostgres } from '../../support/postgres.ts';
import { STRICT } from '../expectations.ts';
import type { Row } from '../row.ts';
import { WITHIN } from '../timing.ts';

const run = promisify(execFile);
/** Debian's: the npm package of the server has no client programs. */
const TOOLS = '/usr/lib/postgresql/15/bin';
const ONLY = { versions: [15], why: "for the client programs of Debian's postgresql-15" } as const;

/**
 * A copy of the server's cluster, gone through `pg_upgrade` to the same version: what moves under that is what moves under any. Both
 * sides are run by Debian's programs, and owned by whoever owns the data. Says where it lies and which `system_identifier` it has now.
 */
async function upgradeCopy(server: TestPostgres, database: string): Promise<{ folder: string; identity: Identity }> {
  const [row] = await server.query(`select oid::text from pg_database where datname = '${database}'`);
  const work = `${server.dataDir}.upgrade`;
  const [old, folder] = [join(work, 'old'), join(work, 'new')];
  const { uid, gid } = await stat(server.dataDir);
  const runAs = { uid, gid, cwd: work, env: { LC_ALL: 'C' } };
  await mkdir(work);
  await chown(work, uid, gid);
  await server.stop();
  await run('cp', ['-a', server.dataDir, old]);
  await server.restart();
  await run(`${TOOLS}/initdb`, ['-D', folder, '-U', 'postgres', '-A', 'trust', '--no-sync', '--locale=C', '-E', 'UTF8'], runAs);
  const port = String(server.port);
  await run(
    `${TOOLS}/pg_upgrade`,
    ['-b', TOOLS, '-B', TOOLS, '-d', old, '-D', folder, '-U', 'postgres', '-s', work, '-p', port, '-P', port, '--no-sync'],
    runAs,
  );
  const { stdout } = await run(`${TOOLS}/pg_controldata`, ['-D', folder], runAs);
  const [, system = ''] = /^Database system identifier: +(\d+)$/m.exec(stdout) ?? [];
  return { folder, identity: { system_identifier: system, oid: String(row?.['oid']) } };
}

/** Puts the upgraded cluster in the place of the old one. */
async function goOver(server: TestPostgres, folder: string): Promise<void> {
  await server.stop();
  await rm(server.dataDir, { recursive: true });
  await rename(folder, server.dataDir);
  await server.restart();
}

/** What the tools of the server do: without harm, and where an identity moves, as it was announced or not. */
export const toolRows: readonly Row[] = [
  {
    name: 'pg_upgrade that the manifest announced by its new pin',
    server: 'own',
    only: ONLY,
    expect: STRICT,
    // The change asks less than before, so it is told itself; the new server is not.
    paged: { verdict: 'watchdog', within: WITHIN.sweep },
    play: async ({ server, database, repin, defer }) => {
      const { folder, identity } = await upgradeCopy(server, database);
      defer(async () => rm(dirname(folder), { recursive: true, force: true }));
      return async () => {
        await repin(identity);
        await goOver(server, folder);
      };
    },
  },
  {
    name: 'pg_upgrade that nobody announced',
    server: 'own',
    only: ONLY,
    expect: STRICT,
    paged: { verdict: 'impostor', within: WITHIN.sweep },
    play: async ({ server, database, defer }) => {
      const { folder } = await upgradeCopy(server, database);
      defer(async () => rm(dirname(folder), { recursive: true, force: true }));
      return async () => goOver(server, folder);
    },
  },
  {
    name: 'pg_restore --clean --single-transaction of the same rows',
    only: ONLY,
    expect: STRICT,
    paged: 'nothing',
    play: async ({ server, database, defer }) => {
      const dump = `${server.dataDir}.${database}.dump`;
      await run(`${TOOLS}/pg_dump`, ['-Fc', '-f', dump, server.url(database)]);
      defer(async () => rm(dump, { force: true }));
      return async () => run(`${TOOLS}/pg_restore`, ['--clean', '--single-transaction', '-d', server.url(database), dump]);
    },
  },
  {
    name: 'pg_dump',
    only: ONLY,
    expect: STRICT,
    paged: 'nothing',
    play:
      ({ server, database }) =>
      async () =>
        run(`${TOOLS}/pg_dump`, ['-f', '/dev/null', server.url(database)]),
  },
];
