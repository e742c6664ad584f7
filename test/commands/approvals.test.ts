import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openStore } from '../../src/adapters/store-sqlite.ts';
import type { RequestRecord } from '../../src/core/request-state.ts';
import { runCli, startCli, type Ran } from '../support/cli.ts';
import { SignedSite } from '../support/signed-site.ts';

describe('requests, approvals and grants on the command line', function () {
  this.timeout(180_000);
  let site: SignedSite;
  before(async () => {
    site = new SignedSite();
    site.draft(['one', 'two'], { policy: { k: 1, weakening: 2 } });
    site.sign(['alice', 'bob']);
    await using daemon = startCli(['watch'], { cwd: site.path });
    await daemon.says('"watching"');
    daemon.signal('SIGTERM');
    assert.equal(await daemon.ended, 0);
  });
  after(() => site[Symbol.dispose]());

  const rollcall = (args: readonly string[], env: Record<string, string> = {}): Promise<Ran> => runCli(args, { cwd: site.path, env });
  async function record(id: string): Promise<RequestRecord> {
    const store = await openStore(site.state, { readOnly: true });
    const found = await store.request(id);
    await store.close();
    assert.ok(found);
    return found;
  }
  async function ask(...more: string[]): Promise<string> {
    const asked = await rollcall([
      'request',
      'execute',
      'db1/old',
      '--operation',
      'drop',
      '--reason',
      'migrated',
      '--by',
      'dave',
      '-o',
      'r.json',
      ...more,
    ]);
    assert.equal(asked.code, 0, asked.stderr);
    return (JSON.parse(readFileSync(join(site.path, 'r.json'), 'utf8')) as { id: string }).id;
  }
  /** As a person does it without rollcall holding the key: the bytes are written, signed elsewhere, and handed in. */
  async function decide(id: string, name: keyof SignedSite['keys'], decision: 'approve' | 'deny' = 'approve'): Promise<Ran> {
    const shown = await rollcall([decision, 'r.json']);
    assert.equal(shown.code, 0, shown.stderr);
    assert.match(shown.stdout, /^wants to {5}do "drop" to "db1\/old", once$/m);
    const bytes = readFileSync(join(site.path, `${id}.${decision}`));
    site.write(`${id}.${decision}.sig`, site.keys[name].sign(bytes, { namespace: 'change@rollcall' }));
    return rollcall([decision, 'r.json', '--signature', `${id}.${decision}.sig`]);
  }
  async function approved(...more: string[]): Promise<{ id: string; token: string }> {
    const id = await ask(...more);
    for (const name of ['alice', 'bob'] as const) assert.equal((await decide(id, name)).code, 0);
    const issued = await rollcall(['grant', 'issue', id]);
    assert.equal(issued.code, 0, issued.stderr);
    return { id, token: issued.stdout.trim() };
  }
  const consume = (token: string, command: readonly string[], more: readonly string[] = []) =>
    rollcall(['grant', 'consume', '--action', 'drop', '--target', 'db1/old', ...more, '--', ...command], { ROLLCALL_GRANT_TOKEN: token });

  it('a command runs once, after the token was burnt, and knows nothing of it', async () => {
    const { id, token } = await approved();
    const say = [
      process.execPath,
      '-e',
      'console.log(JSON.stringify([process.argv.length, Object.keys(process.env).filter((n) => /TOKEN/.test(n))])); process.exit(7)',
    ];
    const wrong = await rollcall(['grant', 'consume', token, '--action', 'drop', '--target', 'db1/OLD', '--', ...say]);
    assert.deepEqual([wrong.code, wrong.stdout], [2, '']);
    assert.match(wrong.stderr, /refused: wrong-target: it is for db1\/old/);
    const ran = await consume(token, say);
    assert.deepEqual([ran.code, ran.stdout], [7, '[1,[]]\n'], ran.stderr);
    assert.equal((await record(id)).exit, 7);
    const again = await consume(token, say);
    assert.deepEqual([again.code, again.stdout], [2, '']);
    assert.match(again.stderr, /already-used/);
    assert.ok(![wrong, ran, again].some(({ stderr, stdout }) => (stderr + stdout).includes(token)));
    const listed = await rollcall(['requests']);
    assert.match(listed.stdout, new RegExp(`^${id} {2}drop db1/old {2}APPROVED by alice, bob, FAILED; it ended with 7`, 'm'));
  });

  it('a wrapper that dies between the burning and the end of its command leaves that to be seen', async () => {
    const { id, token } = await approved();
    const wrapper = startCli(
      [
        'grant',
        'consume',
        '--action',
        'drop',
        '--target',
        'db1/old',
        '--',
        process.execPath,
        '-e',
        'console.error("begun"); process.stdin.resume(); setTimeout(() => {}, 3000)',
      ],
      { cwd: site.path, env: { ROLLCALL_GRANT_TOKEN: token } },
    );
    await wrapper.says('begun');
    wrapper.signal('SIGKILL');
    await wrapper.ended;
    const { burned, exit } = await record(id);
    assert.deepEqual([typeof burned, exit], ['number', undefined]);
    assert.match((await rollcall(['requests', id])).stdout, /its token was used, and nobody said how it ended/);
    const ended = await rollcall(['grant', 'ended', token, '--exit', '1']);
    assert.equal(ended.code, 0, ended.stderr);
    assert.equal((await record(id)).exit, 1);
  });

  it('one who denies ends it, and nobody gets a token', async () => {
    const id = await ask();
    assert.equal((await decide(id, 'alice')).code, 0);
    assert.equal((await decide(id, 'bob', 'deny')).code, 0);
    const late = await decide(id, 'carol');
    assert.equal(late.code, 2);
    assert.match(late.stderr, /closed.*FAILED \(REJECTED\)/);
    assert.equal((await rollcall(['grant', 'issue', id])).code, 2);
  });

  it('neither a program nor a stranger approves, and a file that was altered is not what was asked', async () => {
    const id = await ask();
    for (const name of ['bot', 'mallory'] as const) assert.equal((await decide(id, name)).code, 2);
    const altered = readFileSync(join(site.path, 'r.json'), 'utf8').replace('"need": 2', '"need": 1');
    site.write('r.json', altered);
    const refused = await decide(id, 'alice');
    assert.equal(refused.code, 2);
    assert.match(refused.stderr, /altered/);
    site.write('r.json', altered.replace('"ticket"', '"x"').replace('{', '{ "note": "hidden",'));
    assert.match((await rollcall(['approve', 'r.json'])).stderr, /holds no request/);
  });

  it('a plan is part of what is approved, and another one is refused', async () => {
    site.write('plan.sql', 'DROP DATABASE old');
    const { token } = await approved('--plan', 'plan.sql');
    const touch = [process.execPath, '-e', `require('node:fs').writeFileSync('done', '')`];
    site.write('plan.sql', 'DROP DATABASE new');
    assert.match((await consume(token, touch, ['--plan', 'plan.sql'])).stderr, /other-plan/);
    assert.match((await consume(token, touch)).stderr, /other-plan/);
    assert.ok(!existsSync(join(site.path, 'done')));
    site.write('plan.sql', 'DROP DATABASE old');
    assert.equal((await consume(token, touch, ['--plan', 'plan.sql'])).code, 0);
    assert.ok(existsSync(join(site.path, 'done')));
  });

  it('what is asked badly is told so, with the exit code of wrong usage or of a refusal', async () => {
    const codes = async (...args: string[]) => (await rollcall(args)).code;
    assert.equal(await codes('request', 'drop', 'x', '--reason', 'r'), 64);
    assert.equal(await codes('request', 'expect-loss', 'one', '--reason', 'r', '--for', 'long'), 64);
    assert.equal(await codes('request', 'expect-loss', 'three', '--reason', 'r'), 2);
    assert.equal(await codes('request', 'expect-loss', 'one'), 64);
    assert.equal(await codes('requests', '01KZZZZZZZZZZZZZZZZZZZZZZZ'), 64);
    assert.equal(await codes('approve', '01KZZZZZZZZZZZZZZZZZZZZZZZ'), 2);
    assert.equal(await codes('grant', 'consume', '--action', 'a', '--target', 't', '--', 'true'), 64);
    const guess = await rollcall(['grant', 'consume', '-', '--action', 'a', '--target', 't', '--', 'true']);
    assert.equal(guess.code, 64);
  });
});
