import type { Context } from 'hono';
import * as z from 'zod';
import { problem } from './problem.ts';

export type QueryShape = Readonly<Record<string, z.ZodType>>;
type Read<S extends QueryShape> = { readonly [K in keyof S]?: z.output<S[K]> };

/** What is asked for behind the question mark, or the answer to whoever asks for nonsense. A list is a parameter that is given several times. */
export function readQuery<S extends QueryShape>(context: Context, shape: S): Read<S> | Response {
  const given: [string, unknown][] = Object.entries(context.req.queries()).map(([name, texts]) => {
    const type = Object.hasOwn(shape, name) ? shape[name] : undefined;
    if (type instanceof z.ZodArray) return [name, texts];
    const [text] = texts;
    return [name, texts.length > 1 ? texts : type instanceof z.ZodNumber && /^\d{1,9}$/.test(text ?? '') ? Number(text) : text];
  });
  const read = z.strictObject(shape).partial().safeParse(Object.fromEntries(given));
  return read.success ? (read.data as Read<S>) : problem(context, 'bad-query', 'not a query', { why: z.prettifyError(read.error) });
}
