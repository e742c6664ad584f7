import * as z from 'zod';
import { requestSchema } from '../../approval/read-request.ts';

/** What the answers of the API hold (CONTRACT §4 to §6). Readers must let pass what they do not know: answers are extended. */
const verdict = z.enum(['present', 'degraded', 'doomed', 'impostor', 'absent', 'blind']);
const severity = z.enum(['critical', 'warning']);
const moment = z.iso.datetime().meta({ description: 'RFC 3339, UTC' });
const count = z.int().min(0);
const names = z.array(z.string());

export const breach = z.object({
  kind: z.enum(['diminished', 'stale', 'exposed', 'unproven', 'precursor']),
  path: z.string().meta({ description: 'where in the manifest it is expected' }),
  what: z.string(),
  expected: z.union([z.number(), z.string()]).nullable(),
  actual: z.union([z.number(), z.string()]).nullable(),
  severity,
  unit: z.string().optional(),
});

const evidence = z.object({
  method: z.string(),
  vantage: z.string(),
  at: moment,
  complete: z.boolean().optional(),
  control: z.string().optional().meta({ description: 'what else the same listing showed' }),
  look: count,
  excerpt: z.string(),
});

const window = z.object({ name: z.string(), author: z.string(), reason: z.string(), from: moment, until: moment });

export const resource = z.object({
  id: z.string(),
  kind: z.string(),
  connection: z.string(),
  severity,
  verdict,
  breaches: z.array(breach),
  pin: z.enum(['manifest', 'store', 'none']),
  skipped: z.array(z.object({ facet: z.string(), reason: z.string(), say: z.string() })),
  summary: z.string(),
  expected: z.record(z.string(), z.unknown()),
  actual: z.record(z.string(), z.unknown()).nullable(),
  evidence: z.array(evidence),
  last_seen_healthy: moment.nullable(),
  first_seen_bad: moment.nullable(),
  undo_before: moment.nullable(),
  undo: z.string().optional().meta({ description: 'the call or link that undoes a deletion that is only marked' }),
  ids: z.record(z.string(), z.string()).optional(),
  duration_ms: z.number().min(0),
  owner: z.string().optional(),
  runbook: z.string().optional(),
  protected_by: names.optional(),
  protection: z
    .array(z.object({ id: z.string(), verdict, summary: z.string(), last_seen_healthy: moment.nullable() }))
    .optional()
    .meta({ description: 'in pages alone' }),
  window: window.optional(),
  approved_loss: z.object({ request: z.string(), people: names, at: moment }).optional(),
});

/** A moment by two clocks; `steady` has meaning only beside others of the same watcher. */
const instant = z.object({ wall: z.number().meta({ description: 'ms since 1970' }), steady: z.number() });
const later = z.object({ afterMs: z.number(), pagers: names });

export const incident = z.object({
  id: z.string(),
  key: z.string().meta({ description: 'dedup_key of its pages' }),
  class: z.enum(['lost', 'degraded', 'blind']),
  severity,
  connection: z.string(),
  phase: z.enum(['paging', 'paged', 'resolving', 'closed']),
  opened: instant,
  members: z.record(z.string(), z.object({ joined: instant, left: instant.nullable() })),
  pagers: names,
  accepted: names,
  told: names,
  pagedAt: z.number().nullable(),
  ackedUntil: z.number().nullable(),
  later: z.object({ fallback: later.optional(), ladder: z.array(later) }).optional(),
  wishedAt: z.number(),
  supersedes: names,
  ending: z.string().nullable(),
});

const head = z
  .object({
    seq: count,
    hash: z.string(),
    root: z.string().optional(),
    checkpoint: z.string().optional().meta({ description: 'a signed note (C2SP tlog-checkpoint)' }),
  })
  .nullable();

export const status = z.object({
  watchdog: z.string(),
  manifest: z.object({
    id: z.string(),
    version: count,
    signing: z.enum(['unsigned', 'signed', 'unapproved']),
    signed_by: names,
    tampering: z.object({ kind: z.string(), why: z.string(), change: z.string().optional() }).nullable(),
  }),
  last_round: z.object({ ago_ms: z.int() }).nullable(),
  ready: z.boolean(),
  why: names,
  counts: z.partialRecord(verdict, count),
  incidents: count,
  windows: z.array(window),
  pagers: z.record(z.string(), z.object({ at: moment, error: z.string().nullable() })),
  inspections: z.record(z.string(), z.object({ wantedMs: z.number(), actualMs: z.number() })),
  coverage: z.array(
    z.object({
      connection: z.string(),
      kind: z.string().nullable(),
      found: count,
      managed: count,
      left_out: count,
      newcomers: names,
      at: moment.nullable(),
      whole: z.boolean(),
      not_listed: names,
    }),
  ),
  ledger_head: head,
});

export const ledgerHead = z.object({
  head,
  cosigned: z.array(
    z
      .object({ witness: z.string(), head: z.object({ size: count, note: z.string() }).loose() })
      .meta({ description: 'a head that another watcher signed' }),
  ),
});

export const request = z.object({
  id: z.string(),
  revision: count,
  request: requestSchema,
  status: z.enum(['PENDING', 'APPROVED', 'FAILED']),
  code: z.enum(['REJECTED', 'EXPIRED', 'CONFIGURATION_CHANGED']).optional(),
  why: z.string().optional(),
  people: names,
  approvedAt: z.number().optional(),
  execution: z.enum(['PENDING', 'EXECUTED', 'FAILED']).optional(),
  burned: z.number().optional(),
  exit: z.int().optional(),
  lost: z.number().optional(),
  loaded: z.number().optional(),
  cloned: names.optional(),
  refused: count,
});

/** A list of which one page at a time can be had. */
export const listOf = <T extends z.ZodType>(name: string, item: T) =>
  z.object({
    [name]: z.array(item),
    total: count.meta({ description: 'of all that pass the filters' }),
    next: z.string().nullable().meta({ description: 'cursor of the next page; null on the last' }),
  });

export const problem = z
  .looseObject({
    type: z.string().meta({ format: 'uri' }),
    title: z.string(),
    status: z.int(),
    error: z.string(),
    why: z.string().optional(),
  })
  .meta({ description: 'RFC 9457; `error` is for people, or a word that programs compare' });
