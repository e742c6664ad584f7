import { parseCheckpoint } from '../adapters/checkpoint.ts';
import { cosignedAt } from '../adapters/cosignature.ts';
import { httpPost, type HttpReply } from '../adapters/http-post.ts';
import { nameInKey } from '../adapters/note-key.ts';
import type { WatcherKey } from '../adapters/watcher-key.ts';
import type { LedgerHead } from '../core/chain.ts';
import type { Clock, Store } from '../ports.ts';
import { formatDuration } from '../values/duration.ts';
import { clean } from '../values/text.ts';
import { printSubmission } from './submission.ts';
import { readHeads, type CosignedHead } from './witness-book.ts';

/** A witness of this watcher's ledger. */
export interface WitnessAddress {
  /** Its submission prefix (c2sp.org/tlog-witness). */
  readonly url: string;
  /** Its key line. */
  readonly key: string;
}

interface Parts {
  readonly store: Pick<Store, 'commit' | 'consistency' | 'head'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly sign: WatcherKey['sign'];
  /** As config.yaml has them now. */
  readonly witnesses: () => readonly WitnessAddress[];
}

/** What a witness said, or why it said nothing. `grave`: it knows another history than this one. */
type Outcome =
  | { readonly kind: 'cosigned'; readonly head: CosignedHead }
  | { readonly kind: 'knows'; readonly size: number }
  | { readonly kind: 'failed'; readonly why: string; readonly grave: boolean };

export const COSIGNED = 'own_heads_cosigned';
const EVERY_MS = 60_000;
/** So long a witness may be out of reach before that is told of. */
const PATIENCE_MS = 15 * 60_000;
const TIMEOUT_MS = 10_000;

/** Has the heads of this watcher's ledger cosigned, once a minute where it has grown, and keeps the latest that each witness cosigned. */
export class Submitter {
  readonly #parts: Parts;
  readonly #heads: Map<string, CosignedHead>;
  /** Steady time of the last cosignature, by key line: what failed is tried again at the next tick. */
  readonly #cosignedAt = new Map<string, number>();
  /** Steady time since when a witness has cosigned nothing, and why; by key line. */
  readonly #failing = new Map<string, { readonly since: number; readonly why: string; readonly grave: boolean }>();

  /** `saved`: what the store has under `COSIGNED`. */
  constructor(parts: Parts, saved: string | undefined) {
    this.#parts = parts;
    this.#heads = new Map(Object.entries(readHeads(saved)));
  }

