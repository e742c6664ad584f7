import type { Context } from 'hono';
import * as z from 'zod';
import { listBody, send, type Body } from './reply.ts';

/** What a list asks of a page of it; in the document, too. */
export const PAGING = {
  limit: z.int().min(1).max(1000).meta({ description: 'at most so many; all of them where absent' }),
  // Base64url, whatever it stands for: every id has one, and every one has a place in the order of ids.
  cursor: z
    .string()
    .max(400)
    .regex(/^([\w-]{4})*([\w-]{2,3}|[\w-]{4})$/)
    .meta({ description: '`next` of the page before' }),
};

export interface Page {
  readonly limit?: number | undefined;
  readonly cursor?: string | undefined;
}

export interface Listed<T> {
  /** What the list is called in the answer. */
  readonly name: string;
  /** In the order of their ids. */
  readonly items: readonly T[];
  readonly idOf: (item: T) => string;
}

/** Ids in the order of their code units, which no language of a machine changes. */
export function byId<T>(items: readonly T[], idOf: (item: T) => string): readonly T[] {
  return [...items].sort((a, b) => (idOf(a) < idOf(b) ? -1 : idOf(a) > idOf(b) ? 1 : 0));
}

/**
 * A page of a list: what follows `cursor`, which is an id and stays good when the list changes, with `total` (of what passed the filters) and
 * `next`, null on the last one. `whole` hands out the body of the whole list, where somebody keeps it.
 */
export async function sendPage<T>(
  context: Context,
  { name, items, idOf }: Listed<T>,
  { limit, cursor }: Page,
  whole: (make: () => Promise<Body>) => Promise<Body> = (make) => make(),
): Promise<Response> {
  const after = cursor === undefined ? '' : Buffer.from(cursor, 'base64url').toString('utf8');
  const total = items.length;
  if (limit === undefined && cursor === undefined) return send(context, await whole(() => listBody(name, items, { total, next: null })));
  const rest = cursor === undefined ? items : items.filter((item) => idOf(item) > after);
  const page = rest.slice(0, limit);
  const last = page.at(-1);
  const next = last === undefined || page.length === rest.length ? null : Buffer.from(idOf(last)).toString('base64url');
  if (next !== null) {
    const url = new URL(context.req.url);
    url.searchParams.set('cursor', next);
    context.header('link', `<${url.pathname}${url.search}>; rel="next"`);
  }
  return send(context, await listBody(name, page, { total, next }));
}
