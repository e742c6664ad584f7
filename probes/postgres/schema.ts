import * as z from 'zod';
import { objectsSchema } from '../../src/probe-kit/object-counts.ts';
import { rowFields } from '../../src/probe-kit/table-rows.ts';
import { serverFields } from '../../src/probe-kit/server-fields.ts';
import { duration, secretRef, share } from '../../src/values/fields.ts';

// What PostgreSQL keeps of a name (NAMEDATALEN - 1); it cuts the rest off silently, and so would never find a longer one.
const NAME_BYTES = 63;

const identifier = z
  .string()
  .min(1)
  .refine((name) => Buffer.byteLength(name) <= NAME_BYTES, `must be at most ${NAME_BYTES} bytes long`)
  .refine((name) => !name.includes('\0'), 'must be without NUL');

const number = z
  .union([z.string().regex(/^\d{1,20}$/), z.int().nonnegative()], {
    error: 'must be digits; a system_identifier is too long for a number: write it in quotes',
  })
  .transform(String);

/** Keys of a `postgres` connection beyond `probe`. */
export const connectionSchema = z.strictObject({
  url: secretRef().describe('postgres://user:password@host:port/maintenance_database (default database: postgres), without parameters.'),
  ...serverFields,
});

/** How an agent is named to this probe. */
export const agentSchema = z.strictObject({ role: identifier.describe('the role that it logs in as, on every connection of this probe') });

const names = (what: string) =>
  z
    .array(identifier)
    .min(1)
    .max(200)
    .refine((list) => new Set(list).size === list.length, `must name each ${what} once`);

const tableSchema = z.strictObject({
  ...rowFields,
  max_churn: share().optional().describe('Share of the rows that may be deleted between two looks, by the counters of the server.'),
  columns: names('column').optional().describe('Columns that must be there; others may come and go.'),
  sentinel: z
    .strictObject({
      key: z.union([z.string().min(1).max(1000), z.int()]).describe('Value of the primary key, or of `column`, of the row.'),
      column: identifier.optional().describe('Column the key stands in; default: the only column of the primary key.'),
      digest: z.string().regex(/^sha256:[0-9a-f]{64}$/, 'must be sha256: and 64 hexadecimal digits'),
    })
    .optional()
    .describe('A row that must not change, by its digest.'),
  fresh: z
    .strictObject({ column: identifier, within: duration({ min: 1 }) })
    .optional()
    .describe("Newest value of a column of type timestamptz, timestamp (read as UTC) or date, by the server's clock."),
  oldest: z
    .strictObject({ column: identifier, at_least: duration({ min: 1 }) })
    .optional()
    .describe('Oldest value of such a column: rows that were invented in the place of others are young.'),
  lock_wait: duration({ min: 1000 })
    .default(30_000)
    .describe('Warned of: a session waits for longer than this to have the table to itself (default 30s).'),
  severity: z.enum(['critical', 'warning']).optional().describe('Of a breach of this table, warnings of locks excepted.'),
});

/** Keys of a `postgres.database` beyond the common ones. */
export const databaseSchema = z.strictObject({
  name: identifier.describe('Exact name of the database.'),
  identity: z.strictObject({ system_identifier: number.optional(), oid: number.optional() }).optional(),
  tripwire: z
    .boolean()
    .default(false)
    .describe('True: hold a session whose end is noticed at once; it also blocks renames and template clones.'),
  expect: z
    .strictObject({
      tables: z.record(z.string().min(1).max(300), tableSchema).optional().describe('By schema.table; without keys: it must exist.'),
      max_shrink: share().optional().describe("Of the database's size; a second number must fall with it."),
      objects: z
        .strictObject({
          tables: objectsSchema.optional().describe('Tables, partitions and materialized views.'),
          functions: objectsSchema.optional().describe('Functions, procedures and aggregates, but for those of extensions.'),
        })
        .optional()
        .describe('How many of each kind the database holds.'),
      sequences: z
        .array(z.string().min(1).max(300))
        .min(1)
        .max(200)
        .optional()
        .describe('By schema.sequence: each is there and never behind where it has been; none that cycles or is reset on purpose.'),
      max_truncates: z
        .int()
        .min(0)
        .max(1_000_000)
        .optional()
        .describe('TRUNCATE statements between two inspections, at most, as pg_stat_statements counts them.'),
      archiving: z
        .strictObject({ within: duration({ min: 1000 }).describe('Age of the newest archived file, at most; above archive_timeout.') })
        .optional()
        .describe('Warned of: archive_mode off, archiving failing, or nothing archived for too long.'),
      slots: names('slot').optional().describe('Replication slots that must be there and hold their WAL; warned of.'),
      standbys: names('standby').optional().describe('Standbys that must be connected, by application_name; warned of.'),
      owners: names('role')
        .optional()
        .describe('The only roles that may be superuser or own the database, a schema or a table in it; others are warned of.'),
    })
    .optional(),
});

export type Connection = z.output<typeof connectionSchema>;
export type TableEntry = z.output<typeof tableSchema>;
export type DatabaseEntry = z.output<typeof databaseSchema>;
export type Expectations = NonNullable<DatabaseEntry['expect']>;
export type AgentIdentity = z.output<typeof agentSchema>;
