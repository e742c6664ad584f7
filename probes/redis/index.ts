import { defineProbe, type Kind } from '../../src/probe.ts';
import { compileDatabase } from './compile.ts';
import { disarm } from './disarm.ts';
import { grantsFor } from './grants.ts';
import { importDatabase } from './imports.ts';
import { RedisLink } from './link.ts';
import { patience } from './patience.ts';
import { STRENGTHS } from './powers.ts';
import { rightsFor } from './rights.ts';
import { agentSchema, connectionSchema, databaseSchema, type Connection, type DatabaseEntry } from './schema.ts';
import type { DatabaseTarget } from './target.ts';

const kinds = new Map<string, Kind<DatabaseTarget>>([
  [
    'redis.database',
    {
      entry: databaseSchema,
      compile: (entry) => compileDatabase(entry as DatabaseEntry),
      confirmAfterMs: 0,
      // An entry may leave the number out.
      covers: (target, found) => found.entry['database'] === target.database,
    },
  ],
]);

/** Logical databases of one Redis (6 to 8) or Valkey server, with a user that can run nothing but questions. */
export const redis = defineProbe<Connection, DatabaseTarget>({
  name: 'redis',
  kinds,
  connection: connectionSchema,
  strengths: STRENGTHS,
  agent: agentSchema,
  batchKey: () => 'server',
  inspectionsPerMinute: () => undefined,
  patience,
  needs: rightsFor,
  grants: grantsFor,
  disarm,
  imports: importDatabase,
  setup: {
    title: 'a Redis or Valkey server',
    questions: [
      { key: 'host', ask: 'Where is it? Its name or address, without a port', answer: 'text', example: 'cache.internal' },
      { key: 'user', ask: 'As which ACL user? One that can only look (rollcall grants prints one later)', answer: 'text', optional: true },
      { key: 'password', ask: 'Its password', answer: 'secret', optional: true },
    ],
  },
  open: (connection, context) => new RedisLink(connection, context),
});
