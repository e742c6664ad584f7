import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { fingerprintSigning } from '../../src/approval/read-signing.ts';
import { Vigil } from '../../src/approval/vigil.ts';
import { SignedSite } from '../support/signed-site.ts';
import { SILENT } from '../support/watching.ts';

/** A vigil whose clock is the test's: every turn is one look, and has ended when `turn` resolves. */
async function startVigil(site: SignedSite, signed: boolean, meanwhile = (): void => {}) {
  let told = 0;
  let rest = Promise.withResolvers<void>();
  let resting = Promise.withResolvers<void>();
  const { config } = await site.settle();
  const judged = signed ? await fingerprintSigning(config) : '';
  meanwhile();
  const clock = {
    sleep: (_: number, signal?: AbortSignal) => {
      resting.resolve();
      signal?.addEventListener('abort', () => rest.reject(new Error('ended')));
      return rest.promise;
    },
  };
  const vigil = new Vigil({ clock, log: SILENT, judged, look: () => (signed ? config : undefined), tell: async () => void told++ });
  await resting.promise;
  const turn = async (): Promise<number> => {
    const due = rest;
    rest = Promise.withResolvers<void>();
    resting = Promise.withResolvers<void>();
    due.resolve();
    await resting.promise;
    return told;
  };
  return { turn, stop: () => vigil.stop() };
}

describe('the vigil over what people signed', () => {
  it('tells of a change once it has stood for two looks, once, and of nothing where there is none', async () => {
    using site = new SignedSite();
    await site.begin();
    const { turn, stop } = await startVigil(site, true);
    assert.deepEqual([await turn(), await turn()], [0, 0]);
    site.write('manifest.yaml', 'first');
    assert.equal(await turn(), 0, 'somebody may still be writing');
    site.write('manifest.yaml', 'second');
    assert.deepEqual([await turn(), await turn(), await turn(), await turn()], [0, 1, 1, 1]);
    site.write('allowed_signers', '');
    assert.deepEqual([await turn(), await turn()], [1, 2]);
    site.unsign();
    assert.deepEqual([await turn(), await turn()], [2, 3]);
    await stop();
  });

  it('tells of what was edited between the first judging and its own first look', async () => {
    using site = new SignedSite();
    await site.begin();
    const { turn, stop } = await startVigil(site, true, () => void site.write('manifest.yaml', 'edited'));
    assert.deepEqual([await turn(), await turn(), await turn()], [0, 1, 1]);
    await stop();
  });

  it('tells of files that never come to rest, after a while, and again and again', async () => {
    using site = new SignedSite();
    await site.begin();
    const { turn, stop } = await startVigil(site, true);
    let told = 0;
    for (let look = 1; look <= 21; look++) {
      site.write('manifest.yaml', `edit ${look}`);
      told = await turn();
      assert.equal(told, look < 10 ? 0 : look < 20 ? 1 : 2, `look ${look}`);
    }
    await stop();
  });

  it('tells of a pipe that nobody writes to in the place of the manifest, and is not kept waiting by it', async () => {
    using site = new SignedSite();
    await site.begin();
    const { turn, stop } = await startVigil(site, true);
    const manifest = join(site.path, 'manifest.yaml');
    rmSync(manifest);
    execFileSync('mkfifo', [manifest]);
    assert.deepEqual([await turn(), await turn(), await turn()], [0, 1, 1]);
    await stop();
  });

  it('looks at nothing where nobody signs', async () => {
    using site = new SignedSite();
    await site.begin();
    const { turn, stop } = await startVigil(site, false);
    site.write('manifest.yaml', 'else');
    assert.deepEqual([await turn(), await turn(), await turn()], [0, 0, 0]);
    await stop();
  });
});
