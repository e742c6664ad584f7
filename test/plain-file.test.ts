import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readPlainFile, readPlainFileSync } from '../src/plain-file.ts';
import { makeFolder, type Folder } from './support/folder.ts';

/** Whether it is waited for or not, the same. */
const WAYS = {
  waiting: readPlainFile,
  'at once': async (path: string, largest: number) => readPlainFileSync(path, largest),
};

for (const [way, read] of Object.entries(WAYS))
  describe(`a file that is read ${way}`, () => {
    let folder: Folder;
    beforeEach(() => (folder = makeFolder()));
    afterEach(() => folder.remove());
    const at = (name: string): string => join(folder.path, name);

    it('is read whole, up to its bound', async () => {
      for (const size of [0, 1, 256 * 1024, 256 * 1024 + 1, 600_000]) {
        const bytes = Buffer.alloc(size, 'ab');
        writeFileSync(at('a'), bytes);
        assert.ok((await read(at('a'), size)).equals(bytes), `${size} bytes`);
        if (size > 0) await assert.rejects(read(at('a'), size - 1), { code: `larger than ${size - 1} bytes` });
      }
    });

    it('is no folder, and no pipe that nobody writes to', async () => {
      mkdirSync(at('folder'));
      execFileSync('mkfifo', [at('pipe')]);
      for (const name of ['folder', 'pipe']) await assert.rejects(read(at(name), 100), { code: 'no plain file' });
      await assert.rejects(read(at('none'), 100), { code: 'ENOENT' });
    });
  });
