import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { isSignedBy, parseCheckpoint } from '../../src/adapters/checkpoint.ts';
import type { EvidenceFile } from '../../src/commands/evidence-markdown.ts';
import { leafHash, provesInclusion } from '../../src/core/merkle.ts';
import { runCli, startCli } from '../support/cli.ts';
import { about, startPostBox } from '../support/post.ts';
import { Site, volume } from '../support/site.ts';

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest();

describe('rollcall evidence', function () {
  this.timeout(120_000);
  let site: Site;
  before(async () => {
    await using box = await startPostBox();
    site = new Site({ pageUrl: box.url, config: { defaults: { sweep: '300ms' } } });
    const gone = join(site.path, 'gone');
    mkdirSync(gone);
    site.rewrite({ resources: [volume('gone', gone), volume('tmp', '/tmp')] });
    await using daemon = startCli(['watch'], { cwd: site.path });
    await daemon.says('"watching"');
    for (let healthy = false; !healthy;) {
      const { stdout } = await runCli(['status', '--json'], { cwd: site.path });
      healthy = (JSON.parse(stdout) as { resources: { verdict: string }[] }).resources.every(({ verdict }) => verdict === 'present');
    }
    rmSync(gone, { recursive: true });
    await box.page(about('gone', 'absent'));
    daemon.signal('SIGTERM');
    await daemon.ended;
  });
  after(() => site[Symbol.dispose]());
  const ask = async (...args: string[]) => runCli(['evidence', ...args], { cwd: site.path });

  it('gives every identifier and every entry about a resource, each with a proof that leads to the signed root', async () => {
    const { code, stdout } = await ask('gone', '--json');
    assert.equal(code, 0);
    const file = JSON.parse(stdout) as EvidenceFile;
    assert.equal(file.resource.verdict, 'absent');
    assert.ok(file.known.identity && Object.keys(file.known.identity).length > 0, 'what it was');
    assert.deepEqual([...new Set(file.ledger.entries.map(({ kind }) => kind))].toSorted(), ['incident', 'pinned', 'receipt', 'verdict']);
    const { size, key, checkpoint } = file.ledger;
    const signed = parseCheckpoint(checkpoint ?? '') ?? assert.fail('no checkpoint');
    assert.ok(isSignedBy(signed, key ?? ''));
    assert.deepEqual([signed.size, signed.root], [size, file.ledger.root]);
    for (const { seq, bytes, proof } of file.ledger.entries) {
      const of = { leaf: leafHash(sha256, Buffer.from(bytes)), index: seq - 1, size, root: Buffer.from(signed.root, 'base64') };
      const path = proof.map((one) => Buffer.from(one, 'base64'));
      assert.ok(provesInclusion(sha256, path, of), `entry ${seq}`);
      assert.ok(!provesInclusion(sha256, path, { ...of, leaf: leafHash(sha256, Buffer.from(`${bytes} `)) }));
    }
  });

  it('is Markdown for a ticket: verdict, restore point, identifiers, evidence, record', async () => {
    const { stdout } = await ask('gone');
    for (const part of ['# `gone`: absent', 'last seen healthy', '## Identifiers', '## How it is known', 'entry ', 'rollcall/tester+'])
      assert.ok(stdout.includes(part), `${part}\n${stdout}`);
  });

  it('refuses what is not on the roll', async () => {
    assert.equal((await ask('nobody')).code, 64);
  });
});
