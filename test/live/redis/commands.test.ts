import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { runCli, startCli, type RunningCli } from '../../support/cli.ts';
import { about, startPostBox, type PostBox } from '../../support/post.ts';
import { TestRedis } from '../../support/redis.ts';
import { Site } from '../../support/site.ts';

const PATIENCE_MS = 120_000;
const PASSWORD = 'only-the-watcher-knows';

describe('rollcall and a Redis', function () {
  // A dozen processes, each of which a loaded machine may take ten seconds to start.
  this.timeout(600_000);
  let server: TestRedis;
  let box: PostBox;
  let site: Site;
  beforeEach(async () => {
    [server, box] = [await TestRedis.start(), await startPostBox()];
    await server.fill(500);
    await server.must('SET', 'rollcall:mark', 'ours');
    const rules = ['-@all', '+info', '+dbsize', '+get', '+acl|dryrun', '~rollcall:mark'];
    await server.must('ACL', 'SETUSER', 'watcher', 'reset', 'on', `>${PASSWORD}`, ...rules);
    const cache = {
      probe: 'redis',
      host: '127.0.0.1',
      port: server.port,
      user: 'watcher',
      password: { file: './redis.password' },
      connect_timeout: '30s',
      timeout: '30s',
    };
    site = new Site({
      pageUrl: box.url,
      config: { connections: { cache }, agents: [{ name: 'cursor', redis: { user: 'default' } }] },
      resources: [{ id: 'sessions', kind: 'redis.database', connection: 'cache', mark: 'rollcall:mark', expect: { min_keys: 400 } }],
    });
    site.write('redis.password', PASSWORD, 0o600);
  });
  afterEach(async () => {
    site[Symbol.dispose]();
    await box[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });

  const run = async (...args: string[]) => {
    const ran = await runCli(args, { cwd: site.path });
    assert.ok(!`${ran.stdout}${ran.stderr}`.includes(PASSWORD), args.join(' '));
    return ran;
  };

  it('validate, check, pin, grants, audit and discover know it', async () => {
    assert.equal((await run('validate')).code, 0);
    const checked = await run('check');
    assert.equal(checked.code, 0, checked.stdout);
    const pinned = await run('pin');
    assert.equal(pinned.code, 0, pinned.stderr);
    assert.match(readFileSync(join(site.path, 'manifest.yaml'), 'utf8'), /sha256:[0-9a-f]{64}/);
    assert.equal((await run('check')).code, 0, 'with the pin that was written');
    assert.match(
      (await run('grants')).stdout,
      /^#!\/bin\/bash\n# connection cache \(redis\)\n(?:.*\n)*ok redis-cli ACL SETUSER watcher reset on /,
    );
    const audited = await run('audit', 'credentials', '--json');
    assert.equal(audited.code, 0, audited.stdout);
    const agents = await run('audit', 'agents');
    assert.match(agents.stdout, /can empty whole databases \(FLUSHALL, FLUSHDB, SWAPDB\)/);
    assert.match((await run('grants', '--agent', 'cursor')).stdout, /ok redis-cli ACL SETUSER default .*-flushall/);
    const found = await run('discover');
    assert.equal(found.code, 0, found.stderr);
    assert.match(found.stdout, /kind: redis\.database/);
    assert.match((await run('discover', '--unmanaged')).stdout, /1 of 1 on the roll/);
    await server.must('FLUSHALL');
    const lost = await run('check');
    assert.equal(lost.code, 2, lost.stdout);
    assert.match(lost.stdout, /database 0 has no keys \(DBSIZE 0\)/);
  });

  async function watching(): Promise<RunningCli> {
    const daemon = startCli(['watch'], { cwd: site.path });
    await daemon.says('"watching"', PATIENCE_MS);
    for (let tries = 0; tries < 200; tries++) {
      const { stdout } = await run('status', '--json');
      const { resources } = JSON.parse(stdout) as { resources: { verdict: string; last_seen_healthy: string | null }[] };
      if (resources.every(({ verdict, last_seen_healthy: healthy }) => verdict === 'present' && healthy !== null)) return daemon;
      await wait(50);
    }
    throw new Error(`not all present: ${daemon.stderr}`);
  }

  it('watch pages a FLUSHALL as critical, though the application writes on at once', async () => {
    await using daemon = await watching();
    // In one script, so that no look can fall in between.
    const script = `redis.call('FLUSHALL') redis.call('SET', 'rollcall:mark', 'ours') for n = 1, 450 do redis.call('SET', 'new:' .. n, n) end return 1`;
    await server.must('EVAL', script, '0');
    const page = await box.page(about('sessions'), PATIENCE_MS);
    assert.deepEqual([page.event, page.severity], ['trigger', 'critical']);
    assert.match(page.summary, /FLUSHALL was run/);
    daemon.signal('SIGTERM');
    assert.equal(await daemon.ended, 0);
  });

  it('watch pages an emptied database as gone', async () => {
    await using daemon = await watching();
    await server.must('FLUSHDB');
    const page = await box.page(about('sessions', 'absent'), PATIENCE_MS);
    assert.deepEqual([page.event, page.severity], ['trigger', 'critical']);
    daemon.signal('SIGTERM');
    assert.equal(await daemon.ended, 0);
  });
});
