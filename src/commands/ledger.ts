import { readFile } from 'node:fs/promises';
import { filesContext } from '../app.ts';
import { findCheckpoint, isSignedBy, parseCheckpoint } from '../adapters/checkpoint.ts';
import { cosignedAt } from '../adapters/cosignature.ts';
import { verifyFrom, verifyLedger, type AnchoredHead, type LedgerVerdict } from '../adapters/ledger-verify.ts';
import { BLOCK } from '../adapters/sqlite/block-size.ts';
import type { Frozen } from '../adapters/sqlite/archives.ts';
import { printRoot } from '../adapters/sqlite/tree.ts';
import { openStore, type SqliteStore } from '../adapters/store-sqlite.ts';
import { readWatcherKey, readWatcherLine } from '../adapters/watcher-key.ts';
import { COSIGNED } from '../cosigning/submitter.ts';
import { BOOK, readHeads } from '../cosigning/witness-book.ts';
import { EXIT } from '../core/exit.ts';
import type { Config } from '../config/types.ts';
import { readConfigFile } from '../files.ts';
import type { Io } from './io.ts';

interface Options {
  readonly config: string | undefined;
}

/** As many as lie in one archive, so that each is unpacked once. */
const PAGE = BLOCK;

/** Every hash of the ledger taken anew, and held against heads that were kept elsewhere. Exit code 2 where something is not as it was written. */
export async function ledgerVerify(
  io: Io,
  options: Options & {
    readonly heads: readonly string[];
    readonly key: string | undefined;
    readonly witnesses: readonly string[];
    /** Only what is in the store: archives may lie elsewhere. */
    readonly live: boolean;
    readonly json: boolean;
  },
): Promise<number> {
  return withStore(io, options, async (store, { state }) => {
    const line = options.key ?? readWatcherLine(state);
    const read = await Promise.all(options.heads.map(async (head) => readHead(head, line, options.witnesses)));
    const wrong = read.filter((one) => typeof one === 'string');
    if (wrong.length > 0) {
      io.err(wrong.map((why) => `rollcall: --head ${why}\n`).join(''));
      return EXIT.usage;
    }
    const anchored = read.filter((one) => typeof one !== 'string');
    const { head: own } = await store.load();
    const frozen = await store.frozen();
    const early = options.live ? anchored.find(({ seq }) => seq < frozen.seq) : undefined;
    if (early) {
      io.err(`rollcall: --head ${early.seq} is of an entry that lies in an archive (up to ${frozen.seq}): verify it without --live\n`);
      return EXIT.usage;
    }
    const {
      entries,
      head,
      bad: found,
    } = await (options.live ? verifyFrom(store, frozen, ...anchored) : verifyWhole(store, frozen, anchored));
    // No witness of anything, but what the next head would be signed over.
    const grown = own?.seq !== head?.seq || own?.root === head?.root;
    const bad = found ?? (grown ? undefined : { seq: entries, why: 'the tree that the store goes on from is not that of its entries' });
    const believed = options.live ? frozen.seq : 0;
    if (options.json)
      io.out(
        `${JSON.stringify({ entries, archived: frozen.seq, believed, head, compared: anchored.length, bad: bad ?? null }, null, 2)}\n`,
      );
    else io.out(printVerdict({ entries, head, ...(bad && { bad }) }, believed, anchored.length));
    return bad ? EXIT.critical : EXIT.ok;
  });
}

/** All of it, archives too; what the store kept of them for later must be what they hold. */
async function verifyWhole(store: SqliteStore, frozen: Frozen, anchored: readonly AnchoredHead[]): Promise<LedgerVerdict> {
  if (frozen.seq === 0) return verifyLedger(store, ...anchored);
  return verifyLedger(store, ...anchored, {
    seq: frozen.seq,
    hash: frozen.hash,
    root: printRoot(frozen.tree),
    of: 'what the store kept of its archives',
  });
}

function printVerdict({ entries, head, bad }: LedgerVerdict, believed: number, compared: number): string {
  const before = believed === 0 ? '' : `, but for the first ${believed}, which lie in archives`;
  if (bad) return `entry ${bad.seq}: ${bad.why}\n${entries} entries before it are as they were written${before}\n`;
  const found =
    compared > 0
      ? `${compared} ${compared === 1 ? 'head' : 'heads'} kept elsewhere: found again\n`
      : 'compared with no head kept elsewhere: entries cut off at the end, or all of it written anew, would not show (--head)\n';
  return `${entries} entries, each as it was written${before}${head ? `\nhead ${head.seq}:${head.hash}\nroot ${head.root ?? ''}` : ''}\n${found}`;
}

