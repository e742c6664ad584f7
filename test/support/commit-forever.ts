import { writeSync } from 'node:fs';
import { openStore } from '../../src/adapters/store-sqlite.ts';
import { makeEntry, makePost, makeRecord } from './store-fixtures.ts';

// A process to be killed: commits without end to the state folder it is given and prints the number of each commit once it is acknowledged.
const store = await openStore(process.argv[2]!);
for (let n = Number((await store.load()).meta['n'] ?? 0) + 1; ; n++) {
  await store.commit({
    resources: new Map([[`r-${n}`, makeRecord(n)]]),
    posts: [makePost(`p-${n}`, n, 'i-1', false)],
    meta: { n: String(n) },
    ledger: [makeEntry(n)],
  });
  writeSync(1, `${n}\n`);
}
