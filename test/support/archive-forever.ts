import { writeSync } from 'node:fs';
import { openStore } from '../../src/adapters/store-sqlite.ts';
import { AT, makeEntry } from './store-fixtures.ts';

// A process to be killed: fills the store in the first folder and archives into the second, and prints the last entry of each archive once its rows are cut.
const [state = '', folder = ''] = process.argv.slice(2);
const store = await openStore(state, { archives: folder });
for (;;) {
  await store.commit({ ledger: Array.from({ length: 1025 }, (_, n) => makeEntry(n)) });
  const done = await store.archive({ folder, before: AT.wall + 1_000_000, at: AT });
  if (done) writeSync(1, `${done.last}\n`);
}
