import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { acquireLock } from '../../src/adapters/store-lock.ts';
import { openStore } from '../../src/adapters/store-sqlite.ts';
import { makeFolder, type Folder } from '../support/folder.ts';

const LOCK = new URL('../../src/adapters/store-lock.ts', import.meta.url).href;
const HOLDER = `const { acquireLock } = await import(${JSON.stringify(LOCK)}); acquireLock(process.argv[1]); console.log('held'); setInterval(() => {}, 1000)`;
const LOCKED = {
  name: 'StoreError',
  code: 'locked',
  message: /another rollcall watches with the state folder .*What to do: stop the other daemon/,
};

describe('the lock of the state folder', () => {
  let folder: Folder;
  beforeEach(() => {
    folder = makeFolder();
  });
  afterEach(() => folder.remove());

  it('is held once, and can be taken again when it was released', () => {
    const lock = acquireLock(folder.path);
    assert.throws(() => acquireLock(folder.path), LOCKED);
    lock.release();
    lock.release();
    acquireLock(folder.path).release();
  });

  it('is held against other processes, and free at once when its holder is killed with SIGKILL', async () => {
    const holder = spawn(process.execPath, ['--input-type=module', '-e', HOLDER, folder.path], { stdio: ['ignore', 'pipe', 'inherit'] });
    const ended = once(holder, 'exit');
    try {
      await once(holder.stdout, 'data');
      assert.throws(() => acquireLock(folder.path), LOCKED);
    } finally {
      holder.kill('SIGKILL');
      await ended;
    }
    acquireLock(folder.path).release();
  });

  it('does not keep `status` and `check` from reading', async () => {
    const lock = acquireLock(folder.path);
    const store = await openStore(folder.path);
    await store.commit({ meta: { a: '1' } });
    const reader = await openStore(folder.path, { readOnly: true });
    assert.deepEqual((await reader.load()).meta, { a: '1' });
    await reader.close();
    await store.close();
    lock.release();
  });

  it('is a file for its owner alone, in a folder that is made where it is missing', () => {
    const dir = join(folder.path, 'new');
    acquireLock(dir).release();
    assert.equal(statSync(join(dir, 'rollcall.lock')).mode & 0o777, 0o600);
    assert.throws(() => acquireLock(join(dir, 'rollcall.lock')), { code: 'denied' });
  });
});
