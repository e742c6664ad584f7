import * as z from 'zod';
import { objectsSchema } from '../../src/probe-kit/object-counts.ts';
import { serverFields } from '../../src/probe-kit/server-fields.ts';
import { rowFields } from '../../src/probe-kit/table-rows.ts';
import { duration, secretRef } from '../../src/values/fields.ts';

// What MySQL and MariaDB keep of a name, in characters of the basic plane ("Identifier Length Limits", "Schema Object Names").
const NAME_CHARACTERS = 64;

const identifier = z
  .string()
  .min(1)
  .max(NAME_CHARACTERS, `must be at most ${NAME_CHARACTERS} characters long`)
  .refine((name) => !/[\0\u{10000}-\u{10ffff}]/u.test(name), 'must be without NUL and without characters beyond U+FFFF')
  .refine((name) => !name.endsWith(' '), 'must not end in a space: no name of MySQL does');

/** Keys of a `mysql` connection beyond `probe`. */
export const connectionSchema = z.strictObject({
  url: secretRef().describe('mysql://user:password@host:port, without parameters; a unix socket as a percent-encoded host.'),
  marker: z
    .boolean()
    .optional()
    .describe(
      'True: this server is known by the row of rollcall.server instead of by its server_uuid. MariaDB always is, having no such thing.',
    ),
  ...serverFields,
});

const column = identifier.describe('Of type DATETIME, TIMESTAMP or DATE, read as UTC.');

const tableSchema = z.strictObject({
  ...rowFields,
  fresh: z
    .strictObject({ column, within: duration({ min: 1 }) })
    .optional()
    .describe("Newest value of a column, by the server's clock."),
  oldest: z
    .strictObject({ column, at_least: duration({ min: 1 }) })
    .optional()
    .describe('Oldest value of a column: rows that were invented in the place of others are young.'),
  severity: z.enum(['critical', 'warning']).optional().describe('Of a breach of this table.'),
});

/** How an agent is named to this probe. */
export const agentSchema = z.strictObject({
  user: identifier.describe('the user that it logs in as, on every connection of this probe'),
  host: z.string().min(1).max(255).default('%').describe('the host of that account (default %)'),
});

/** Keys of a `mysql.database` beyond the common ones. */
export const databaseSchema = z.strictObject({
  name: identifier.describe('Exact name of the database.'),
  identity: z
    .strictObject({
      server_uuid: z
        .string()
        .regex(/^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$/, 'must be a UUID, as SELECT @@server_uuid or rollcall pin prints it')
        .transform((uuid) => uuid.toLowerCase())
        .optional(),
    })
    .optional(),
  expect: z
    .strictObject({
      tables: z.record(identifier, tableSchema).optional().describe('By name; without keys: it must exist.'),
      objects: z.strictObject({ tables: objectsSchema.optional().describe('Tables, views excepted.') }).optional(),
      binlog: z
        .strictObject({
          keeps: duration({ min: 1000 }).optional().describe('How long binary logs are kept, at least (binlog_expire_logs_seconds).'),
          min_files: z.int().min(1).max(1_000_000).optional().describe('How many there are, at least: PURGE and RESET leave one.'),
        })
        .optional()
        .describe('The binary log, from which a point in time is restored, is written.'),
    })
    .optional(),
});

export type Connection = z.output<typeof connectionSchema>;
export type TableEntry = z.output<typeof tableSchema>;
export type DatabaseEntry = z.output<typeof databaseSchema>;
export type AgentIdentity = z.output<typeof agentSchema>;
