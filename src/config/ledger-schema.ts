import * as z from 'zod';
import { duration, path, secretRef, webUrl } from '../values/fields.ts';
import { LONGEST } from './fields.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** A key of c2sp.org/signed-note in a line; `kind`: how its base64 begins, which tells a log's key from a witness's. */
const keyLine = (kind: RegExp, what: string) =>
  z
    .string()
    .max(300)
    .refine((line) => /^[^\s+]{1,200}\+[0-9a-f]{8}\+[A-Za-z0-9+/]{44}$/.test(line) && kind.test(line.slice(-44)), {
      error: `must be the ${what}, as \`rollcall ledger key\` prints it there`,
    })
    .describe(`the ${what}, as \`rollcall ledger key\` prints it there`);

const anchorSchema = () =>
  z
    .strictObject({
      bucket: z
        .string()
        .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, { error: 'must be the name of a bucket' })
        .describe('with object lock, in an account that nobody who reaches this host can touch'),
      region: z
        .string()
        .regex(/^[a-z0-9-]{2,40}$/, { error: 'must be a region such as eu-west-1' })
        .describe('of the bucket'),
      prefix: z
        .string()
        .regex(/^[\w!.*'()/-]{1,200}$/, { error: "must be at most 200 letters, digits or /!-_.*'()" })
        .optional()
        .describe("what the names of objects begin with (default the watchdog's name and /)"),
      endpoint: webUrl().optional().describe('of another store that speaks S3, or of an emulator'),
      path_style: z.boolean().default(false).describe('endpoint/bucket/key instead of bucket.endpoint/key (default false)'),
      account: z
        .string()
        .regex(/^\d{12}$/, { error: 'must be the twelve digits of an account, in quotes' })
        .optional()
        .describe('that owns the bucket: one of the same name of somebody else is refused'),
      access_key_id: z
        .union([z.string().regex(/^\w{16,128}$/, { error: 'must be an access key id, or a reference to a secret' }), secretRef()])
        .optional()
        .describe("of a credential that may s3:PutObject there and nothing else (default: the host's own, by the SDK's chain)"),
      secret_access_key: secretRef().optional().describe('belongs to access_key_id'),
      session_token: secretRef().optional().describe('belongs to access_key_id, where it is one for a time'),
      lock: z
        .strictObject({
          mode: z.enum(['compliance', 'governance']).default('compliance').describe('compliance: nobody can lift it (default)'),
          for: duration({ min: DAY, max: 36_500 * DAY }).describe('how long from the moment of writing'),
        })
        .optional()
        .describe("what each object is locked with; needs s3:PutObjectRetention (default: the bucket's own default)"),
      every: duration({ min: MINUTE, max: LONGEST })
        .default(5 * MINUTE)
        .describe('at most one head in so long (default 5m)'),
      accept: z
        .array(z.enum(['delete']))
        .default([])
        .describe(
          'delete: the store has no credential that may put and not delete; then only a lock keeps what is there (default: nothing)',
        ),
    })
    .superRefine(({ access_key_id: id, secret_access_key: secret, session_token: session }, context) => {
      if ((id === undefined) === (secret === undefined) && (session === undefined || secret !== undefined)) return;
      const missing = id === undefined ? 'access_key_id' : 'secret_access_key';
      context.addIssue({ code: 'custom', path: [missing], message: `is missing: access_key_id and secret_access_key belong together` });
    });

/** `ledger` of config.yaml. */
export const ledgerSchema = () =>
  z.strictObject({
    archive: z
      .strictObject({
        folder: path()
          .optional()
          .describe('where old entries go, as files; a folder of its own for each watcher (default: archive in the state folder)'),
        after: duration({ min: DAY, max: 36_500 * DAY })
          .default(90 * DAY)
          .describe('how old they are by then (default 90d)'),
      })
      .optional()
      .describe('entries that leave the store for files (default none)'),
    anchor: anchorSchema().optional().describe('a bucket that each signed head is put into, to be read by others (default none)'),
    witnesses: z
      .array(
        z.strictObject({
          url: webUrl().describe('its submission prefix (c2sp.org/tlog-witness); of a rollcall its address and /api/v1/witness'),
          key: keyLine(/^B[A-P]/, 'witness key of the witness'),
        }),
      )
      .max(16)
      .default([])
      .describe("who cosigns the heads of this watcher's ledger, once a minute (default nobody)"),
    witness_for: z
      .array(
        z.strictObject({
          key: keyLine(/^A[Q-Za-f]/, 'log key of the other watcher'),
          silent_after: duration({ min: 5 * MINUTE, max: LONGEST })
            .default(15 * MINUTE)
            .describe('how long may pass without a head that has grown from the one before (default 15m)'),
        }),
      )
      .max(64)
      .default([])
      .describe('other watchers whose heads this one cosigns (default none)'),
  });
