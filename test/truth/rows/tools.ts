import { execFile } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { promisify } from 'node:util';
import { STRICT } from '../expectations.ts';
import type { Row } from '../row.ts';

const run = promisify(execFile);
/** Debian's: the npm package of the server has no client programs. */
const TOOLS = '/usr/lib/postgresql/15/bin';
const ONLY = { versions: [15], why: "for the client programs of Debian's postgresql-15" } as const;

/** What the client programs do without any harm: nobody may be woken. */
export const toolRows: readonly Row[] = [
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
