import * as z from 'zod';
import { PROBLEM_BASE, PROBLEMS, type ProblemKind } from '../problem.ts';
import { OPERATIONS, type Operation } from './operations.ts';
import { breach, incident, problem, request, resource, status } from './schemas.ts';

type Json = Readonly<Record<string, unknown>>;

/** What has a name of its own in the document. */
const NAMED: Readonly<Record<string, z.ZodType>> = { breach, incident, problem, request, resource, status };
const refTo = (name: string): string => `#/components/schemas/${name}`;
const PROBLEM = { 'application/problem+json': { schema: { $ref: refTo('problem') } } };

let made: { readonly version: string; readonly document: Json } | undefined;

/** The OpenAPI 3.1 document of the API, from the very schemas that read what is sent and that tests hold answers against. */
export function openapi(version: string): Json {
  if (made?.version !== version) made = { version, document: makeDocument(version) };
  return made.document;
}

function makeDocument(version: string): Json {
  const components = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(NAMED)) components.add(schema, { id });
  const refer = (schema: z.ZodType, otherwise: string): Json => {
    const id = components.get(schema)?.id ?? otherwise;
    if (!components.has(schema)) components.add(schema, { id });
    return { $ref: refTo(id) };
  };
  const paths: Record<string, Record<string, Json>> = {};
  for (const operation of OPERATIONS) (paths[operation.path] ??= {})[operation.method] = describe(operation, refer);
  // As what is sent: an answer may come to hold more than its schema says.
  const { schemas } = z.toJSONSchema(components, { io: 'input', uri: refTo, unrepresentable: 'any' });
  return {
    openapi: '3.1.0',
    info: {
      title: 'rollcall',
      version,
      summary: 'An out-of-band resource watchdog.',
      description: 'Nothing that is sent here changes what is watched, judged or paged, but what enough people signed.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    paths,
    components: {
      schemas: Object.fromEntries(Object.entries(schemas).map(([name, { $schema: _schema, $id: _id, ...schema }]) => [name, schema])),
      securitySchemes: {
        bearer: {
          type: 'http',
          scheme: 'bearer',
          description: 'Made by rollcall token. Where no token is for reading, loopback asks for none.',
        },
      },
    },
  };
}

function describe(operation: Operation, refer: (schema: z.ZodType, otherwise: string) => Json): Json {
  const { id, summary, path, scope, query = {}, body, answers, problems, cached } = operation;
  const parameters = [
    ...[...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({ name, in: 'path', required: true, schema: { type: 'string' } })),
    ...Object.entries(query).map(([name, type]) => parameter(name, type)),
    ...(cached ? [{ name: 'if-none-match', in: 'header', schema: { type: 'string' } }] : []),
  ];
  const content =
    body === undefined
      ? undefined
      : body === 'text/plain'
        ? { 'text/plain': { schema: { type: 'string' } } }
        : { 'application/json': { schema: refer(body, `${id}_body`) } };
  return {
    operationId: id,
    summary,
    ...(scope === undefined ? { security: [] } : { description: `Scope of the token: ${scope}.`, security: [{}, { bearer: [] }] }),
    ...(parameters.length > 0 && { parameters }),
    ...(content && { requestBody: { required: true, content } }),
    responses: {
      ...Object.fromEntries(
        Object.entries(answers).map(([code, { what, schema, text }]) => [
          code,
          {
            description: what,
            ...(cached && { headers: cacheHeaders(path) }),
            content: {
              ...(text === undefined ? json(schema && refer(schema, `${id}_${code}`)) : { [text]: { schema: { type: 'string' } } }),
              ...(problems.some((kind) => PROBLEMS[kind].status === Number(code)) && PROBLEM),
            },
          },
        ]),
      ),
      ...(cached && { 304: { description: 'Nothing new since the answer whose ETag was given' } }),
      ...refusals([...problems, 'internal'], answers),
      // Node's own, before anything of ours is asked; without a body.
      408: { description: 'It did not come in time' },
      431: { description: 'Line and headers are above 8 KiB' },
    },
  };
}

const json = (schema: Json | undefined): Json => ({ 'application/json': { schema: schema ?? {} } });

function cacheHeaders(path: string): Json {
  const text = { schema: { type: 'string' } };
  return {
    etag: { description: 'tells this answer from any other', ...text },
    ...(path.includes('{') ? {} : { link: { description: 'rel="next", where a list goes on', ...text } }),
  };
}

function parameter(name: string, type: z.ZodType): Json {
  const { $schema: _schema, description, ...schema } = z.toJSONSchema(type, { io: 'input' });
  return { name, in: 'query', description, schema, ...(schema['type'] === 'array' && { style: 'form', explode: true }) };
}

/** Kinds of one status stand together; where an answer has that status too, they stand with it. */
function refusals(kinds: readonly ProblemKind[], answers: Operation['answers']): Json {
  const byStatus = Map.groupBy(new Set(kinds), (kind) => PROBLEMS[kind].status);
  return Object.fromEntries(
    [...byStatus].flatMap(([status, all]) => {
      if (status in answers) return [];
      const headers = {
        ...(status === 429 && { 'retry-after': { schema: { type: 'integer' } } }),
        ...(status === 401 && { 'www-authenticate': { schema: { type: 'string' } } }),
      };
      return [
        [
          status,
          {
            description: all.map((kind) => `${PROBLEMS[kind].title} (${PROBLEM_BASE}${kind})`).join('; '),
            ...(Object.keys(headers).length > 0 && { headers }),
            content: PROBLEM,
          },
        ],
      ];
    }),
  );
}
