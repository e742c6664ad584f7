import * as z from 'zod';
import type { Probe } from '../probe.ts';
import { name, webUrl } from '../values/fields.ts';
import { blindAfter, confirm, inspect, severity, sweep } from './config-schema.ts';
import { day, moment, type IsCron } from './fields.ts';

const MANIFEST_SCHEMA = 'rollcall/manifest/v1';
export const PLANNED_MANIFEST: ReadonlySet<string> = new Set();
export const DEFAULT_POLICY = { k: 1, weakening: 2, require_presence: false, require_verification: false };

const digest = () => z.string().regex(/^sha256:[0-9a-f]{64}$/, { error: 'must be sha256: and 64 hexadecimal digits' });

/** The keys that every entry may have, whatever its kind. */
export const commonKeys = (isCron: IsCron) => ({
  id: name().describe('name of the resource in every page, log and command'),
  connection: z.string().min(1).describe('name of a connection in config.yaml'),
  severity: severity().default('critical').describe('how loudly its loss is paged (default critical)'),
  owner: z.string().min(1).max(100).optional().describe('whom it belongs to; said in the page'),
  runbook: webUrl().optional().describe('what to do when it is gone; linked in the page'),
  sweep: sweep(isCron).optional(),
  inspect: inspect(isCron).optional(),
  confirm: confirm().optional(),
  blind_after: blindAfter().optional(),
  domain: z
    .record(z.string().min(1).max(40), z.string().min(1).max(100))
    .optional()
    .describe('blast radius: what goes down together, such as { provider: …, account: …, region: … } (default: its connection)'),
  protected_by: z.array(z.string()).optional().describe('ids of the resources that would bring it back: its backups'),
});

/** The entry of one kind: its own keys beside the common ones. */
const entryOf = (kind: string, own: z.ZodObject, isCron: IsCron) =>
  own.safeExtend({ ...commonKeys(isCron), kind: z.literal(kind).describe('what it is') }).strict();

/** Longer than this it is no maintenance, it is not watching. */
const LONGEST_WINDOW_DAYS = 14;
const DAY = 24 * 3_600_000;

const maintenanceWindow = z
  .strictObject({
    name: name().describe('name of the window in pages, in status and in the ledger'),
    author: z.string().min(1).max(100).describe('who declares it'),
    reason: z.string().min(1).max(300).describe('what is done meanwhile'),
    resources: z.array(z.string()).default([]).describe('ids of the resources that it covers'),
    connections: z.array(z.string()).default([]).describe('connections of which it covers every resource'),
    from: moment().describe('when it begins'),
    until: moment().describe('when it ends, at most 14 days later; what is still bad then is paged'),
  })
  .superRefine(({ resources, connections, from, until }, context) => {
    const say = (key: string, message: string): void => context.addIssue({ code: 'custom', path: [key], message });
    if (resources.length + connections.length === 0) say('resources', 'must name what the window covers, here or under connections');
    if (until <= from) say('until', 'must be later than from');
    if (until - from > LONGEST_WINDOW_DAYS * DAY) say('until', `must be at most ${LONGEST_WINDOW_DAYS} days after from`);
  });

/** The whole of manifest.yaml (CONTRACT §3): shape and single values. References and ids are checked by `readManifest`. */
export function manifestSchema(probes: ReadonlyMap<string, Probe>, isCron: IsCron) {
  const entries = [...probes.values()].flatMap((probe) => [...probe.kinds].map(([kind, { entry }]) => entryOf(kind, entry, isCron)));
  return z.strictObject({
    schema: z
      .string()
      .meta({ const: MANIFEST_SCHEMA })
      .refine((text) => text === MANIFEST_SCHEMA, { error: `must be ${MANIFEST_SCHEMA}`, params: { fault: 'schema' } })
      .describe(`format of this file: ${MANIFEST_SCHEMA}`),
    manifest: name(40).describe('name of this manifest'),
    version: z.int().min(1).describe('counts up with each change; where people sign, by exactly one'),
    previous: digest().optional().describe('where people sign: SHA-256 of the manifest that this one follows, from version 2 on'),
    expires: day().optional().describe('last day it holds, in UTC; paged ahead, and watched on after it (default: never)'),
    policy: z
      .strictObject({
        k: z.int().min(1).max(100).default(DEFAULT_POLICY.k).describe('how many people sign a change (default 1)'),
        weakening: z
          .int()
          .min(1)
          .max(100)
          .default(DEFAULT_POLICY.weakening)
          .describe('how many sign a change that weakens the watch (default 2)'),
        require_presence: z
          .boolean()
          .default(DEFAULT_POLICY.require_presence)
          .describe('whether only security keys count, each touched by somebody (default false)'),
        require_verification: z
          .boolean()
          .default(DEFAULT_POLICY.require_verification)
          .describe('whether only security keys count to which somebody showed a PIN or a finger (default false)'),
        signers: z
          .union([digest(), z.literal('none')])
          .optional()
          .describe('digest of other signers that are to hold from now on (rollcall validate says it), or none to give signing up'),
      })
      .prefault({})
      .describe('who must sign the next change; takes effect where config.yaml names signers'),
    windows: z
      .array(maintenanceWindow)
      .default([])
      .describe(
        'maintenance: the looks go on; staleness, and blindness because nothing answers, are not paged before the end. Nothing else is excused (default none)',
      ),
    unmanaged: z
      .array(
        z.strictObject({
          connection: z.string().min(1).describe('connection that it is on'),
          kind: z.string().min(1).max(100).optional().describe('kind that it would be of (default: any)'),
          name: z
            .string()
            .min(1)
            .max(1000)
            .describe('its name as rollcall discover --unmanaged prints it; * is any run of characters, ? any one'),
          reason: z.string().min(1).max(300).describe('why it need not be watched'),
        }),
      )
      .default([])
      .describe('what is there and deliberately not on the roll: it does not count against coverage (default none)'),
    resources: z
      .array(z.discriminatedUnion('kind', entries as unknown as [z.ZodObject<{ kind: z.ZodLiteral<string> }>]))
      .describe('what must exist'),
  });
}
