import * as z from 'zod';
import { duration, path, secretRef, webUrl } from '../../src/values/fields.ts';

/** Keys of a `peer` connection beyond `probe`. */
export const connectionSchema = z.strictObject({
  url: webUrl().describe("Root of the other watcher's HTTP interface, such as https://rollcall-b.internal:7878."),
  token: secretRef().optional().describe('Its watchdog.token, as a reference to a secret; it can only read.'),
  ca: path().optional().describe("PEM file of the authorities to trust (default: the system's)."),
  timeout: duration({ min: 100, max: 60_000 })
    .default(5000)
    .describe('How long one look may take before it is blind: timeout (default 5s).'),
});

const word = z.string().min(1).max(40);

/** Keys of a `peer.watcher` beyond the common ones. */
export const watcherSchema = z.strictObject({
  identity: z
    .strictObject({
      watchdog: word.optional().describe('Its watchdog.name.'),
      manifest: word.optional().describe('The name of the manifest that it watches.'),
    })
    .optional(),
  expect: z
    .strictObject({
      round_within: duration({ min: 1000 })
        .optional()
        .describe('Age of its last complete round, at most (default 2m): every sweep that was due then had ended.'),
      ledger_within: duration({ min: 60_000 })
        .optional()
        .describe('How long the head of its ledger may stand still, as far as this watcher has seen (default: not asked).'),
      ready: z.boolean().optional().describe('True: it must call itself ready, as its /readyz does (default false).'),
    })
    .optional(),
});

export type Connection = z.output<typeof connectionSchema>;
export type WatcherEntry = z.output<typeof watcherSchema>;
