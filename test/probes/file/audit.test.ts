import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createSystemClock } from '../../../src/adapters/clock-system.ts';
import type { AuditReport } from '../../../src/probe.ts';
import { Secret } from '../../../src/values/secret.ts';
import { auditOnce } from '../../../probes/file/audit.ts';
import { file } from '../../../probes/file/index.ts';
import { LINUX } from '../../../probes/file/system.ts';
import { makeFolder, type Folder } from '../../support/folder.ts';
import { resourceOf, wantedOf } from './helpers.ts';

const OTHER = 54_321;
const words = (reports: readonly AuditReport[]): string[] =>
  reports.flatMap((report) =>
    report.kind === 'strong'
      ? [`strong ${report.right}`]
      : report.kind === 'reach'
        ? [`reach ${report.agent}`]
        : report.kind === 'shared'
          ? [`shared ${report.agent}`]
          : [],
  );

describe('the audit of files', function () {
  this.timeout(120_000);
  const own = process.getuid?.();
  let folder: Folder;
  let vault: string;
  beforeEach(() => {
    folder = makeFolder();
    vault = join(folder.path, 'vault');
    mkdirSync(vault);
    writeFileSync(join(vault, 'a.dump'), 'x');
    chmodSync(folder.path, 0o755);
    chmodSync(vault, 0o755);
  });
  afterEach(() => folder.remove());
  const job = (agents: object[] = []) => {
    const { id, target } = wantedOf(resourceOf('file.backups', { path: `${vault}/*.dump` }));
    return { id, target, agents: agents.map((is, nth) => ({ name: `agent-${nth}`, is: { gids: [], ...is } })) };
  };

  it('finds an account that may write where it looks, and root, and nothing of one that may not', () => {
    assert.deepEqual(words(auditOnce(job(), LINUX, 0)), ['strong root']);
    // As root every folder is writable, whoever is said to ask; as anybody else these are one's own.
    const [found] = auditOnce(job(), LINUX, own === 0 ? 1 : own);
    assert.ok(found?.kind === 'strong' && found.right === 'write' && found.severity === 'critical' && found.fix.length > 0);
    if (own === 0) return;
    for (const path of [join(vault, 'a.dump'), vault, folder.path]) chmodSync(path, 0o555);
    assert.deepEqual(words(auditOnce(job(), LINUX, own)), ['strong write'], 'an owner can give itself the right again');
    assert.deepEqual(words(auditOnce(job(), LINUX, OTHER)), []);
    for (const path of [folder.path, vault]) chmodSync(path, 0o755);
  });

  it('finds which agents could delete them: by owner, group and mode, by a folder above, and as root', () => {
    const outsider = { uid: OTHER };
    const reach = (...agents: object[]) => words(auditOnce(job(agents), LINUX, own)).filter((word) => !word.startsWith('strong'));
    assert.deepEqual(reach(outsider), []);
    assert.deepEqual(
      reach(outsider, { uid: 0 }).filter((word) => word.startsWith('reach')),
      ['reach agent-1'],
    );
    chmodSync(vault, 0o777);
    assert.deepEqual(reach(outsider), ['reach agent-0']);
    chmodSync(vault, 0o1777);
    assert.deepEqual(reach(outsider), [], 'a sticky folder keeps what is not theirs');
    chmodSync(vault, 0o755);
    chmodSync(join(vault, 'a.dump'), 0o666);
    assert.deepEqual(reach(outsider), ['reach agent-0'], 'what is written over is gone');
    chmodSync(join(vault, 'a.dump'), 0o644);
    chmodSync(folder.path, 0o777);
    assert.deepEqual(reach(outsider), ['reach agent-0'], 'a folder can be moved away from above');
    chmodSync(folder.path, 0o755);
    assert.deepEqual(reach({ uid: own }).at(-1), 'reach agent-0', 'an owner can give itself the right');
    if (own !== 0) return;
    chownSync(vault, 0, OTHER);
    chmodSync(vault, 0o775);
    assert.deepEqual(reach(outsider, { uid: 1, gids: [OTHER] }), ['reach agent-1']);
  });

  it('is ended by the commands that are printed for an agent', async () => {
    chmodSync(vault, 0o777);
    chmodSync(join(vault, 'a.dump'), 0o666);
    const reaches = auditOnce(job([{ uid: OTHER }]), LINUX, own).flatMap((report) => (report.kind === 'reach' ? [report] : []));
    const agent = { name: 'agent-0', is: { uid: OTHER, gids: [] } };
    const made = await file.disarm?.({}, [], { agent, reaches }, { connection: 'disk', secret: async () => new Secret('') });
    execFileSync('/bin/bash', ['-s'], { input: made?.script ?? '' });
    assert.deepEqual(
      words(auditOnce(job([{ uid: OTHER }]), LINUX, own)).filter((word) => word.startsWith('reach')),
      [],
    );
  });

  it('tells where the watcher runs under the same account', () => {
    assert.ok(words(auditOnce(job([{ uid: own }]), LINUX, own)).includes('shared agent-0'));
  });

  it('names what they lie on, the same for what lies together', () => {
    const places = auditOnce(job(), LINUX, 1).flatMap((report) => (report.kind === 'placed' ? [report.plane] : []));
    assert.deepEqual(
      places.map(({ kind }) => kind),
      ['host', 'filesystem'],
    );
    assert.equal(places[0]?.name, 'this host');
    assert.notEqual(places[1]?.name, '');
  });

  it('is made in a child process, and says what it could not ask', async () => {
    const clock = createSystemClock(0);
    const link = file.open(file.connection.parse({}), { connection: 'disk', clock, secret: async () => new Secret('') });
    try {
      const wanted = [
        wantedOf(resourceOf('file.backups', { path: '/nowhere/at/all/*.dump' }, 'gone')),
        wantedOf(resourceOf('file.backups', { path: `${vault}/*.dump` })),
      ];
      const reports = await Array.fromAsync(link.audit?.(wanted, [], new AbortController().signal) ?? []);
      assert.deepEqual(
        reports.map(({ kind }) => kind),
        ['unaudited', 'strong', 'placed', 'placed'],
      );
    } finally {
      await link.close();
    }
  });
});
