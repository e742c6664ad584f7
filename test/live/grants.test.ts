import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { blindness, grantsOf, NAMES, PASSWORD, quote, startClosed } from '../probes/postgres/closed-server.ts';
import { makeFolder } from '../support/folder.ts';

const run = promisify(execFile);
/** Of Debian: no package of npm has it. */
const PSQL = '/usr/lib/postgresql/15/bin/psql';

describe('the least role of PostgreSQL', () => {
  it('is a script that psql runs, and runs again, whatever the names hold', async () => {
    const folder = makeFolder();
    try {
      await using server = await startClosed(18);
      const file = join(folder.path, 'grants.sql');
      await writeFile(file, (await grantsOf(server)).script);
      const psql = () => run(PSQL, ['-X', '-v', 'ON_ERROR_STOP=1', '-q', '-f', file, server.url()]);
      await psql();
      await psql();
      await server.query(`alter role ${quote(NAMES.role)} password '${PASSWORD}'`);
      assert.deepEqual(await blindness(server), []);
    } finally {
      folder.remove();
    }
  });
});
