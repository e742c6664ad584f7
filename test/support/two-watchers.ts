import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { serve, type ServerType } from '@hono/node-server';
import type { AddressInfo } from 'node:net';
import { openStore, type SqliteStore } from '../../src/adapters/store-sqlite.ts';
import { openWatcherKey, type WatcherKey } from '../../src/adapters/watcher-key.ts';
import { BOOK, WitnessBook } from '../../src/cosigning/witness-book.ts';
import { COSIGNED, Submitter } from '../../src/cosigning/submitter.ts';
import { Guard } from '../../src/web/guard.ts';
import { createWitness } from '../../src/web/witness.ts';
import { FakeClock } from './fake-clock.ts';
import { makeFolder, type Folder } from './folder.ts';

export const MINUTE = 60_000;

/** One watcher with a ledger and another that is its witness, each with a real store and key, over real HTTP. */
export class TwoWatchers {
  readonly clock = new FakeClock();
  readonly folder: Folder = makeFolder();
  readonly witnessFolder: Folder = makeFolder();
  readonly key: WatcherKey = openWatcherKey(this.folder.path, 'vault-eu');
  readonly witnessKey: WatcherKey = openWatcherKey(this.witnessFolder.path, 'vault-us');
  store!: SqliteStore;
  witnessStore!: SqliteStore;
  book!: WitnessBook;
  submitter!: Submitter;
  logs = [{ key: this.key.line, silentAfter: 15 * MINUTE }];
  #server: ServerType | undefined;
  #url = '';

  static async start(): Promise<TwoWatchers> {
    const both = new TwoWatchers();
    await both.open();
    const submit = async (body: string) => both.book.submit(body);
    const { promise, resolve } = Promise.withResolvers<AddressInfo>();
    both.#server = serve({ fetch: createWitness({ submit }, new Guard({})).fetch, hostname: '127.0.0.1', port: 0 }, resolve);
    both.#url = `http://127.0.0.1:${(await promise).port}/api/v1/witness/`;
    return both;
  }

  /** Both as after a restart: from what their stores remember. */
  async open(): Promise<void> {
    const { clock, key, witnessKey } = this;
    this.store = await openStore(this.folder.path);
    this.witnessStore = await openStore(this.witnessFolder.path);
    const saved = async (store: SqliteStore, name: string) => (await store.load()).meta[name];
    this.book = new WitnessBook(
      { store: this.witnessStore, clock, cosign: witnessKey.cosign, logs: () => this.logs },
      await saved(this.witnessStore, BOOK),
    );
    this.submitter = new Submitter(
      { store: this.store, clock, sign: key.sign, witnesses: () => [{ url: this.#url, key: witnessKey.witnessLine }] },
      await saved(this.store, COSIGNED),
    );
  }

  async restart(): Promise<void> {
    await this.closeStores();
    await this.open();
  }

  async closeStores(): Promise<void> {
    await Promise.all([this.store.close(), this.witnessStore.close()]);
  }

  /** So many entries more. */
  async grow(count: number): Promise<void> {
    const at = this.clock.now();
    await this.store.commit({ ledger: Array.from({ length: count }, (_, n) => ({ at, kind: 'verdict', about: `db-${n}`, body: { n } })) });
  }

  /** A minute later the log asks again. */
  async ask(): Promise<void> {
    await this.clock.advance(MINUTE);
    this.book.troubles();
    await this.submitter.tick(AbortSignal.timeout(100_000));
  }

  /** Does with the ledger what the owner of the disk can, while nobody watches. */
  async tamper(sql: string): Promise<void> {
    await this.closeStores();
    const db = new DatabaseSync(join(this.folder.path, 'rollcall.db'));
    db.exec(`DROP TRIGGER ledger_no_update; DROP TRIGGER ledger_no_delete; DROP TRIGGER ledger_in_order; ${sql}`);
    db.close();
    await this.open();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await new Promise((closed) => (this.#server ? this.#server.close(closed) : closed(undefined)));
    await this.closeStores();
    this.folder.remove();
    this.witnessFolder.remove();
  }
}
