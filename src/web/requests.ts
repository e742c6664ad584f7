import { Hono, type Context } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import * as z from 'zod';
import { ACTIONS, type Requester } from '../core/request.ts';
import type { RequestOffice } from '../request-office.ts';
import { parseDuration } from '../values/duration.ts';
import type { Secret } from '../values/secret.ts';
import { whoseToken } from './whose-token.ts';

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
const asked = z.strictObject({
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
  for: z.string().max(20).optional(),
});
const use = z.strictObject({
  token: z.string().max(400),
  action: z.string().max(300),
  target: z.string().max(300),
  plan: z.string().max(100).optional(),
});
const ended = z.strictObject({ token: z.string().max(400), exit: z.int().min(0).max(255) });

const HOUR = 3_600_000;

/** What is asked for, approved and used over HTTP. What is asked comes with a requester's token; approvals and grants prove themselves. */
export function createRequests({ office, requesters, kindOf, now }: RequestsOptions): Hono {
  const app = new Hono();
  const limited = bodyLimit({ maxSize: MAX_BYTES, onError: (context) => context.json({ error: 'too large' }, 413) });
  const json = (context: Context): Promise<unknown> => context.req.json().catch(() => undefined);
  const requester = async (context: Context): Promise<string | undefined> =>
    whoseToken(context.req.header('authorization'), await requesters());

  app.post('/api/v1/requests', limited, async (context) => {
    const name = await requester(context);
    if (name === undefined) return context.json({ error: 'the token of a requester is needed' }, 401);
    const given = asked.safeParse(await json(context));
    if (!given.success) return context.json({ error: 'not a request', why: z.prettifyError(given.error) }, 400);
    const { for: span, plan, until, ...rest } = given.data;
    const lasts = span === undefined ? HOUR : parseDuration(span);
    if (lasts === undefined) return context.json({ error: 'for is a duration, as 30m' }, 400);
    const end = until ?? (rest.from ?? now()) + lasts;
    const requesting = { name, kind: kindOf(name), known: 'token' as const };
    const answer = await office.ask({ ...rest, until: end, requester: requesting, ...(plan !== undefined && { plan: Buffer.from(plan) }) });
    if (answer.ok) return context.json({ id: answer.request.id, request: answer.request }, 201);
    return answer.kind === 'refused' ? context.json({ error: answer.kind, why: answer.why }, 422) : unheard(context, answer);
  });

  app.post('/api/v1/requests/:id/grant', limited, async (context) => {
    const name = await requester(context);
    if (name === undefined) return context.json({ error: 'the token of a requester is needed' }, 401);
    const answer = await office.issue(context.req.param('id'), name);
    if (answer.ok) return context.json({ token: answer.token }, 201);
    if (!('why' in answer)) return unheard(context, answer);
    return context.json({ error: answer.kind, why: answer.why }, answer.kind === 'unknown-request' ? 404 : 409);
  });

  app.post('/api/v1/approvals', limited, async (context) => {
    const answer = await office.hear(await json(context));
    if (!answer) return context.json({ error: 'not an approval (rollcall approve makes one)' }, 400);
    if (answer.ok) return context.json({ people: answer.people, request: answer.request });
    return 'why' in answer ? context.json({ error: answer.kind, why: answer.why }, 409) : unheard(context, answer);
  });

  app.post('/api/v1/grants/consume', limited, async (context) => {
    const given = use.safeParse(await json(context));
    if (!given.success) return context.json({ error: 'a use is { "token", "action", "target", "plan" }; plan may be left out' }, 400);
    const { token, ...rest } = given.data;
    const answer = await office.consume(token, rest);
    if (answer.ok) return context.json({ id: answer.id });
    return 'why' in answer ? context.json({ error: answer.kind, why: answer.why }, 403) : unheard(context, answer);
  });

  app.post('/api/v1/grants/ended', limited, async (context) => {
    const given = ended.safeParse(await json(context));
    if (!given.success) return context.json({ error: 'an end is { "token", "exit": 0 to 255 }' }, 400);
    const answer = await office.finish(given.data.token, given.data.exit);
    if ('kind' in answer) return unheard(context, answer);
    return answer.ok ? context.json({ ok: true }) : context.json({ error: 'no such grant under way' }, 404);
  });
  return app;
}

/** What is read: as everything else that is read here, by whoever may. */
export function readRequests(office: RequestOffice): Hono {
  const app = new Hono();
  app.get('/api/v1/requests', async (context) => context.json({ requests: await office.list() }));
  app.get('/api/v1/requests/:id', async (context) => {
    const found = await office.find(context.req.param('id'));
    return found ? context.json(found) : context.json({ error: 'no such request' }, 404);
  });
  return app;
}

type Unheard = Exclude<Awaited<ReturnType<RequestOffice['issue']>>, { readonly why: string } | { readonly ok: true }>;

function unheard(context: Context, answer: Unheard): Response {
  if (answer.kind === 'unsigned') return context.json({ error: 'nobody signs here, and so nobody can approve' }, 409);
  context.header('retry-after', String(Math.ceil(answer.afterMs / 1000)));
  return context.json({ error: 'too many' }, 429);
}
