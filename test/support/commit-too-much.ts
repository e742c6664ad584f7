import { openStore, StoreError } from '../../src/adapters/store-sqlite.ts';
import { makeEntry, makeRecord } from './store-fixtures.ts';

// Run under a limit on the size of files: commits a little, then too much, then a little again, and prints what became of each.
const store = await openStore(process.argv[2]!);
await store.commit({ meta: { first: '1' }, ledger: [makeEntry(1)] });
const many = new Map(Array.from({ length: 2000 }, (_, n) => [`r-${n}`, makeRecord(n)]));
const failed = await store.commit({ resources: many, meta: { second: '2' }, ledger: [makeEntry(2)] }).catch((error: unknown) => error);
const between = await store.load();
const head = await store.commit({ meta: { third: '3' }, ledger: [makeEntry(3)] });
const { meta, resources } = await store.load();
await store.close();
console.log(
  JSON.stringify({
    code: failed instanceof StoreError && failed.code,
    between: between.meta,
    meta,
    resources: resources.size,
    seq: head?.seq,
  }),
);
