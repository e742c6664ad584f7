import { randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { readPlainFile } from '../plain-file.ts';
import { sha256 } from '../signing/digest.ts';
import { readApproval, type ApprovalFile } from './read-request.ts';
import { rested } from './rested.ts';

const EVERY_MS = 2000;
/** Looked into at a time: somebody who fills the folder must not keep the watcher busy. */
const MOST_FILES = 256;
const LARGEST = 256 * 1024;
const ENDING = '.approval.json';

interface Parts {
  readonly folder: string;
  readonly clock: { sleep(ms: number, signal?: AbortSignal): Promise<void> };
  readonly log: { warn(message: string, fields?: Readonly<Record<string, unknown>>): void };
  /** `signed`: it waits for this approval, and somebody who may sign it did; what is decided is asked `none` more. Anything else is a stranger's. */
  readonly weigh: (approval: ApprovalFile) => Promise<Weight>;
  /** Takes it; false where it is to be offered again. */
  readonly take: (approval: ApprovalFile, weight: Weight) => Promise<boolean>;
}

export type Weight = 'signed' | 'stranger' | 'none';

/** Looks into a folder every other second for approvals that came as files; each is offered once, for as long as its bytes are the same. */
export class Mailbox {
  readonly #parts: Parts;
  readonly #stop = new AbortController();
  readonly #offered = new Set<string>();
  readonly #ended: Promise<void>;
  /** What of it has been there since the folder was last begun at its beginning. */
  readonly #seen = new Set<string>();
  readonly #salt = randomBytes(16).toString('hex');
  #after = '';

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#ended = this.#watch();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#ended;
  }

  async #watch(): Promise<void> {
    const { clock, log } = this.#parts;
    do {
      try {
        await this.#empty();
      } catch (error) {
        log.warn('the folder of approvals could not be looked into', { why: error instanceof Error ? error.message : String(error) });
      }
    } while (await rested(clock.sleep(EVERY_MS, this.#stop.signal)));
  }

  async #empty(): Promise<void> {
    const { folder, weigh, take } = this.#parts;
    const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith(ENDING));
    const found: { readonly digest: string; readonly approval: ApprovalFile; readonly weight: Weight }[] = [];
    for (const name of this.#turn(names)) {
      const bytes = await readPlainFile(join(folder, name), LARGEST).catch(() => undefined);
      if (!bytes) continue;
      const digest = sha256(bytes);
      this.#seen.add(digest);
      if (this.#offered.has(digest)) continue;
      const approval = parse(bytes);
      const weight = approval ? await weigh(approval) : 'none';
      if (!approval || weight === 'none') this.#offered.add(digest);
      // A copy of another is nothing of its own once that has been taken.
      else if (!found.some((one) => one.weight === weight && one.approval.signature === approval.signature))
        found.push({ digest, approval, weight });
    }
    // What people signed waits behind nobody who has only heard of them.
    for (const { digest, approval, weight } of found.toSorted((a, b) => a.weight.localeCompare(b.weight)))
      if (await take(approval, weight)) this.#offered.add(digest);
    if (this.#after !== '') return;
    for (const digest of this.#offered) if (!this.#seen.has(digest)) this.#offered.delete(digest);
    this.#seen.clear();
  }

  /**
   * A part of the names, in turn, so that nobody hides an approval behind a thousand that are none; in an order that nobody knows, so that nobody
   * goes on putting others before it.
   */
  #turn(names: readonly string[]): string[] {
    if (names.length <= MOST_FILES) {
      this.#after = '';
      return names.toSorted();
    }
    const placed = names.map((name) => ({ name, place: sha256(this.#salt + name) })).filter(({ place }) => place > this.#after);
    const turn = placed.toSorted((a, b) => (a.place < b.place ? -1 : 1)).slice(0, MOST_FILES);
    this.#after = turn.length < placed.length ? (turn.at(-1)?.place ?? '') : '';
    return turn.map(({ name }) => name);
  }
}

function parse(bytes: Buffer): ApprovalFile | undefined {
  try {
    return readApproval(JSON.parse(bytes.toString('utf8')));
  } catch {
    return undefined;
  }
}
