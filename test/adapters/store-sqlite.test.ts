import { fileURLToPath } from 'node:url';
import { openStore } from '../../src/adapters/store-sqlite.ts';
import { testStore } from '../contract/store.ts';
import { makeFolder } from '../support/folder.ts';

const COMMITTER = fileURLToPath(new URL('../support/commit-forever.ts', import.meta.url));

testStore('sqlite', async () => {
  const folder = makeFolder();
  return {
    open: () => openStore(folder.path),
    openReader: () => openStore(folder.path, { readOnly: true }),
    committer: [COMMITTER, folder.path],
    dispose: async () => folder.remove(),
  };
});
