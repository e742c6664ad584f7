import { isSignedBy } from '../adapters/checkpoint.ts';
import { nameInKey } from '../adapters/note-key.ts';
import { sha256 } from '../adapters/sqlite/tree.ts';
import type { WatcherKey } from '../adapters/watcher-key.ts';
import { provesConsistency } from '../core/merkle.ts';
import type { Clock, Store } from '../ports.ts';
import { formatDuration } from '../values/duration.ts';
import { clean } from '../values/text.ts';
import { parseSubmission, type Submission } from './submission.ts';

/** A log that this watcher is the witness of. */
export interface WitnessedLog {
  /** Its key line: what `rollcall ledger key` prints on its host. */
  readonly key: string;
  /** How long may pass without a head that has grown from the one before, ms. */
  readonly silentAfter: number;
}

/** The latest head of a log that was cosigned. */
export interface CosignedHead {
  readonly size: number;
  /** Base64. */
  readonly root: string;
  /** The checkpoint with the signatures of log and witness. */
  readonly note: string;
  /** Seconds since 1970. */
  readonly at: number;
  /** That the log's key signed another head of this size: for good, until the log has another key. */
  readonly fork?: string;
}

/** An answer over HTTP. */
export interface WitnessAnswer {
  readonly status: 200 | 400 | 403 | 404 | 409 | 422 | 503;
  readonly type: string;
  readonly body: string;
}

interface Parts {
  readonly store: Pick<Store, 'commit'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly cosign: WatcherKey['cosign'];
  /** As config.yaml has them now. */
  readonly logs: () => readonly WitnessedLog[];
}

export const BOOK = 'cosigned_heads';
const TEXT = 'text/plain; charset=utf-8';
const SIZE = 'text/x.tlog.size';

/**
 * A witness (c2sp.org/tlog-witness): remembers of each log the largest head that it cosigned, and cosigns only what has grown from that.
 * What a log's key signed besides is either older or a second history; the latter, and a log that sends nothing good, is told of.
 */
export class WitnessBook {
  readonly #parts: Parts;
  readonly #heads: Map<string, CosignedHead>;
  /** Steady time of the last good head, by key line; of the start where there was none since. */
  readonly #heardAt = new Map<string, number>();
  /** Why the last that came was refused, by key line. */
  readonly #refused = new Map<string, string>();
  #turn: Promise<unknown> = Promise.resolve();

  /** `saved`: what the store has under `BOOK`. */
  constructor(parts: Parts, saved: string | undefined) {
    this.#parts = parts;
    this.#heads = new Map(Object.entries(readHeads(saved)));
  }

  /** One after another: what is compared with the latest head must still be compared with it when it takes its place. */
  submit(body: string): Promise<WitnessAnswer> {
    const answer = this.#turn.then(() => this.#submit(body));
    this.#turn = answer.catch(() => undefined);
    return answer;
  }

  /** What a person has to be told of the logs, a sentence each. */
  troubles(): string[] {
    const now = this.#parts.clock.now().steady;
    return this.#parts.logs().flatMap(({ key, silentAfter }) => {
      const [name, head, refused] = [clean(nameInKey(key), 100), this.#heads.get(key), this.#refused.get(key)];
      if (head?.fork !== undefined) return [`${name} shows two histories of its record: ${head.fork}`];
      const since = this.#heardAt.get(key) ?? now;
      this.#heardAt.set(key, since);
      if (now - since < silentAfter) return [];
      const last = refused === undefined ? '' : `; what came last was refused: ${refused}`;
      return [`no head of ${name} that grows from its ${head?.size ?? 0} entries has come for ${formatDuration(silentAfter)}${last}`];
    });
  }

  async #submit(body: string): Promise<WitnessAnswer> {
    const submission = parseSubmission(body);
    if (!submission) return { status: 400, type: TEXT, body: 'not what c2sp.org/tlog-witness describes\n' };
    const { checkpoint, old } = submission;
    const logs = this.#parts.logs().filter(({ key }) => nameInKey(key) === checkpoint.origin);
    if (logs.length === 0) return { status: 404, type: TEXT, body: 'a log that is not known here\n' };
    const log = logs.find(({ key }) => isSignedBy(checkpoint, key));
    if (!log) return { status: 403, type: TEXT, body: "not signed by the log's key\n" };
    if (old > checkpoint.size) return { status: 400, type: TEXT, body: 'smaller than the size that it grew from\n' };
    return this.#judge(log.key, submission);
  }

  async #judge(key: string, { checkpoint, old, proof, note }: Submission): Promise<WitnessAnswer> {
    const known = this.#heads.get(key) ?? { size: 0, root: Buffer.from(sha256(new Uint8Array())).toString('base64') };
    const { size, root } = checkpoint;
    // Signed twice over, with two roots: that needs no proof to be one.
    const forked = size === known.size && root !== known.root;
    const head = this.#heads.get(key);
    if (forked && head) await this.#keep(key, { ...head, fork: `its key signed two roots over ${size} entries` });
    if (old !== known.size || forked) return { status: 409, type: SIZE, body: `${known.size}\n` };
    const [was, is] = [known, checkpoint].map((one) => ({ size: one.size, root: Buffer.from(one.root, 'base64') }));
    // From nothing everything grows; the empty proof says so.
    const grown = old === 0 ? proof.length === 0 : was !== undefined && is !== undefined && provesConsistency(sha256, proof, was, is);
    if (!grown) {
      this.#refused.set(key, `that ${size} entries grew from ${old} was not shown`);
      return { status: 422, type: TEXT, body: 'the proof does not show that it has grown\n' };
    }
    return this.#take(key, { size, root }, checkpoint, note);
  }

  async #take(
    key: string,
    head: Pick<CosignedHead, 'size' | 'root'>,
    checkpoint: Submission['checkpoint'],
    note: string,
  ): Promise<WitnessAnswer> {
    const { clock, cosign } = this.#parts;
    const now = clock.now();
    const at = Math.floor(now.wall / 1000);
    const line = cosign(checkpoint, at);
    const { fork } = this.#heads.get(key) ?? {};
    // Written down before it is said: a witness that forgot would cosign a second history.
    if (!(await this.#keep(key, { ...head, note: `${note}${line}\n`, at, ...(fork !== undefined && { fork }) })))
      return { status: 503, type: TEXT, body: 'could not be written down\n' };
    this.#heardAt.set(key, now.steady);
    this.#refused.delete(key);
    return { status: 200, type: TEXT, body: `${line}\n` };
  }

  async #keep(key: string, head: CosignedHead): Promise<boolean> {
    try {
      await this.#parts.store.commit({ meta: { [BOOK]: JSON.stringify(Object.fromEntries([...this.#heads, [key, head]])) } });
      this.#heads.set(key, head);
      return true;
    } catch {
      return false;
    }
  }
}

/** By key line, as the store has them. */
export function readHeads(saved: string | undefined): Readonly<Record<string, CosignedHead>> {
  return saved === undefined ? {} : (JSON.parse(saved) as Record<string, CosignedHead>);
}
