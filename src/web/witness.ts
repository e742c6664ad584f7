import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { Cosigning } from '../cosigning/cosigning.ts';
import type { Guard } from './guard.ts';
import { problem } from './problem.ts';

/** A checkpoint, its signatures and at most 63 hashes. */
const MAX_BYTES = 16_384;

/**
 * `POST /api/v1/witness/add-checkpoint` (c2sp.org/tlog-witness). Asks for no token: what comes is signed by a log that config.yaml names, or refused,
 * and all that it can change is which of its heads is the latest.
 */
export function createWitness(cosigning: Pick<Cosigning, 'submit'>, guard: Guard): Hono {
  const app = new Hono();
  app.post(
    '/api/v1/witness/add-checkpoint',
    bodyLimit({ maxSize: MAX_BYTES, onError: (context) => problem(context, 'too-large', `at most ${MAX_BYTES} bytes`) }),
    async (context) => {
      const spent = guard.spend(context);
      if (spent) return spent;
      const { status, type, body } = await cosigning.submit(await context.req.text());
      return context.body(body, status, { 'content-type': type });
    },
  );
  return app;
}
