import { readFile, writeFile } from 'node:fs/promises';
import { systemRandom } from '../adapters/random-system.ts';
import { makeRequest, type Asked } from '../approval/make-request.ts';
import { readRequest } from '../approval/read-request.ts';
import { openRequest } from '../approval/registry.ts';
import { ACTIONS, type Action, type RequestDocument } from '../core/request.ts';
import { sayRequest } from '../core/request-words.ts';
import { EXIT } from '../core/exit.ts';
import { formatInstant } from '../core/wording.ts';
import { parseDuration } from '../values/duration.ts';
import { clean } from '../values/text.ts';
import { ulid } from '../values/ulid.ts';
import { askWatcher, readSecret } from './ask-watcher.ts';
import type { Io } from './io.ts';
import { NOBODY_SIGNS, withRegistry } from './registry-here.ts';

const TOKEN_VARIABLE = 'ROLLCALL_REQUEST_TOKEN';

export interface RequestOptions {
  readonly config: string | undefined;
  readonly action: string;
  readonly target: string;
  readonly reason: string;
  readonly operation?: string;
  readonly about?: string;
  /** A file. */
  readonly plan?: string;
  readonly ticket?: string;
  readonly from?: string;
  readonly until?: string;
  /** A duration. */
  readonly for: string;
  readonly by?: string;
  readonly agent?: boolean;
  /** Root of a watcher's HTTP interface; this machine's own watcher where absent. */
  readonly to?: string;
  readonly tokenFile?: string;
  /** Where the request is written to, for those who are to approve it. */
  readonly output?: string;
  readonly json?: boolean;
}

/** Asks for what people then approve: at this machine's own watcher, or over HTTP at another one. */
export async function request(io: Io, options: RequestOptions): Promise<number> {
  const action = ACTIONS.find((one) => one === options.action);
  const lasts = parseDuration(options.for);
  const [from, until] = [options.from, options.until].map((text) => (text === undefined ? undefined : Date.parse(text)));
  if (!action || lasts === undefined || Number.isNaN(from) || Number.isNaN(until)) {
    io.err(
      action
        ? 'rollcall: --for takes a duration, as 30m; --from and --until a moment, as 2026-11-22T20:00:00Z\n'
        : `rollcall: '${clean(options.action, 40)}' is no action; there are ${ACTIONS.join(', ')}\n`,
    );
    return EXIT.usage;
  }
  const plan = options.plan === undefined ? undefined : await readFile(options.plan);
  const span = { from, until, lasts };
  return options.to === undefined ? askHere(io, options, action, span, plan) : askThere(io, options, action, span, plan, options.to);
}

interface Span {
  readonly from: number | undefined;
  readonly until: number | undefined;
  readonly lasts: number;
}

function askHere(io: Io, options: RequestOptions, action: Action, span: Span, plan: Uint8Array | undefined): Promise<number> {
  return withRegistry(io, options.config, async ({ store, world, at }) => {
    if (!world) return refuse(io, NOBODY_SIGNS);
    const { operation, target, about, reason, ticket, by, agent = false } = options;
    const name = clean(by ?? io.env['USER'] ?? 'somebody', 40);
    const asked: Asked = {
      action,
      operation,
      target,
      about,
      plan,
      reason,
      ticket,
      from: span.from,
      until: span.until ?? (span.from ?? at.wall) + span.lasts,
      requester: { name, kind: agent ? 'agent' : 'human', known: 'host' },
    };
    const made = await makeRequest(world, asked, ulid(at.wall, systemRandom.bytes(10)), at.wall);
    if (!made.ok) return refuse(io, `rollcall: ${made.why}\n`);
    await openRequest(store, made.record, at);
    return show(io, options, made.record.document);
  });
}

async function askThere(
  io: Io,
  options: RequestOptions,
  action: Action,
  { from, until, lasts }: Span,
  plan: Uint8Array | undefined,
  to: string,
): Promise<number> {
  const token = await readSecret(io, options.tokenFile, TOKEN_VARIABLE);
  if (typeof token === 'string') {
    io.err(`rollcall: ${token}; the token stands in $${TOKEN_VARIABLE} or in the file of --token-file\n`);
    return EXIT.usage;
  }
  const { operation, target, about, reason, ticket } = options;
  const text = plan && Buffer.from(plan).toString('utf8');
  if (plan && text !== undefined && !Buffer.from(text).equals(plan)) return refuse(io, 'rollcall: over HTTP a plan is text in UTF-8\n');
  const window = {
    ...(from !== undefined && { from: formatInstant(from) }),
    ...(until === undefined ? { for: `${lasts}ms` } : { until: formatInstant(until) }),
  };
  const answer = await askWatcher(io, to, '/api/v1/requests', {
    token,
    body: { action, operation, target, about, plan: text, reason, ticket, ...window },
  });
  if (!answer.ok) return refuse(io, `rollcall: not taken: ${answer.why}\n`);
  const document = readRequest((answer.body as { readonly request?: unknown } | null)?.request);
  return document ? show(io, options, document) : refuse(io, 'rollcall: what it answered is no request\n');
}

async function show(io: Io, { output, json }: RequestOptions, document: RequestDocument): Promise<number> {
  if (output !== undefined) await writeFile(output, `${JSON.stringify(document, null, 2)}\n`);
  if (json) io.out(`${JSON.stringify({ request: document }, null, 2)}\n`);
  else io.out(`${sayRequest(document).join('\n')}\n\nto decide it, on a machine of one's own: rollcall approve ${output ?? document.id}\n`);
  return EXIT.ok;
}

function refuse(io: Io, why: string): number {
  io.err(why);
  return EXIT.critical;
}
