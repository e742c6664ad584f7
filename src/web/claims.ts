import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import * as z from 'zod';
import type { ClaimGiven, ClaimTaken } from '../loop/claim-book.ts';
import type { Secret } from '../values/secret.ts';
import type { Guard } from './guard.ts';
import { problem, tooMany } from './problem.ts';

/** A claim is a sentence, not a log. */
const MAX_BYTES = 4096;

/** What is sent; in the document, too. */
export const claimBody = z.strictObject({
  text: z.string().trim().min(1).max(2000),
  about: z.array(z.string().min(1).max(200)).max(20).default([]),
});

export interface ClaimsOptions {
  /** Who may report, with the token that lets them; read anew for each claim, so that a rotated one is picked up. */
  readonly claimants: () => Promise<ReadonlyMap<string, Secret>>;
  readonly claim: (given: ClaimGiven) => Promise<ClaimTaken>;
}

/** `POST /api/v1/claims`. Its tokens read nothing, and the token for reading writes nothing. */
export function createClaims(options: ClaimsOptions, guard: Guard): Hono {
  const app = new Hono();
  app.post(
    '/api/v1/claims',
    bodyLimit({ maxSize: MAX_BYTES, onError: (context) => problem(context, 'too-large', 'a claim has at most 4096 bytes') }),
    async (context) => {
      const admitted = await guard.admit(context, ['claim'], options.claimants);
      if ('refusal' in admitted) return admitted.refusal;
      const by = admitted.name;
      const spent = guard.spend(context, by);
      if (spent) return spent;
      const given = claimBody.safeParse(await context.req.json().catch(() => undefined));
      if (!given.success)
        return problem(context, 'bad-body', 'a claim is { "text": "…", "about": ["resource id", …] }; about may be left out');
      const taken = await options.claim({ by, ...given.data });
      return taken.taken ? context.json({ id: taken.id, by }, 202) : tooMany(context, 'too many claims', taken.afterMs);
    },
  );
  return app;
}
