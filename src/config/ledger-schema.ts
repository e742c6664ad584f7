import * as z from 'zod';
import { duration, path, webUrl } from '../values/fields.ts';
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

/** `ledger` of config.yaml. */
export const ledgerSchema = () =>
  z.strictObject({
    archive: z
      .strictObject({
        folder: path().describe('where old entries go, as files; a folder of its own for each watcher'),
        after: duration({ min: DAY, max: 36_500 * DAY })
          .default(90 * DAY)
          .describe('how old they are by then (default 90d)'),
      })
      .optional()
      .describe('entries that leave the store for files (default none)'),
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