  /** The latest heads that were cosigned, by witness. */
  get cosigned(): readonly { readonly witness: string; readonly head: CosignedHead }[] {
    return [...this.#heads].map(([key, head]) => ({ witness: nameInKey(key), head }));
  }

  /** What a person has to be told, a sentence each. */
  troubles(): { readonly grave: readonly string[]; readonly mild: readonly string[] } {
    const now = this.#parts.clock.now().steady;
    const told = this.#parts.witnesses().flatMap(({ key }) => {
      const failing = this.#failing.get(key);
      if (!failing || (!failing.grave && now - failing.since < PATIENCE_MS)) return [];
      const name = clean(nameInKey(key), 100);
      const text = failing.grave
        ? `${name}: ${failing.why}`
        : `${name} has cosigned nothing for ${formatDuration(PATIENCE_MS)}: ${failing.why}`;
      return [{ grave: failing.grave, text }];
    });
    const of = (grave: boolean): string[] => told.flatMap((one) => (one.grave === grave ? [one.text] : []));
    return { grave: of(true), mild: of(false) };
  }

  /** Asks every witness whose turn it is. Never rejects. */
  async tick(signal: AbortSignal): Promise<void> {
    const now = this.#parts.clock.now().steady;
    const due = this.#parts.witnesses().filter(({ key }) => now - (this.#cosignedAt.get(key) ?? -Infinity) >= EVERY_MS);
    await Promise.all(due.map(async (witness) => this.#ask(witness, signal)));
  }

  async #ask(witness: WitnessAddress, signal: AbortSignal): Promise<void> {
    const outcome = await this.#exchange(witness, signal).catch((error: unknown): Outcome => ({
      kind: 'failed',
      why: error instanceof Error ? error.message : String(error),
      grave: false,
    }));
    if (signal.aborted) return;
    if (outcome.kind === 'cosigned') {
      this.#failing.delete(witness.key);
      this.#cosignedAt.set(witness.key, this.#parts.clock.now().steady);
      this.#heads.set(witness.key, outcome.head);
      // What cannot be written down is asked for anew after a restart.
      const heads = JSON.stringify(Object.fromEntries(this.#heads));
      await this.#parts.store.commit({ meta: { [COSIGNED]: heads } }).catch(() => undefined);
    } else if (outcome.kind === 'failed') {
      const since = this.#failing.get(witness.key)?.since ?? this.#parts.clock.now().steady;
      this.#failing.set(witness.key, { since, why: clean(outcome.why, 300), grave: outcome.grave });
    }
  }

  async #exchange(witness: WitnessAddress, signal: AbortSignal): Promise<Outcome> {
    const head = await this.#parts.store.head();
    const note = head ? this.#parts.sign(head) : undefined;
    if (!head || note === undefined) return { kind: 'failed', why: 'there is no signed head to show', grave: false };
    const known = this.#heads.get(witness.key)?.size ?? 0;
    // What it cosigned last is longer than what is here: it is asked what it knows, and that is what counts.
    const first = await this.#submit(witness, known <= head.seq ? known : 0, head, note, signal);
    if (first.kind !== 'knows') return first;
    if (first.size > head.seq)
      return {
        kind: 'failed',
        why: `it knows ${first.size} entries of this record, which has ${head.seq}: entries were cut off, or an older state was put back`,
        grave: true,
      };
    const second = await this.#submit(witness, first.size, head, note, signal);
    if (second.kind !== 'knows') return second;
    const grave = second.size === head.seq;
    return { kind: 'failed', why: grave ? `it knows another record of ${head.seq} entries` : 'it changes its mind', grave };
  }

  async #submit(witness: WitnessAddress, old: number, head: LedgerHead, note: string, signal: AbortSignal): Promise<Outcome> {
    const proof = await this.#parts.store.consistency(old, head.seq);
    const reply = await httpPost({
      url: `${witness.url.replace(/\/+$/, '')}/add-checkpoint`,
      headers: { 'content-type': 'text/plain; charset=utf-8' },
      body: printSubmission(old, proof, note),
      timeout: TIMEOUT_MS,
      signal,
      secrets: [],
      now: this.#parts.clock.now().wall,
    });
    return readReply(reply, witness, note);
  }
}

function readReply(reply: HttpReply, { key }: WitnessAddress, note: string): Outcome {
  if (reply.kind !== 'answer') return { kind: 'failed', why: reply.why, grave: false };
  if (reply.status === 409 && reply.type.startsWith('text/x.tlog.size') && /^(0|[1-9]\d{0,15})\n$/.test(reply.body))
    return { kind: 'knows', size: Number(reply.body) };
  if (reply.status === 422)
    return { kind: 'failed', why: 'it was not shown that this record has grown from the one that it knows', grave: true };
  if (reply.status !== 200) return { kind: 'failed', why: `answered ${reply.status}: ${reply.excerpt.slice(0, 200)}`, grave: false };
  const cosigned = `${note}${reply.body}`;
  const checkpoint = parseCheckpoint(cosigned);
  const at = checkpoint && cosignedAt(checkpoint, key);
  if (!checkpoint || at === undefined) return { kind: 'failed', why: 'what it answered is no cosignature of its key', grave: false };
  return { kind: 'cosigned', head: { size: checkpoint.size, root: checkpoint.root, note: cosigned, at } };
}
