import * as z from 'zod';
import { duration, path } from '../values/fields.ts';

/** Keys that a connection to one database server has, whatever it speaks; its url is for each probe to describe. */
export const serverFields = {
  tls: z
    .strictObject({
      mode: z
        .enum(['verify-full', 'verify-ca', 'require', 'off'])
        .optional()
        .describe('Default: verify-full; off on loopback and unix sockets. require encrypts without asking who answers.'),
      ca: path().optional().describe('PEM file of the authorities to trust instead of the system ones.'),
      cert: path().optional().describe('PEM file of a client certificate.'),
      key: path().optional().describe('PEM file of its private key.'),
      servername: z.string().min(1).max(253).optional().describe('Name to ask for and to verify instead of the host of the url.'),
    })
    .optional(),
  inspections_per_minute: z
    .int()
    .min(1)
    .max(6000)
    .default(60)
    .describe('How many databases of this server are inspected per minute, at most.'),
  connect_timeout: duration({ min: 100, max: 60_000 }).default(3000).describe('For the connection with its handshakes (default 3s).'),
  statement_timeout: duration({ min: 100, max: 600_000 }).default(10_000).describe('For one statement of an inspection (default 10s).'),
  lock_timeout: duration({ min: 50, max: 60_000 }).default(1000).describe('For waiting behind a lock (default 1s).'),
  replay_lag: duration({ min: 1000 }).default(300_000).describe('A standby further behind than this is blind: stale-vantage (default 5m).'),
};

/** What they come to, once read. */
export type ServerSettings = z.output<z.ZodObject<typeof serverFields>>;
