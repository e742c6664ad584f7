import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
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
  /** Whether it waits for this approval; what is decided is asked no more. */
  readonly waits: (approval: ApprovalFile) => Promise<boolean>;
  /** Takes it; false where it is to be offered again. */
  readonly take: (approval: ApprovalFile) => Promise<boolean>;
}

/** Looks into a folder every other second for approvals that came as files; each is offered once, for as long as its bytes are the same. */
export class Mailbox {
  readonly #parts: Parts;
  readonly #stop = new AbortController();
  readonly #offered = new Set<string>();
  readonly #ended: Promise<void>;
  #turn = 0;

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
    const { folder, waits, take } = this.#parts;
    const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith(ENDING)).toSorted();
    const here = new Set<string>();
    // In turn, so that nobody hides an approval behind a thousand that are none.
    const turn = names.slice(this.#turn, this.#turn + MOST_FILES);
    this.#turn = this.#turn + MOST_FILES < names.length ? this.#turn + MOST_FILES : 0;
    for (const name of turn) {
      const bytes = await readBounded(join(folder, name));
      if (!bytes) continue;
      const digest = sha256(bytes);
      here.add(digest);
      if (this.#offered.has(digest)) continue;
      const approval = parse(bytes);
      if (!approval || !(await waits(approval)) || (await take(approval))) this.#offered.add(digest);
    }
    if (names.length <= MOST_FILES) for (const digest of this.#offered) if (!here.has(digest)) this.#offered.delete(digest);
  }
}

async function readBounded(path: string): Promise<Buffer | undefined> {
  const found = await stat(path).catch(() => undefined);
  return found?.isFile() && found.size <= LARGEST ? readFile(path).catch(() => undefined) : undefined;
}

function parse(bytes: Buffer): ApprovalFile | undefined {
  try {
    return readApproval(JSON.parse(bytes.toString('utf8')));
  } catch {
    return undefined;
  }
}
