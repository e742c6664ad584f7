import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import * as z from 'zod';
import type { ClaimGiven, ClaimTaken } from '../loop/claim-book.ts';
import type { Secret } from '../values/secret.ts';
import { whoseToken } from './whose-token.ts';

/** A claim is a sentence, not a log. */
const MAX_BYTES = 4096;

const body = z.strictObject({
  text: z.string().trim().min(1).max(2000),
  about: z.array(z.string().min(1).max(200)).max(20).default([]),
});

export interface ClaimsOptions {
  /** Who may report, with the token that lets them; read anew for each claim, so that a rotated one is picked up. */
  readonly claimants: () => Promise<ReadonlyMap<string, Secret>>;
  readonly claim: (given: ClaimGiven) => Promise<ClaimTaken>;
}

/** `POST /api/v1/claims`: the one thing that can be written here. Its tokens read nothing, and the token for reading writes nothing. */
export function createClaims(options: ClaimsOptions): Hono {
  const app = new Hono();
  app.post(
    '/api/v1/claims',
    bodyLimit({ maxSize: MAX_BYTES, onError: (context) => context.json({ error: 'a claim has at most 4096 bytes' }, 413) }),
    async (context) => {
      const by = whoseToken(context.req.header('authorization'), await options.claimants());
      if (by === undefined) return context.json({ error: 'the token of a claimant is needed' }, 401);
      const given = body.safeParse(await context.req.json().catch(() => undefined));
      if (!given.success)
        return context.json({ error: 'a claim is { "text": "…", "about": ["resource id", …] }; about may be left out' }, 400);
      const taken = await options.claim({ by, ...given.data });
      if (taken.taken) return context.json({ id: taken.id, by }, 202);
      context.header('retry-after', String(Math.ceil(taken.afterMs / 1000)));
      return context.json({ error: 'too many claims' }, 429);
    },
  );
  return app;
}
