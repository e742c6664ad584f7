import assert from 'node:assert/strict';
import { runCli, startCli } from '../support/cli.ts';
import { about, startPostBox } from '../support/post.ts';
import { startReceiver } from '../support/receiver.ts';
import { Site, volume } from '../support/site.ts';

const TOKEN = 'claims-token-0123456789';

describe('rollcall claim', function () {
  this.timeout(120_000);

  it('reaches a daemon over HTTP or through its store, and is shown in its page', async () => {
    await using box = await startPostBox();
    using site = new Site({ pageUrl: box.url, resources: [volume('gone', '/nowhere/at/all'), volume('tmp', '/tmp')] });
    site.write('claims.token', `${TOKEN}\n`, 0o600);
    const watchdog = { name: 'tester', state: './state', listen: '127.0.0.1:0' };
    site.rewrite({ config: { watchdog, claims: { cursor: { file: './claims.token' } } } });
    await using daemon = startCli(['watch'], { cwd: site.path });
    await daemon.says('"watching"');
    await box.page(about('gone', 'absent'));
    const [, to = ''] = /"status":"(http:[^"]+)"/.exec(daemon.stderr) ?? [];
    const env = { ROLLCALL_CLAIM_TOKEN: TOKEN };
    const sent = await runCli(['claim', 'All systems nominal', '--to', to], { cwd: '/', env });
    assert.deepEqual([sent.code, sent.stdout], [0, 'claim taken\n'], sent.stderr);
    const page = await box.page(({ claims }) => claims.some(({ by }) => by === 'cursor'));
    assert.match(page.claims[0]?.line ?? '', /^cursor, .* after the loss: All systems nominal$/);
    const left = await runCli(['claim', 'I only looked', '--by', 'alice', '--about', 'gone'], { cwd: site.path });
    assert.equal(left.code, 0, left.stderr);
    const wrong = await runCli(['claim', 'x', '--to', to], { cwd: '/', env: { ROLLCALL_CLAIM_TOKEN: `${TOKEN}x` } });
    assert.equal(wrong.code, 2);
    assert.match(wrong.stderr, /not taken: answered 401/);
    assert.doesNotMatch(wrong.stderr + daemon.stderr, new RegExp(TOKEN));
  });

  it('needs a token for another machine, and a text', async () => {
    const receiver = await startReceiver();
    try {
      const bare = await runCli(['claim', 'x', '--to', receiver.url], { cwd: '/' });
      assert.equal(bare.code, 64);
      assert.match(bare.stderr, /ROLLCALL_CLAIM_TOKEN is not set; .*--token-file/);
      assert.equal((await runCli(['claim', ' '], { cwd: '/' })).code, 64);
      assert.deepEqual(receiver.requests, []);
    } finally {
      await receiver.close();
    }
  });
});
