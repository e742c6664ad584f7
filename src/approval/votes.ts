import type { Vote } from '../core/quorum.ts';
import { plainNames } from '../signing/patterns.ts';
import { permits } from '../signing/permits.ts';
import { isRevoked } from '../signing/revoked-keys.ts';
import { openSignature, type Signature } from '../signing/sshsig.ts';
import type { Signers } from './rule.ts';

/** The namespaces (PROTOCOL.sshsig) of what people sign: a signature for one is none for the other. */
export const NAMESPACE = { manifest: 'manifest@rollcall', change: 'change@rollcall' } as const;

/** A file that holds one armored signature. */
export interface SignatureFile {
  /** For people; no path. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

export interface Votes {
  readonly votes: readonly Vote[];
  /** Why other signatures are nobody's vote. */
  readonly dropped: readonly string[];
  /** Of security keys that count: the last number each one said, by fingerprint. */
  readonly counters: Readonly<Record<string, number>>;
}

/** Whose signatures over `message` these are, judged at the moment of receipt (ms since 1970). Pure but for the arithmetic of keys. */
export function readVotes(
  files: readonly SignatureFile[],
  message: Uint8Array,
  about: { readonly signers: Signers; readonly namespace: string; readonly at: number },
): Votes {
  const votes: Vote[] = [];
  const dropped: string[] = [];
  const counters: Record<string, number> = {};
  for (const { name, bytes } of files) {
    const opened = openSignature(bytes, message, about.namespace);
    if (!opened.ok) {
      dropped.push(`${name} ${opened.why}`);
      continue;
    }
    const { principals, why } = principalsOf(opened.signature, about);
    const { key, touch } = opened.signature;
    for (const principal of principals) votes.push({ ...about.signers.personOf(principal), key: key.fingerprint, ...(touch && { touch }) });
    if (principals.length === 0) dropped.push(`${name}: ${why}`);
    else if (touch) counters[key.fingerprint] = Math.max(touch.counter, counters[key.fingerprint] ?? 0);
  }
  return { votes, dropped, counters };
}

/** The principals as whom a signature counts: those its line spells out, or those its certificate names. */
function principalsOf(
  signature: Signature,
  { signers, namespace, at }: { readonly signers: Signers; readonly namespace: string; readonly at: number },
): { readonly principals: readonly string[]; readonly why: string } {
  if (isRevoked(signature, signers.revoked)) return { principals: [], why: 'its key has been revoked' };
  if (signers.own !== undefined && isRevoked(signature, new Set([signers.own])))
    return { principals: [], why: "its key is the watcher's own, which signs for nobody" };
  const principals: string[] = [];
  let why = 'its key is of nobody who may sign';
  for (const line of signers.lines) {
    const named = signature.certificate?.principals ?? plainNames(line.principals);
    const said = named.map((principal) => ({ principal, said: permits(line, signature, { principal, namespace, at }) }));
    principals.push(...said.flatMap((one) => (one.said === null ? [one.principal] : [])));
    why = said.find((one) => typeof one.said === 'string')?.said ?? why;
  }
  return { principals: [...new Set(principals)], why };
}
