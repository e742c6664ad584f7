import { Hono, type Context } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import * as z from 'zod';
import { ACTIONS, type Requester } from '../core/request.ts';
import type { RequestOffice } from '../request-office.ts';
import { DURATION_PATTERN, parseDuration } from '../values/duration.ts';
import type { Secret } from '../values/secret.ts';
import type { Guard, Holder } from './guard.ts';
import { problem, tooMany } from './problem.ts';

/** A request with its plan, and a signature. */
const MAX_BYTES = 2 * 1024 * 1024;

export interface RequestsOptions {
  readonly office: RequestOffice;
  /** Who may ask, with the token that lets them; read anew for each, so that a rotated one is picked up. */
  readonly requesters: () => Promise<ReadonlyMap<string, Secret>>;
  readonly kindOf: (name: string) => Requester['kind'];
  readonly now: () => number;
}

const moment = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text));
/** What is sent; in the document, too. */
export const requestBody = z.strictObject({
  action: z.enum(ACTIONS),
  operation: z.string().max(200).optional(),
  target: z.string().min(1).max(300),
  about: z.string().max(80).optional(),
  plan: z
    .string()
    .max(1024 * 1024)
    .optional(),
  reason: z.string().min(1).max(2000),
  ticket: z.string().max(200).optional(),
  from: moment.optional(),
  until: moment.optional(),
  for: z.string().max(20).regex(DURATION_PATTERN, { error: 'must be a duration, as 30m' }).optional(),
});
export const useBody = z.strictObject({
  token: z.string().max(400),
  action: z.string().max(300),
  target: z.string().max(300),
  plan: z.string().max(100).optional(),
});
export const endBody = z.strictObject({ token: z.string().max(400), exit: z.int().min(0).max(255) });

const HOUR = 3_600_000;

/** What is asked for, approved and used over HTTP. What is asked comes with a requester's token; approvals and grants prove themselves. */
export function createRequests({ office, requesters, kindOf, now }: RequestsOptions, guard: Guard): Hono {
  const app = new Hono();
  const limited = bodyLimit({ maxSize: MAX_BYTES, onError: (context) => problem(context, 'too-large', 'too large') });
  const json = (context: Context): Promise<unknown> => context.req.json().catch(() => undefined);
  /** Who asks, or the answer to whoever may not. */
  const requester = async (context: Context): Promise<Holder | Response> => {
    const admitted = await guard.admit(context, ['request'], requesters);
    return 'refusal' in admitted ? admitted.refusal : (guard.spend(context, admitted.name) ?? admitted);
  };
  /** As soon as one token is for it, nobody uses a one-time token without; until then that proves itself. */
  const executor = async (context: Context): Promise<Response | undefined> => {
    if (!guard.knows('grant')) return guard.spend(context);
    const admitted = await guard.admit(context, ['grant'], async () => new Map());
    return 'refusal' in admitted ? admitted.refusal : guard.spend(context, admitted.name);
  };

  app.post('/api/v1/requests', limited, async (context) => {
    const holder = await requester(context);
    if (holder instanceof Response) return holder;
    const { name, kind } = holder;
    const given = requestBody.safeParse(await json(context));
    if (!given.success) return problem(context, 'bad-body', 'not a request', { why: z.prettifyError(given.error) });
    const { for: span, plan, until, ...rest } = given.data;
    const lasts = span === undefined ? HOUR : parseDuration(span);
    if (lasts === undefined) return problem(context, 'bad-body', 'for is a duration, as 30m');
    const end = until ?? (rest.from ?? now()) + lasts;
    const requesting = { name, kind: kind ?? kindOf(name), known: 'token' as const };
    const answer = await office.ask({ ...rest, until: end, requester: requesting, ...(plan !== undefined && { plan: Buffer.from(plan) }) });
    if (answer.ok) return context.json({ id: answer.request.id, request: answer.request }, 201);
    return answer.kind === 'refused' ? problem(context, 'not-possible', answer.kind, { why: answer.why }) : unheard(context, answer);
  });

  app.post('/api/v1/requests/:id/grant', limited, async (context) => {
    const holder = await requester(context);
    if (holder instanceof Response) return holder;
    const answer = await office.issue(context.req.param('id'), holder.name);
    if (answer.ok) return context.json({ token: answer.token }, 201);
    if (!('why' in answer)) return unheard(context, answer);
    return problem(context, answer.kind === 'unknown-request' ? 'not-found' : 'conflict', answer.kind, { why: answer.why });
  });

  app.post('/api/v1/approvals', limited, async (context) => {
    const spent = guard.spend(context);
    if (spent) return spent;
    const answer = await office.hear(await json(context));
    if (!answer) return problem(context, 'bad-body', 'not an approval (rollcall approve makes one)');
    if (answer.ok) return context.json({ people: answer.people, request: answer.request });
    return 'why' in answer ? problem(context, 'conflict', answer.kind, { why: answer.why }) : unheard(context, answer);
  });

  app.post('/api/v1/grants/consume', limited, async (context) => {
    const refusal = await executor(context);
    if (refusal) return refusal;
    const given = useBody.safeParse(await json(context));
    if (!given.success) return problem(context, 'bad-body', 'a use is { "token", "action", "target", "plan" }; plan may be left out');
    const { token, ...rest } = given.data;
    const answer = await office.consume(token, rest);
    if (answer.ok) return context.json({ id: answer.id });
    return 'why' in answer ? problem(context, 'refused', answer.kind, { why: answer.why }) : unheard(context, answer);
  });

  app.post('/api/v1/grants/ended', limited, async (context) => {
    const refusal = await executor(context);
    if (refusal) return refusal;
    const given = endBody.safeParse(await json(context));
    if (!given.success) return problem(context, 'bad-body', 'an end is { "token", "exit": 0 to 255 }');
    const answer = await office.finish(given.data.token, given.data.exit);
    if ('kind' in answer) return unheard(context, answer);
    return answer.ok ? context.json({ ok: true }) : problem(context, 'not-found', 'no such grant under way');
  });
  return app;
}

type Unheard = Exclude<Awaited<ReturnType<RequestOffice['issue']>>, { readonly why: string } | { readonly ok: true }>;

function unheard(context: Context, answer: Unheard): Response {
  if (answer.kind === 'unsigned') return problem(context, 'conflict', 'nobody signs here, and so nobody can approve');
  return tooMany(context, 'too many', answer.afterMs);
}
