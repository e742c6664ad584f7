import * as z from 'zod';

/** The part of `GET /api/v1/status` that tells whether a watcher watches. */
const schema = z.object({
  watchdog: z.string().min(1).max(200),
  manifest: z.object({ id: z.string().min(1).max(200) }),
  ready: z.boolean(),
  why: z.array(z.string()),
  /** By its own monotonic clock, so that nobody's wall clock matters; null before the first complete round. */
  last_round: z.object({ ago_ms: z.number().min(0) }).nullable(),
  ledger_head: z.object({ seq: z.int().min(0), hash: z.string() }).nullable(),
});

export type WatcherStatus = z.output<typeof schema>;

/** Undefined where the text is not a watcher's status. */
export function readStatus(text: string): WatcherStatus | undefined {
  try {
    const parsed = schema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}
