import * as z from 'zod';
import { ACTIONS, type Decision, type RequestDocument } from '../core/request.ts';

const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/);
const text = (max: number) => z.string().max(max);
const ulid = z.string().regex(/^[0-9A-Z]{26}$/);
const sighting = {
  id: text(80),
  verdict: z.enum(['present', 'degraded', 'doomed', 'impostor', 'absent', 'blind', 'unknown']),
  breaches: z.array(text(300)),
};
const instant = z.iso.datetime({ precision: 3 });

/** A request as it travels; the document of the API holds it, too. */
export const requestSchema = z.strictObject({
  schema: z.literal('rollcall/request/v1'),
  id: ulid,
  audience: z.strictObject({ watchdog: text(80), manifest: text(80) }),
  base: z.strictObject({ version: z.int(), digest }),
  sequence: z.int(),
  action: z.enum(ACTIONS),
  operation: text(200).optional(),
  target: text(300),
  about: text(80).nullable(),
  identity: z.record(text(100), text(500)).nullable(),
  plan: z.strictObject({ digest, bytes: z.int(), text: text(16 * 1024).optional() }).nullable(),
  change: text(8000).optional(),
  observed: z
    .strictObject({
      target: z.strictObject(sighting),
      what: text(200),
      protects: z.array(z.strictObject(sighting)).max(50),
      protected_by: z.array(z.strictObject({ ...sighting, shares_domain: z.boolean() })).max(50),
      same_domain: z.array(text(80)).max(50),
      last_seen_healthy: instant.nullable(),
    })
    .nullable(),
  observation: digest.nullable(),
  requester: z.strictObject({ name: text(80), kind: z.enum(['human', 'agent']), known: z.enum(['token', 'host']) }),
  reason: text(300),
  ticket: text(80).optional(),
  window: z.strictObject({ from: instant, until: instant }),
  nonce: z.string().regex(/^[0-9a-f]{64}$/),
  policy: digest,
  need: z.int().min(1),
  max_uses: z.literal(1),
});

/** What one person says to a request, as it travels: in a file, through git, or by HTTP. It proves itself; who brings it is nobody's matter. */
export interface ApprovalFile {
  readonly schema: 'rollcall/approval/v1';
  readonly decision: Decision;
  readonly request: RequestDocument;
  /** Armored SSHSIG over `decisionBytes`, under `change@rollcall`. */
  readonly signature: string;
}

export const approvalSchema = z.strictObject({
  schema: z.literal('rollcall/approval/v1'),
  decision: z.enum(['approve', 'deny']),
  request: requestSchema,
  signature: text(64 * 1024),
});

/** A request from outside, every key of it known: nothing is signed that is not shown. Undefined where it is none. */
export function readRequest(value: unknown): RequestDocument | undefined {
  const read = requestSchema.safeParse(value);
  return read.success ? read.data : undefined;
}

/** Undefined where it is none. */
export function readApproval(value: unknown): ApprovalFile | undefined {
  const read = approvalSchema.safeParse(value);
  return read.success ? read.data : undefined;
}
