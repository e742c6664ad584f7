import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sshSign } from '../adapters/ssh-sign.ts';
import { readRequest, type ApprovalFile } from '../approval/read-request.ts';
import { takeApproval } from '../approval/take-approval.ts';
import { NAMESPACE } from '../approval/votes.ts';
import { EXIT } from '../core/exit.ts';
import { changesManifest, decisionBytes, type Decision, type RequestDocument } from '../core/request.ts';
import { sayRequest, sayState } from '../core/request-words.ts';
import { clean } from '../values/text.ts';
import { askWatcher, readSecret } from './ask-watcher.ts';
import type { Io } from './io.ts';
import { NOBODY_SIGNS, withRegistry, type RegistryHere } from './registry-here.ts';

const READ_TOKEN = 'ROLLCALL_TOKEN';

export interface ApproveOptions {
  readonly config: string | undefined;
  /** A file that holds the request, or its id. */
  readonly request: string;
  readonly decision: Decision;
  /** Of an SSH key to sign with. */
  readonly key?: string;
  /** A signature that was made already. */
  readonly signature?: string;
  /** Where the approval is written to, to travel as a file. */
  readonly output?: string;
  /** Root of a watcher's HTTP interface. */
  readonly to?: string;
  readonly tokenFile?: string;
  /** Signs what was shown without being asked. */
  readonly yes?: boolean;
}

/**
 * Shows everything that an approver must know, signs it with a key of whoever sits here, and hands it in: as a file, over HTTP, or to this
 * machine's own watcher. Without a key it says how to sign elsewhere. Needs neither config nor store where neither is asked for.
 */
export async function approve(io: Io, options: ApproveOptions): Promise<number> {
  const { decision, key, signature, yes = false } = options;
  const found = await findRequest(io, options);
  if (typeof found === 'string') return refuse(io, found);
  const bytes = decisionBytes(decision, found);
  io.out(`${sayRequest(found).join('\n')}\n\n`);
  if (signature !== undefined) return hand(io, options, found, await readFile(signature, 'latin1'));
  if (key === undefined) return explain(io, options, found, bytes);
  if (!yes && (await io.ask(`type "${decision}" to sign that you ${decision} this: `)) !== decision)
    return refuse(io, 'not signed (--yes signs without asking)');
  return hand(io, options, found, await sshSign(bytes, NAMESPACE.change, key));
}

async function findRequest(io: Io, { request, to, tokenFile, config }: ApproveOptions): Promise<RequestDocument | string> {
  const text = await readFile(request, 'utf8').catch(() => undefined);
  if (text !== undefined) return readRequest(parse(text)) ?? `${request} holds no request, or one of another version of rollcall`;
  if (!/^[0-9A-Z]{26}$/.test(request)) return `${clean(request, 80)} is neither a file that can be read nor the id of a request`;
  if (to === undefined) {
    const known: { document?: RequestDocument } = {};
    const find = async ({ store }: RegistryHere): Promise<number> => {
      const record = await store.request(request);
      if (record) known.document = record.document;
      return EXIT.ok;
    };
    await withRegistry(io, config, find, true);
    return known.document ?? 'no such request here (rollcall requests)';
  }
  const token = await readSecret(io, tokenFile, READ_TOKEN);
  const answer = await askWatcher(io, to, `/api/v1/requests/${request}`, typeof token === 'string' ? {} : { token });
  if (!answer.ok) return answer.why;
  const document = readRequest((answer.body as { readonly request?: unknown } | null)?.request);
  return document?.id === request ? document : 'what it answered is not that request';
}

/** Nothing on a watcher's host can sign, and nothing needs to: the bytes go to where the key is. */
async function explain(io: Io, { decision, request, to }: ApproveOptions, document: RequestDocument, bytes: string): Promise<number> {
  const file = `${document.id}.${decision}`;
  await writeFile(join(io.cwd, file), bytes);
  const then = to === undefined ? `-o ${document.id}.$USER.approval.json` : `--to ${to}`;
  io.out(`to ${decision} it:
  ssh-keygen -Y sign -n ${NAMESPACE.change} -f ~/.ssh/id_ed25519 ${file}
  rollcall ${decision} ${request} --signature ${file}.sig ${then}
or both at once: rollcall ${decision} ${request} --key ~/.ssh/id_ed25519 ${then}
`);
  if (changesManifest(document.action) && decision === 'approve')
    io.out(
      `and the next manifest itself, ${document.plan?.digest}, as ever: ssh-keygen -Y sign -n ${NAMESPACE.manifest} -f ~/.ssh/id_ed25519 manifest.yaml\n`,
    );
  return EXIT.ok;
}

async function hand(io: Io, options: ApproveOptions, request: RequestDocument, signature: string): Promise<number> {
  const approval: ApprovalFile = { schema: 'rollcall/approval/v1', decision: options.decision, request, signature };
  if (options.output !== undefined) {
    await writeFile(options.output, `${JSON.stringify(approval, null, 2)}\n`);
    io.out(`written to ${options.output}: it counts once it lies in the watcher's folder of approvals\n`);
  }
  if (options.to !== undefined) {
    const answer = await askWatcher(io, options.to, '/api/v1/approvals', { body: approval });
    if (!answer.ok) return refuse(io, `not taken: ${answer.why}`);
    io.out('taken\n');
  }
  if (options.output !== undefined || options.to !== undefined) return EXIT.ok;
  return withRegistry(io, options.config, async ({ store, world, at }) => {
    if (!world) return refuse(io, NOBODY_SIGNS);
    const heard = await takeApproval(store, world, approval, at);
    if (!heard.ok) return refuse(io, `not taken (${heard.kind}): ${heard.why}`);
    io.out(`${sayState(heard.record)}\n`);
    return EXIT.ok;
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function refuse(io: Io, why: string): number {
  io.err(`rollcall: ${clean(why, 1000)}\n`);
  return EXIT.critical;
}
