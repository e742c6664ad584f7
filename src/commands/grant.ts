import { readFile } from 'node:fs/promises';
import { runHere } from '../adapters/run-here.ts';
import { planDigest } from '../approval/make-request.ts';
import { consumeGrant, finishGrant, issueGrant } from '../approval/take-grant.ts';
import type { GrantUse } from '../core/grant.ts';
import { EXIT } from '../core/exit.ts';
import type { Secret } from '../values/secret.ts';
import { clean } from '../values/text.ts';
import { askWatcher, readSecret } from './ask-watcher.ts';
import type { Io } from './io.ts';
import { NOBODY_SIGNS, withRegistry } from './registry-here.ts';

const REQUEST_TOKEN = 'ROLLCALL_REQUEST_TOKEN';
const GRANT_TOKEN = 'ROLLCALL_GRANT_TOKEN';
/** With the scope `grant`, where the watcher asks for one before it hears of a one-time token. */
const ACCESS_TOKEN = 'ROLLCALL_ACCESS_TOKEN';
/** What no command that is started here gets to know. */
const OURS: ReadonlySet<string> = new Set([REQUEST_TOKEN, GRANT_TOKEN, ACCESS_TOKEN]);

interface Where {
  readonly config: string | undefined;
  /** Root of a watcher's HTTP interface; this machine's own watcher where absent. */
  readonly to?: string;
  readonly tokenFile?: string;
}

/** Prints the one-time token of an approved request, and nothing else. One printed before counts no more. */
export async function grantIssue(io: Io, options: Where & { readonly id: string }): Promise<number> {
  const { id, to } = options;
  if (to === undefined)
    return withRegistry(io, options.config, async ({ store, world, at }) => {
      if (!world) return refuse(io, NOBODY_SIGNS);
      const issued = await issueGrant(store, world, id, undefined, at);
      if (!issued.ok) return refuse(io, issued.why);
      io.out(`${issued.token}\n`);
      return EXIT.ok;
    });
  const token = await readSecret(io, options.tokenFile, REQUEST_TOKEN);
  if (typeof token === 'string') return refuse(io, `${token}; the token stands in $${REQUEST_TOKEN} or in the file of --token-file`);
  const answer = await askWatcher(io, to, `/api/v1/requests/${encodeURIComponent(id)}/grant`, { body: {}, token });
  if (!answer.ok) return refuse(io, answer.why);
  io.out(`${String((answer.body as { readonly token?: unknown }).token)}\n`);
  return EXIT.ok;
}

export interface ConsumeOptions extends Where {
  /** The token, if it is the first operand; then the command. */
  readonly operands: readonly string[];
  readonly action: string;
  readonly target: string;
  /** A file. */
  readonly plan?: string;
}

/**
 * Burns a one-time token and, only if that succeeded, runs the command that stands after `--`. The token is the first operand, `-` for the
 * first line of the standard input, or in $ROLLCALL_GRANT_TOKEN or --token-file; the command gets to know none of these. Ends as the command does; with 2 where the
 * token is refused.
 */
export async function grantConsume(io: Io, options: ConsumeOptions): Promise<number> {
  const { token, command } = await findToken(io, options);
  if (token === undefined) return refuse(io, `no token: give it as $${GRANT_TOKEN}, --token-file, - or the first operand`, EXIT.usage);
  const plan = options.plan === undefined ? undefined : planDigest(await readFile(options.plan));
  const use = { action: options.action, target: options.target, ...(plan !== undefined && { plan }) };
  const burnt = await burn(io, options, token, use);
  if (burnt !== null) return refuse(io, `refused: ${burnt}`);
  const [program, ...args] = command;
  if (program === undefined) {
    io.out(`used; tell how it ends: rollcall grant ended --exit CODE\n`);
    return EXIT.ok;
  }
  const env = Object.fromEntries(Object.entries(io.env).filter(([name]) => !OURS.has(name)));
  const exit = await runHere(program, args, env, io.signal);
  if (exit === 127) io.err(`rollcall: ${clean(program, 100)} cannot be found; the token is used up\n`);
  const told = await finish(io, options, token, exit);
  if (told !== null) io.err(`rollcall: the command ended with ${exit}, and the watcher was not told: ${clean(told, 300)}\n`);
  return exit;
}

/** Says what the command ended with that a token was used for, where something else ran it. */
export async function grantEnded(
  io: Io,
  options: Where & { readonly operands: readonly string[]; readonly exit: number },
): Promise<number> {
  const { token } = await findToken(io, options);
  if (token === undefined) return refuse(io, `no token: give it as $${GRANT_TOKEN}, --token-file, - or the first operand`, EXIT.usage);
  const told = await finish(io, options, token, options.exit);
  return told === null ? EXIT.ok : refuse(io, told);
}

async function findToken(
  io: Io,
  { operands, tokenFile }: Pick<ConsumeOptions, 'operands' | 'tokenFile'>,
): Promise<{ readonly token: string | undefined; readonly command: readonly string[] }> {
  const [first, ...rest] = operands;
  if (first === '-') return { token: await io.readLine(), command: rest };
  if (first?.startsWith('rcg1/')) return { token: first, command: rest };
  const secret = await readSecret(io, tokenFile, GRANT_TOKEN);
  return { token: typeof secret === 'string' ? undefined : secret.reveal(), command: operands };
}

/** Null once the token is burnt; else why not. */
async function burn(io: Io, { config, to }: Pick<Where, 'config' | 'to'>, token: string, use: GrantUse): Promise<string | null> {
  if (to !== undefined) {
    const answer = await askWatcher(io, to, '/api/v1/grants/consume', { body: { token, ...use }, secrets: [token], ...(await access(io)) });
    return answer.ok ? null : answer.why;
  }
  let why: string | null = null;
  await withRegistry(io, config, async ({ store, world, at }) => {
    const consumed = world && (await consumeGrant(store, world, token, use, at));
    why = consumed === undefined ? NOBODY_SIGNS : consumed.ok ? null : `${consumed.kind}: ${consumed.why}`;
    return EXIT.ok;
  });
  return why;
}

async function finish(io: Io, { config, to }: Where, token: string, exit: number): Promise<string | null> {
  if (to !== undefined) {
    const answer = await askWatcher(io, to, '/api/v1/grants/ended', { body: { token, exit }, secrets: [token], ...(await access(io)) });
    return answer.ok ? null : answer.why;
  }
  let told = false;
  await withRegistry(io, config, async ({ store, at }) => {
    told = await finishGrant(store, token, exit, at);
    return EXIT.ok;
  });
  return told ? null : 'no grant of this token is under way';
}

/** Who says so, where $ROLLCALL_ACCESS_TOKEN tells. */
async function access(io: Io): Promise<{ readonly token?: Secret }> {
  const secret = io.env[ACCESS_TOKEN] === undefined ? '' : await readSecret(io, undefined, ACCESS_TOKEN);
  return typeof secret === 'string' ? {} : { token: secret };
}

function refuse(io: Io, why: string, code: number = EXIT.critical): number {
  io.err(`rollcall: ${clean(why.replace(/^rollcall: /, ''), 1000)}\n`);
  return code;
}