/** The head: as a signed checkpoint where there is one, to be kept where the watcher's host cannot reach. */
export async function ledgerHead(io: Io, options: Options & { readonly json: boolean }): Promise<number> {
  return withStore(io, options, async (store, { state, name }) => {
    const { head } = await store.load();
    const checkpoint = head ? readWatcherKey(state, name)?.sign(head) : undefined;
    if (options.json)
      io.out(`${JSON.stringify({ head: head && { ...head, ...(checkpoint !== undefined && { checkpoint }) } }, null, 2)}\n`);
    else io.out(head ? (checkpoint ?? `${head.seq}:${head.hash}\n`) : 'the ledger is empty\n');
    return EXIT.ok;
  });
}

/** The public halves of the watcher's key, as its log signs with it and as it cosigns for others. */
export async function ledgerKey(io: Io, options: Options & { readonly json: boolean }): Promise<number> {
  const { config } = await readConfigFile(options.config, filesContext(io));
  const key = readWatcherKey(config.watchdog.state, config.watchdog.name);
  if (!key) {
    io.err('rollcall: there is no key yet; the first start of `rollcall watch` makes it\n');
    return EXIT.config;
  }
  const keys = { log: key.line, witness: key.witnessLine };
  io.out(options.json ? `${JSON.stringify(keys, null, 2)}\n` : `log key      ${keys.log}\nwitness key  ${keys.witness}\n`);
  return EXIT.ok;
}

/** The notes themselves, as text one below the other: each is a file for `verify --head`. */
export async function ledgerCosigned(io: Io, options: Options & { readonly json: boolean }): Promise<number> {
  return withStore(io, options, async (store) => {
    const { meta } = await store.load();
    const [own, others] = [Object.entries(readHeads(meta[COSIGNED])), Object.entries(readHeads(meta[BOOK]))];
    const list = [
      ...own.map(([key, head]) => ({ witness: key, log: null, ...head })),
      ...others.map(([key, head]) => ({ witness: null, log: key, ...head })),
    ];
    if (options.json) io.out(`${JSON.stringify({ cosigned: list }, null, 2)}\n`);
    else io.out(list.length === 0 ? 'nothing was cosigned\n' : list.map(({ note }) => note).join('\n'));
    return EXIT.ok;
  });
}

/** Every entry as a line of JSON, oldest first. */
export async function ledgerExport(io: Io, options: Options & { readonly from: number }): Promise<number> {
  return withStore(io, options, async (store) => {
    for (let next = options.from; ;) {
      const page = await store.ledger(next, PAGE);
      const last = page.at(-1);
      if (!last) return EXIT.ok;
      io.out(page.map(({ seq, hash, at, kind, about, body }) => `${JSON.stringify({ seq, hash, at, kind, about, body })}\n`).join(''));
      next = last.seq + 1;
    }
  });
}

async function withStore(
  io: Io,
  options: Options,
  use: (store: SqliteStore, watchdog: Config['watchdog']) => Promise<number>,
): Promise<number> {
  const { config } = await readConfigFile(options.config, filesContext(io));
  const store = await openStore(config.watchdog.state, { readOnly: true, archives: config.ledger?.archive?.folder });
  try {
    return await use(store, config.watchdog);
  } finally {
    await store.close();
  }
}

/** `SEQ:HASH`, or a file: a checkpoint, a text that holds one, a page, or the `ledger_head` of one. What it cannot be, in words, where it is none of them. */
async function readHead(given: string, line: string | undefined, witnesses: readonly string[]): Promise<AnchoredHead | string> {
  const [, seq, hash] = /^(\d+):([0-9a-f]{64})$/.exec(given) ?? [];
  if (seq !== undefined && hash !== undefined) return { seq: Number(seq), hash };
  const text = await readFile(given, 'utf8').catch(() => undefined);
  if (text === undefined) return `${given}: neither SEQ:HASH (64 hexadecimal digits) nor a file that can be read`;
  const checkpoint = parseCheckpoint(text) ?? findCheckpoint(text);
  if (checkpoint) {
    if (line !== undefined && !isSignedBy(checkpoint, line)) return `${given}: not signed by the watcher's key ${line}`;
    const missing = witnesses.find((witness) => cosignedAt(checkpoint, witness) === undefined);
    if (missing !== undefined) return `${given}: not cosigned by ${missing}`;
    return { seq: checkpoint.size, root: checkpoint.root };
  }
  // A page is signed by nobody but its sender, so no witness can have cosigned it.
  if (witnesses.length > 0) return `${given}: no checkpoint that a witness could have cosigned`;
  return headIn(text) ?? `${given}: holds neither a checkpoint nor a page with its ledger_head`;
}

function headIn(text: string): AnchoredHead | undefined {
  try {
    const parsed = JSON.parse(text) as { readonly ledger_head?: unknown; readonly head?: unknown } | null;
    const { seq, hash } = (parsed?.ledger_head ?? parsed?.head ?? parsed ?? {}) as { readonly seq?: unknown; readonly hash?: unknown };
    return typeof seq === 'number' && typeof hash === 'string' ? { seq, hash } : undefined;
  } catch {
    return undefined;
  }
}
