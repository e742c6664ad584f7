import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';

/** Every kind of refusal, with its status and what it is in general; docs/api.md tells of each. */
export const PROBLEMS = {
  'bad-query': { status: 400, title: 'A parameter of the query is wrong' },
  'bad-body': { status: 400, title: 'The body is not what is asked for' },
  'no-token': { status: 401, title: 'A token is needed' },
  'wrong-scope': { status: 403, title: 'The token is for something else' },
  refused: { status: 403, title: 'It was heard and refused' },
  'not-found': { status: 404, title: 'There is none of that name' },
  'wrong-method': { status: 405, title: 'This cannot be done to it' },
  conflict: { status: 409, title: 'As things stand it cannot be done' },
  'too-large': { status: 413, title: 'The body is too large' },
  misdirected: { status: 421, title: 'Asked under a name that is not ours' },
  'not-possible': { status: 422, title: 'What is asked for is not possible' },
  'too-many': { status: 429, title: 'Too many; later there is room again' },
  internal: { status: 500, title: 'A mistake of our own' },
} as const satisfies Readonly<Record<string, { readonly status: ContentfulStatusCode; readonly title: string }>>;
export type ProblemKind = keyof typeof PROBLEMS;

/** What a problem's `type` begins with: a name, not an address. */
export const PROBLEM_BASE = 'https://rollcall.dev/problems/';

/**
 * A refusal as RFC 9457 has it. `error` says it to a person, or is the code that programs have always compared; `more` are its further keys.
 */
export function problem(context: Context, kind: ProblemKind, error: string, more: Readonly<Record<string, unknown>> = {}): Response {
  const { status, title } = PROBLEMS[kind];
  const body = { type: PROBLEM_BASE + kind, title, status, error, ...more };
  return context.body(JSON.stringify(body), status, { 'content-type': 'application/problem+json' });
}

/** A refusal that is over in `afterMs`. */
export function tooMany(context: Context, error: string, afterMs: number): Response {
  context.header('retry-after', String(Math.max(1, Math.ceil(afterMs / 1000))));
  return problem(context, 'too-many', error);
}
