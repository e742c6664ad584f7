import { patience } from '../../src/probe-kit/patience.ts';
import { defineProbe, type Kind } from '../../src/probe.ts';
import { compileDatabase } from './compile.ts';
import { disarm } from './disarm.ts';
import { grantsFor } from './grants.ts';
import { importDatabase } from './imports.ts';
import { MysqlLink } from './link.ts';
import { STRENGTHS } from './privileges.ts';
import { rightsFor } from './rights.ts';
import { agentSchema, connectionSchema, databaseSchema, type Connection, type DatabaseEntry } from './schema.ts';
import type { DatabaseTarget } from './target.ts';

const kinds = new Map<string, Kind<DatabaseTarget>>([
  ['mysql.database', { entry: databaseSchema, compile: (entry) => compileDatabase(entry as DatabaseEntry), confirmAfterMs: 0 }],
]);

/** Databases of one MySQL (8.0.22 and later) or MariaDB (10.11 and later) server, with an account that can change nothing. */
export const mysql = defineProbe<Connection, DatabaseTarget>({
  name: 'mysql',
  kinds,
  connection: connectionSchema,
  strengths: STRENGTHS,
  agent: agentSchema,
  batchKey: () => 'server',
  inspectionsPerMinute: (connection) => connection.inspections_per_minute,
  patience,
  needs: rightsFor,
  grants: grantsFor,
  disarm,
  imports: importDatabase,
  setup: {
    title: 'a MySQL or MariaDB server',
    questions: [
      {
        key: 'url',
        ask: 'How is it reached? Use an account that can only look (rollcall grants prints one later)',
        answer: 'secret',
        example: 'mysql://rollcall:PASSWORD@db.internal:3306',
      },
    ],
  },
  open: (connection, context) => new MysqlLink(connection, context),
});
