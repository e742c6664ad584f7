import * as z from 'zod';
import type { Probe } from '../probe.ts';
import { name, webUrl } from '../values/fields.ts';
import { blindAfter, confirm, inspect, severity, sweep } from './config-schema.ts';
import { day, type IsCron } from './fields.ts';

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
    resources: z
      .array(z.discriminatedUnion('kind', entries as unknown as [z.ZodObject<{ kind: z.ZodLiteral<string> }>]))
      .describe('what must exist'),
  });
}
