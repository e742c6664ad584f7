import * as z from 'zod';
import { approvalSchema, requestSchema } from '../../approval/read-request.ts';
import type { Scope } from '../../values/scopes.ts';
import { claimBody } from '../claims.ts';
import type { ProblemKind } from '../problem.ts';
import { QUERIES } from '../queries.ts';
import type { QueryShape } from '../read-query.ts';
import { endBody, requestBody, useBody } from '../requests.ts';
import { incident, ledgerHead, listOf, request, resource, status } from './schemas.ts';

/** One thing that can be asked over HTTP. */
export interface Operation {
  readonly method: 'get' | 'post';
  /** As OpenAPI writes it: `/api/v1/resources/{id}`. */
  readonly path: string;
  readonly id: string;
  readonly summary: string;
  /** What a token must be for; absent where none is asked for, ever. */
  readonly scope?: Scope | undefined;
  readonly query?: QueryShape | undefined;
  readonly body?: z.ZodType | 'text/plain' | undefined;
  readonly answers: Readonly<Record<number, { readonly what: string; readonly schema?: z.ZodType; readonly text?: string }>>;
  /** How it is refused, besides what holds for all. */
  readonly problems: readonly ProblemKind[];
  /** Answers 304 to who has it already. */
  readonly cached?: true | undefined;
}

const ids = z.object({ id: z.string() });

const read = (path: string, id: string, summary: string, schema: z.ZodType, more: Partial<Operation> = {}): Operation => ({
  method: 'get',
  path,
  id,
  summary,
  scope: 'read',
  cached: true,
  answers: { 200: { what: summary, schema } },
  problems: ['no-token', 'wrong-scope', 'misdirected', 'too-many', ...(path.includes('{') ? (['not-found'] as const) : [])],
  ...more,
});
const list = (name: keyof typeof QUERIES, item: z.ZodType, summary: string): Operation =>
  read(`/api/v1/${name}`, `list_${name}`, summary, listOf(name, item), {
    query: QUERIES[name],
    problems: ['no-token', 'wrong-scope', 'misdirected', 'too-many', 'bad-query'],
  });
const send = (
  path: string,
  id: string,
  summary: string,
  body: Operation['body'],
  code: number,
  schema: z.ZodType,
  more: Partial<Operation> & Pick<Operation, 'problems'>,
): Operation => ({
  method: 'post',
  path,
  id,
  summary,
  body,
  answers: { [code]: { what: summary, schema } },
  ...more,
  problems: ['bad-body', 'too-large', 'too-many', ...more.problems],
});

/** Everything that can be asked over HTTP, but for the pages that people read. A test holds it against what answers. */
export const OPERATIONS: readonly Operation[] = [
  {
    ...read('/healthz', 'health', 'The process lives', z.object({ ok: z.literal(true), version: z.string() })),
    scope: undefined,
    cached: undefined,
    problems: [],
  },
  {
    ...read('/readyz', 'ready', 'The watcher can be trusted right now', z.object({ ready: z.boolean(), why: z.array(z.string()) })),
    cached: undefined,
    answers: {
      200: { what: 'It can be trusted', schema: z.object({ ready: z.literal(true), why: z.array(z.string()) }) },
      503: { what: 'It cannot, and why', schema: z.object({ ready: z.literal(false), why: z.array(z.string()) }) },
    },
  },
  {
    ...read('/metrics', 'metrics', 'Metrics, for Prometheus', z.string()),
    scope: 'metrics',
    cached: undefined,
    answers: { 200: { what: 'The text format of Prometheus', text: 'text/plain' } },
  },
  read('/api/v1/openapi.json', 'document', 'This document', z.record(z.string(), z.unknown())),
  read('/api/v1/status', 'status', 'How the watch stands', status),
  list('resources', resource, 'What is on the roll'),
  read('/api/v1/resources/{id}', 'resource', 'One resource', resource),
  list('incidents', incident, 'Incidents that are open'),
  read('/api/v1/incidents/{id}', 'incident', 'One incident, open or over', incident),
  list('requests', request, 'What was asked for, and what became of it'),
  read('/api/v1/requests/{id}', 'request', 'One request', request),
  read('/api/v1/ledger/head', 'ledger_head', 'The head of the ledger, and who signed which', ledgerHead),
  send(
    '/api/v1/claims',
    'claim',
    'Tell what was done: kept, shown in pages, never believed',
    claimBody,
    202,
    ids.extend({ by: z.string() }),
    {
      scope: 'claim',
      problems: ['no-token', 'wrong-scope'],
    },
  ),
  send('/api/v1/requests', 'ask', 'Ask for what people then approve', requestBody, 201, ids.extend({ request: requestSchema }), {
    scope: 'request',
    problems: ['no-token', 'wrong-scope', 'not-possible', 'conflict'],
  }),
  send(
    '/api/v1/requests/{id}/grant',
    'issue',
    'Fetch the one-time token of an approved request',
    undefined,
    201,
    z.object({ token: z.string() }),
    {
      scope: 'request',
      problems: ['no-token', 'wrong-scope', 'not-found', 'conflict'],
    },
  ),
  send(
    '/api/v1/approvals',
    'approve',
    'Hand in what a person signed; it proves itself',
    approvalSchema,
    200,
    z.object({ people: z.array(z.string()), request }),
    { problems: ['conflict'] },
  ),
  send('/api/v1/grants/consume', 'consume', 'Use a one-time token', useBody, 200, ids, {
    scope: 'grant',
    problems: ['no-token', 'wrong-scope', 'refused', 'conflict'],
  }),
  send('/api/v1/grants/ended', 'ended', 'Tell what the command ended with', endBody, 200, z.object({ ok: z.literal(true) }), {
    scope: 'grant',
    problems: ['no-token', 'wrong-scope', 'not-found', 'conflict'],
  }),
  {
    method: 'post',
    path: '/api/v1/witness/add-checkpoint',
    id: 'add_checkpoint',
    summary: "Have another watcher's ledger cosigned (C2SP tlog-witness)",
    body: 'text/plain',
    answers: {
      200: { what: 'The cosignature', text: 'text/plain' },
      400: { what: 'It is no checkpoint', text: 'text/plain' },
      403: { what: 'Its signature is of nobody who is known', text: 'text/plain' },
      404: { what: 'The log is not known', text: 'text/plain' },
      409: { what: 'It is not the size that was last signed', text: 'text/x.tlog.size' },
      422: { what: 'The proof does not hold', text: 'text/plain' },
      503: { what: 'It could not be written down', text: 'text/plain' },
    },
    // Where nobody's heads are cosigned it is not there.
    problems: ['too-large', 'too-many', 'not-found'],
  },
];
