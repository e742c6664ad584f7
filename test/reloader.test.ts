import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { filesContext, makePlan } from '../src/app.ts';
import type { Settled } from '../src/approval/settle.ts';
import type { Standing } from '../src/core/standing.ts';
import { closeGroups, type Plan } from '../src/loop/plan.ts';
import { Reloader } from '../src/reloader.ts';
import { FakeClock } from './support/fake-clock.ts';
import { SignedSite } from './support/signed-site.ts';
import { SILENT } from './support/watching.ts';

const ids = (plan: Plan | undefined) => plan?.resources.map(({ id }) => id).join();

describe('the reloader', () => {
  let site: SignedSite;
  let plans: Plan[];
  let stood: Standing[];
  let troubles: string[];
  let reloader: Reloader;
  const clock = new FakeClock(Date.now());
  const planOf = (files: Settled): Plan =>
    makePlan(files, { env: {}, cwd: site.path, out: { write: () => true } }, { now: () => clock.now(), sleep: async () => {} });

  async function start(begin: () => Promise<Settled>): Promise<void> {
    const files = await begin();
    const watch = {
      reload: async (plan: Plan) => void plans.push(plan),
      stand: async (standing: Standing) => void stood.push(standing),
      trouble: async (name: string, what: string | null) => void troubles.push(`${name}: ${what}`),
    };
    const reading = filesContext({ env: {}, cwd: site.path });
    reloader = new Reloader({ option: undefined, reading, clock, log: SILENT, watch, makePlan: planOf }, files, planOf(files));
  }
  const begin = async (): Promise<Settled> => {
    await site.begin();
    return site.settle();
  };
  beforeEach(() => {
    site = new SignedSite();
    [plans, stood, troubles] = [[], [], []];
  });
  afterEach(async () => {
    await closeGroups(reloader.plan);
    site[Symbol.dispose]();
  });

  it('loads a manifest by itself once enough people signed it, and keeps who did', async () => {
    await start(begin);
    site.draft(['one', 'two', 'three']);
    await reloader.lookAgain();
    assert.deepEqual([plans.length, stood.at(-1)?.tampering?.kind], [0, 'unsigned']);
    site.sign(['bob']);
    await reloader.lookAgain();
    assert.equal(ids(plans[0]), 'one,two,three');
    assert.deepEqual([reloader.plan, reloader.files.accepted?.head.version], [plans[0], 2]);
    assert.deepEqual(plans[0]?.standing?.approval?.people, ['bob']);
    assert.ok(plans[0]?.standing?.keep, 'the store is to keep it');
    assert.deepEqual(troubles, []);
  });

  it('loads the first one that enough people sign in the place of one that too few had signed', async () => {
    await start(async () => {
      site.draft(['one']);
      site.sign(['alice']);
      return site.settle();
    });
    site.sign(['alice', 'bob']);
    await reloader.lookAgain();
    assert.deepEqual([ids(plans[0]), plans[0]?.standing?.state], ['one', 'signed']);
  });

  it('loads nothing that too few signed, that is older, or that was only touched', async () => {
    await start(begin);
    const [first, signature] = [site.manifest, site.keys.alice.sign(site.manifest)];
    await reloader.lookAgain();
    site.draft(['one']);
    site.sign(['alice']);
    await reloader.lookAgain();
    assert.equal(stood.at(-1)?.tampering?.kind, 'under-signed');
    site.sign(['bob']);
    await reloader.lookAgain();
    assert.equal(ids(plans.at(-1)), 'one');
    site.write('manifest.yaml', first.toString());
    site.write('manifest.yaml.alice.sig', signature);
    await reloader.lookAgain();
    assert.equal(stood.at(-1)?.tampering?.kind, 'rollback');
    assert.equal(plans.length, 1);
  });

  it('reads what it loads with the config.yaml in force: an edit of that waits for a person', async () => {
    await start(begin);
    const { pagers, defaults } = reloader.files.config;
    site.rewrite({ config: { defaults: { repeat: '1h' }, signers: { allowed: './allowed_signers', agents: ['bot'] } } });
    site.draft(['one', 'two', 'three']);
    site.sign(['alice']);
    await reloader.lookAgain();
    assert.equal(ids(plans[0]), 'one,two,three');
    assert.deepEqual([reloader.files.config.pagers, reloader.files.config.defaults], [pagers, defaults]);
    await reloader.reload();
    assert.equal(reloader.files.config.defaults.repeat, 3_600_000);
  });

  it('says so where a signed manifest needs what only the edited config.yaml has, and loads both by hand', async () => {
    await start(begin);
    const connections = { disk: { probe: 'file' }, other: { probe: 'file' } };
    site.rewrite({ config: { connections, signers: { allowed: './allowed_signers', agents: ['bot'] } } });
    site.draft(['one', 'two']);
    site.write('manifest.yaml', site.manifest.toString().replaceAll('"connection": "disk"', '"connection": "other"'));
    await reloader.lookAgain();
    assert.equal(stood.at(-1)?.tampering?.kind, 'unsigned');
    site.sign(['alice', 'bob']);
    const { sha256 } = reloader.files.manifest;
    await reloader.lookAgain();
    assert.deepEqual([plans, reloader.files.manifest.sha256], [[], sha256]);
    assert.match(troubles[0] ?? '', /^reload\.failed: .*waits for config\.yaml as it lies there now: reload by hand \(SIGHUP\)$/);
    assert.equal(stood.at(-1)?.tampering, undefined, 'what people signed is no tampering');
    await reloader.reload();
    assert.equal(plans.length, 1);
  });

  it('judges the manifest also where config.yaml cannot be read any more', async () => {
    await start(begin);
    rmSync(join(site.path, 'config.yaml'));
    site.draft(['one']);
    rmSync(join(site.path, 'config.yaml'));
    await reloader.lookAgain();
    assert.equal(stood.at(-1)?.tampering?.kind, 'unsigned');
    site.sign(['alice', 'bob']);
    await reloader.lookAgain();
    assert.equal(ids(plans[0]), 'one');
  });

  it('judges the manifest also where config.yaml no longer fits the one in force', async () => {
    await start(begin);
    const connections = { elsewhere: { probe: 'file' } };
    site.rewrite({ config: { connections, signers: { allowed: './allowed_signers', agents: ['bot'] } } });
    for (const text of ['', 'rubbish: [']) {
      site.write('manifest.yaml', text);
      await reloader.lookAgain();
      assert.equal(stood.at(-1)?.tampering?.kind, 'unreadable');
    }
    rmSync(join(site.path, 'manifest.yaml'));
    await reloader.lookAgain();
    assert.equal(stood.at(-1)?.tampering?.kind, 'unreadable');
    assert.deepEqual(plans, []);
  });

  it('lets what it has begun end before it stops, and begins nothing after', async () => {
    await start(begin);
    site.draft(['one', 'two', 'three']);
    site.sign(['bob']);
    const loaded = reloader.reload();
    // One turn, in which it begins; a second that comes after it waits behind it.
    await Promise.resolve();
    const later = reloader.lookAgain();
    await reloader.stop();
    assert.deepEqual([plans.length, ids(reloader.plan)], [1, 'one,two,three']);
    await Promise.all([loaded, later, reloader.reload()]);
    assert.deepEqual([plans.length, stood, troubles], [1, [], []]);
  });

  it('refuses what cannot change while it runs, watches on, and tells', async () => {
    await start(begin);
    site.rewrite({ config: { watchdog: { name: 'another', state: './state', listen: 'off' }, signers: './allowed_signers' } });
    await reloader.reload();
    assert.deepEqual(plans, []);
    assert.match(troubles[0] ?? '', /reload refused, watching on with the last good files: watchdog\.name cannot change while running/);
    assert.equal(reloader.files.config.watchdog.name, 'tester');
  });
});
