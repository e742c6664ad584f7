import { defineProbe, type Kind } from '../../src/probe.ts';
import { compileDatabase } from './compile.ts';
import { disarm } from './disarm.ts';
import { grantsFor } from './grants.ts';
import { importDatabase } from './imports.ts';
import { PostgresLink } from './link.ts';
import { patience } from '../../src/probe-kit/patience.ts';
import { rightsFor } from './rights.ts';
import { agentSchema, connectionSchema, databaseSchema, type Connection, type DatabaseEntry } from './schema.ts';
import { STRENGTHS } from './strengths.ts';
import type { DatabaseTarget } from './target.ts';

const kinds = new Map<string, Kind<DatabaseTarget>>([
  ['postgres.database', { entry: databaseSchema, compile: (entry) => compileDatabase(entry as DatabaseEntry), confirmAfterMs: 0 }],
]);

/** Databases of one PostgreSQL server (15 to 18), with a role that can change nothing. */
export const postgres = defineProbe<Connection, DatabaseTarget>({
  name: 'postgres',
  kinds,
  connection: connectionSchema,
  strengths: STRENGTHS,
  agent: agentSchema,
  prompted: (_connection, target) => (target.tripwire ? 'the end of the session that is held in it (tripwire)' : undefined),
  batchKey: () => 'server',
  inspectionsPerMinute: (connection) => connection.inspections_per_minute,
  patience,
  needs: rightsFor,
  grants: grantsFor,
  disarm,
  setup: {
    title: 'a PostgreSQL server',
    questions: [
      {
        key: 'url',
        ask: 'How is it reached? Use a role that can only look (rollcall grants prints one later)',
        answer: 'secret',
        example: 'postgres://rollcall:PASSWORD@db.internal:5432/postgres',
      },
    ],
  },
  imports: importDatabase,
  open: (connection, context) => new PostgresLink(connection, context),
});
