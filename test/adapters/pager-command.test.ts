import assert from 'node:assert/strict';
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createCommandPager } from '../../src/adapters/pager-command.ts';
import { makeLetter, testPager } from '../contract/pager.ts';
import { makeFolder, type Folder } from '../support/folder.ts';

const never = new AbortController().signal;

testPager('command', {
  open: (_url, timeout) => createCommandPager({ name: 'own', program: '/bin/cat', args: ['-'], timeout }),
  secrets: [],
});

describe('the command pager', () => {
  let folder: Folder;

  beforeEach(() => void (folder = makeFolder()));
  afterEach(() => folder.remove());

  const file = (name: string): string => join(folder.path, name);
  const kept = (name: string): string => readFileSync(file(name), 'utf8');

  /** A pager that runs a script of these lines; `$1` is the folder of the test. */
  function pagerOf(lines: string, timeout = 5000, args: readonly string[] = []) {
    writeFileSync(file('page.sh'), `#!/bin/sh\n${lines}\n`);
    chmodSync(file('page.sh'), 0o700);
    return createCommandPager({ name: 'own', program: file('page.sh'), args: [folder.path, ...args], timeout });
  }

  /** A pid that a script wrote down is no process any more; one that nobody has waited for yet is none either. */
  async function gone(name: string): Promise<void> {
    const stat = `/proc/${kept(name).trim()}/stat`;
    const runs = (): boolean => {
      try {
        return !/\) Z /.test(readFileSync(stat, 'utf8'));
      } catch {
        return false;
      }
    };
    for (let tries = 0; tries < 4000 && runs(); tries++) await sleep(20);
    assert.equal(runs(), false, `${name} still runs`);
  }

  it('hands the letter over as JSON, and takes the first line for the receipt', async () => {
    const letter = makeLetter({}, 'ticket-6');
    const delivery = await pagerOf('cat > "$1/in"; echo "  ticket-7"; echo more').deliver(letter, never);
    assert.deepEqual(delivery, { kind: 'delivered', ref: 'ticket-7' });
    const { id, page } = letter;
    assert.deepEqual(JSON.parse(kept('in')), { schema: 'rollcall/letter/v1', id, prior: 'ticket-6', page });
  });

  it('needs no program that reads or writes', async () => {
    assert.deepEqual(await pagerOf('exit 0').deliver(makeLetter({ summary: 'x'.repeat(500_000) }), never), {
      kind: 'delivered',
      ref: null,
    });
  });

  it('gives it nothing but PATH, the root folder, and its arguments as they are', async () => {
    const args = ['$(touch hacked)', '; id', 'two words', '*'];
    await pagerOf('/usr/bin/env > "$1/env"; pwd > "$1/pwd"; printf "%s\\n" "$@" > "$1/args"', 5000, args).deliver(makeLetter(), never);
    const names = kept('env')
      .split('\n')
      .map((line) => line.split('=', 1)[0]);
    // The shell of the script sets the others itself.
    assert.deepEqual(
      names.filter((name) => !['PWD', 'OLDPWD', 'SHLVL', '_', ''].includes(name ?? '')),
      ['PATH'],
    );
    assert.equal(kept('pwd'), '/\n');
    assert.deepEqual(kept('args').split('\n').slice(1, -1), args);
  });

  it('tries again after 75 or a signal, and is refused by any other code', async () => {
    const said = 'echo "the gateway is busy" >&2; ';
    assert.deepEqual(await pagerOf(`${said}exit 75`).deliver(makeLetter(), never), {
      kind: 'retryable',
      why: 'ended with 75: the gateway is busy',
    });
    assert.deepEqual(await pagerOf(`${said}kill -9 $$`).deliver(makeLetter(), never), {
      kind: 'retryable',
      why: 'was killed by SIGKILL: the gateway is busy',
    });
    for (const code of [1, 2, 64, 78, 126, 127, 255]) {
      const delivery = await pagerOf(`${said}exit ${code}`).deliver(makeLetter(), never);
      assert.deepEqual(delivery, { kind: 'refused', why: `ended with ${code}: the gateway is busy` });
    }
  });

  it('says why it cannot be started', async () => {
    const missing = createCommandPager({ name: 'own', program: file('nothing'), args: [], timeout: 1000 });
    assert.deepEqual(await missing.deliver(makeLetter(), never), { kind: 'refused', why: 'cannot be started: ENOENT' });
    const pager = pagerOf('exit 0');
    chmodSync(file('page.sh'), 0o600);
    assert.deepEqual(await pager.deliver(makeLetter(), never), { kind: 'refused', why: 'cannot be started: EACCES' });
  });

  it('kills the whole group of one that is late', async () => {
    const pager = pagerOf('sleep 100 & echo $! > "$1/child"; echo $$ > "$1/self"; wait', 400);
    assert.deepEqual(await pager.deliver(makeLetter(), never), { kind: 'retryable', why: 'did not end within 400ms and was killed' });
    await gone('child');
    await gone('self');
  });

  it('kills it where the caller gives up', async () => {
    const caller = new AbortController();
    const delivery = pagerOf('echo $$ > "$1/self.new"; mv "$1/self.new" "$1/self"; exec sleep 100').deliver(makeLetter(), caller.signal);
    while (!existsSync(file('self'))) await sleep(10);
    caller.abort();
    assert.equal((await delivery).kind, 'retryable');
    await gone('self');
  });

  it('does not wait for what a program leaves running, nor leave it', async () => {
    const begun = performance.now();
    assert.equal((await pagerOf('sleep 100 & echo $! > "$1/child"; exit 0').deliver(makeLetter(), never)).kind, 'delivered');
    assert.ok(performance.now() - begun < 60_000);
    await gone('child');
  });

  it('bounds and cleans what it is told', async () => {
    const noise = 'head -c 300000 /dev/zero | tr "\\0" "x"';
    const delivery = await pagerOf(`printf '\\033[2J'; ${noise}; printf '\\033[2J' >&2; ${noise} >&2; exit 0`).deliver(makeLetter(), never);
    assert.ok(delivery.kind === 'delivered' && delivery.ref);
    assert.match(delivery.ref, /^\[2Jx+…$/);
    assert.equal(delivery.ref.length, 199);
  });
});
