import * as z from 'zod';
import { serverFields } from '../../src/probe-kit/server-fields.ts';
import { duration, path, secretRef, share } from '../../src/values/fields.ts';

// The server itself takes no user with a space in its name.
const userName = z.string().regex(/^[^\s\p{C}]{1,128}$/u, 'must be the name of an ACL user: at most 128 characters, no space among them');

const key = z
  .string()
  .min(1)
  .refine((text) => Buffer.byteLength(text) <= 500, 'must be at most 500 bytes long')
  .refine((text) => !/\p{Cc}/u.test(text), 'must be a key without control characters');

/** Keys of a `redis` connection beyond `probe`. */
export const connectionSchema = z
  .strictObject({
    host: z
      .string()
      .regex(/^[^\s/@?#]{1,253}$/, 'must be a host name or an address, without a port')
      .optional()
      .describe('Name or address of the server; or `socket`.'),
    port: z.int().min(1).max(65_535).default(6379).describe('Its port (default 6379).'),
    socket: path().optional().describe('Path of its unix socket, instead of a host.'),
    user: userName.optional().describe("The ACL user (default: the server's own default user, which may do everything)."),
    password: secretRef().optional().describe('Its password, as a reference to a secret.'),
    tls: serverFields.tls,
    connect_timeout: serverFields.connect_timeout,
    timeout: duration({ min: 100, max: 60_000 }).default(2000).describe('For all that is asked in one look (default 2s).'),
  })
  .superRefine(({ host, socket, user, password }, context) => {
    const say = (at: string, message: string): void => context.addIssue({ code: 'custom', path: [at], message });
    if (host === undefined && socket === undefined) say('host', 'must be given, or socket: where the server is');
    if (host !== undefined && socket !== undefined) say('socket', 'must not stand beside host: one server is watched, by one way');
    if (user !== undefined && password === undefined) say('password', 'must be given where there is a user');
  });

/** How an agent is named to this probe. */
export const agentSchema = z.strictObject({
  user: userName.describe('the ACL user that it logs in as, on every connection of this probe'),
});

/** Keys of a `redis.database` beyond the common ones. */
export const databaseSchema = z.strictObject({
  database: z.int().min(0).max(100_000).default(0).describe('Number of the logical database (default 0).'),
  mark: key
    .optional()
    .describe('A key in it that holds a text nobody else has, put there by hand once: what tells this database from every other.'),
  identity: z
    .strictObject({
      mark: z
        .string()
        .regex(/^sha256:[0-9a-f]{64}$/, 'must be sha256: and 64 hexadecimal digits')
        .optional()
        .describe('Digest of what `mark` holds; rollcall pin writes it.'),
    })
    .optional(),
  expect: z
    .strictObject({
      churn: z
        .boolean()
        .default(false)
        .describe('True: a cache. It may be empty, be flushed and evict; only what is declared below is asked of it.'),
      min_keys: z.int().min(1).optional().describe('Keys it has, at least, those that expire included.'),
      max_shrink: share()
        .optional()
        .describe('By how much the number of keys without an expiry may fall below the highest ever seen healthy.'),
      sentinels: z
        .array(key)
        .min(1)
        .max(50)
        .refine((list) => new Set(list).size === list.length, 'must name each key once')
        .optional()
        .describe('Keys that must exist, whatever they hold.'),
      persistence: z
        .enum(['aof', 'rdb', 'none'])
        .optional()
        .describe(
          'How it outlives a restart. aof: the append-only file is on and written. rdb: the last save went well. Without: what is on stays on.',
        ),
      saved_within: duration({ min: 1000 })
        .optional()
        .describe('Age of the last RDB file, at most, while there are changes that it does not hold; warned of.'),
      replicas: z.int().min(1).max(1000).optional().describe('Replicas that are connected and in step, at least; warned of.'),
      flushes: z
        .enum(['critical', 'warning'])
        .optional()
        .describe(
          'Weight of a FLUSHDB or SWAPDB, which the server counts without saying of which database (default warning). FLUSHALL is always a loss.',
        ),
      max_config_sets: z
        .int()
        .min(0)
        .max(1_000_000)
        .optional()
        .describe('CONFIG SET commands between two looks, at most, whoever gave them; warned of. Takes Redis 7.'),
    })
    .prefault({}),
});

export type Connection = z.output<typeof connectionSchema>;
export type DatabaseEntry = z.output<typeof databaseSchema>;
export type AgentIdentity = z.output<typeof agentSchema>;
