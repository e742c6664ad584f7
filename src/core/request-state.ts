import { countPeople, type Proofs, type Vote } from './quorum.ts';
import type { Decision, RequestDocument } from './request.ts';

/** What one person said to a request, with the signature that proves it. */
export interface Said {
  readonly decision: Decision;
  readonly votes: readonly Vote[];
  /** When it was received, ms since 1970. */
  readonly at: number;
  /** Armored, over `decisionBytes`. */
  readonly signature: string;
  /** Of a security key: the number it said, by fingerprint. */
  readonly counters?: Readonly<Record<string, number>>;
}

/**
 * A request as the store keeps it. States in the words of AWS Multi-party approval (GetSession: Status, StatusCode, ExecutionStatus);
 * `execution` says what became of what was approved. Times are ms since 1970.
 */
export interface RequestRecord {
  readonly id: string;
  /** Counts up with every change: who changes it says which one they saw. */
  readonly revision: number;
  readonly document: RequestDocument;
  readonly status: 'PENDING' | 'APPROVED' | 'FAILED';
  readonly code?: 'REJECTED' | 'EXPIRED' | 'CONFIGURATION_CHANGED';
  readonly why?: string;
  readonly said: readonly Said[];
  /** The people who approved it. */
  readonly people: readonly string[];
  readonly approvedAt?: number;
  readonly execution?: 'PENDING' | 'EXECUTED' | 'FAILED';
  /** SHA-256 of the one-time token last handed out, hexadecimal. */
  readonly token?: string;
  /** When the token was used up. */
  readonly burned?: number;
  /** What the command ended with that the token was used for; absent where nobody said. */
  readonly exit?: number;
  /** When the loss that it expects was proven. */
  readonly lost?: number;
  /** When the manifest it asked for came into force. */
  readonly loaded?: number;
  /** Security keys that approved it although their counter had gone backwards. */
  readonly cloned?: readonly string[];
  /** How often its token was refused. */
  readonly refused: number;
}

export type Undecided = 'closed' | 'expired' | 'moved' | 'nobody' | 'requester' | 'repeated';

export type Decided =
  | { readonly ok: true; readonly next: RequestRecord; readonly people: readonly string[] }
  /** `next` where the request itself is another one for it. */
  | { readonly ok: false; readonly kind: Undecided; readonly why: string; readonly next?: RequestRecord };

export interface Hearing {
  /** When it was received, ms since 1970. */
  readonly at: number;
  readonly proofs: Proofs;
  /** What moved since it was asked, in a sentence. */
  readonly moved: string | undefined;
  /** Why signatures are nobody's. */
  readonly dropped: readonly string[];
}

/** The first moment after its window, ms since 1970. */
export const endOf = ({ document }: Pick<RequestRecord, 'document'>): number => Date.parse(document.window.until);

/** How a closed request is called. */
export const stateOf = ({ status, code }: Pick<RequestRecord, 'status' | 'code'>): string =>
  code === undefined ? status : `${status} (${code})`;

/** Takes what a person said. One who denies ends it; it is approved once as many people as it needs, the requester not among them, did. */
export function decide(record: RequestRecord, said: Said, { at, proofs, moved, dropped }: Hearing): Decided {
  const { document } = record;
  if (record.status !== 'PENDING') return { ok: false, kind: 'closed', why: `the request is ${stateOf(record)}` };
  if (at >= endOf(record))
    return { ok: false, kind: 'expired', why: 'its window is over', next: fail(record, 'EXPIRED', 'nobody decided in time') };
  if (moved !== undefined) return { ok: false, kind: 'moved', why: moved, next: fail(record, 'CONFIGURATION_CHANGED', moved) };
  // A denial needs no touch: to stop something must be easy.
  const asked = said.decision === 'deny' ? { presence: false, verification: false } : proofs;
  const votes = humanOnly(said.votes);
  const own = countPeople(votes, asked);
  if (own.people.length === 0) {
    const programs = votes.length < said.votes.length ? ['it is signed by a program, which never counts'] : [];
    const why = [...programs, ...own.dropped, ...dropped].join('; ');
    return { ok: false, kind: 'nobody', why: why === '' ? 'it is signed by nobody who counts' : why };
  }
  if (said.decision === 'deny') {
    const why = `denied by ${own.people.join(', ')}`;
    return { ok: true, people: own.people, next: fail({ ...record, said: [...record.said, said] }, 'REJECTED', why) };
  }
  if (approvingVotes(document, votes).length === 0)
    return { ok: false, kind: 'requester', why: `${document.requester.name} asked for it, and cannot approve it` };
  const all = [...record.said, { ...said, votes }];
  const { people } = countPeople(
    all.flatMap((one) => one.votes),
    proofs,
  );
  if (people.length <= record.people.length)
    return { ok: false, kind: 'repeated', why: `${own.people.join(', ')} has approved it already` };
  const next: RequestRecord = { ...change(record), said: all, people };
  const enough = people.length >= document.need;
  return { ok: true, people: own.people, next: enough ? { ...next, status: 'APPROVED', execution: 'PENDING', approvedAt: at } : next };
}

/** The votes of one signature that count for an approval: a person's, and not of who asked. */
export function approvingVotes({ requester }: Pick<RequestDocument, 'requester'>, votes: readonly Vote[]): readonly Vote[] {
  const human = humanOnly(votes);
  return human.some(({ person }) => alike(person, requester.name)) ? [] : human;
}

/** A key that is a program's is nobody else's, whatever other names its line has. */
function humanOnly(votes: readonly Vote[]): readonly Vote[] {
  const programs = new Set(votes.flatMap(({ kind, key }) => (kind === 'agent' ? [key] : [])));
  return votes.filter(({ key }) => !programs.has(key));
}

/** Names are compared as people read them: who asks as `Alice` is alice. */
const alike = (one: string, other: string): boolean => one.normalize('NFKC').toLowerCase() === other.normalize('NFKC').toLowerCase();

/** The next revision of a record. */
export const change = (record: RequestRecord): RequestRecord => ({ ...record, revision: record.revision + 1 });

/** Ends it without its having been done. */
export function fail(record: RequestRecord, code: NonNullable<RequestRecord['code']>, why: string): RequestRecord {
  const { execution: _execution, ...rest } = change(record);
  return { ...rest, status: 'FAILED', code, why };
}

/** Somebody may still decide it or use it, or its end is still to be told. */
export const isOpen = ({ status, execution }: RequestRecord): boolean => status === 'PENDING' || execution === 'PENDING';

/** What is in force. Digests as a request holds them. */
export interface InForce {
  readonly manifest: string;
  readonly policy: string | undefined;
}

/** What was approved under another manifest or policy is void. */
export function movedSince({ base, policy }: RequestDocument, now: InForce): string | undefined {
  if (base.digest !== now.manifest) return 'another manifest is in force than the one it was asked under';
  if (policy !== now.policy) return 'other people may sign, or another number of them, than when it was asked';
  return undefined;
}

/** A request as it is read: neither the digest of its token nor the signatures. */
export type PrintedRequest = Omit<RequestRecord, 'token' | 'said' | 'document'> & { readonly request: RequestDocument };

export function printRequest({ token: _token, said: _said, document, ...record }: RequestRecord): PrintedRequest {
  return { ...record, request: document };
}
