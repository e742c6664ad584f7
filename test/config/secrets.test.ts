import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatComplaint } from '../../src/config/complaint.ts';
import { checkSecrets, resolveSecret, SecretError, type SecretSources } from '../../src/config/secrets.ts';
import { asConfig } from './support/read.ts';

const VALUE = 'hunter2-of-the-tests';

describe('secrets', () => {
  let folder = '';
  let sources: SecretSources;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'rollcall-secrets-'));
    sources = { env: { CREDENTIALS_DIRECTORY: folder, TOKEN: `${VALUE}\n`, EMPTY: '\n' }, readFile, stat };
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function put(name: string, text: string | Uint8Array, mode = 0o600): string {
    const path = join(folder, name);
    writeFileSync(path, text);
    chmodSync(path, mode);
    return path;
  }

  async function refused(ref: Parameters<typeof resolveSecret>[0], word: RegExp, from = sources): Promise<void> {
    await assert.rejects(resolveSecret(ref, from), (error) => {
      assert.ok(error instanceof SecretError);
      assert.match(error.message, word);
      assert.doesNotMatch(error.message, /hunter2/);
      return true;
    });
  }

  it('come from a credential, a file and the environment, without the line ends that editors leave', async () => {
    const file = put('key', `${VALUE}\r\n`);
    for (const ref of [{ credential: 'key' }, { file }, { env: 'TOKEN' }])
      assert.equal((await resolveSecret(ref, sources)).reveal(), VALUE);
  });

  it('are refused where others can read or change their file', async () => {
    for (const mode of [0o640, 0o604, 0o644, 0o620, 0o602]) await refused({ file: put('key', VALUE, mode) }, /by others \(mode 06\d\d\)/);
    await resolveSecret({ file: put('key', VALUE, 0o400) }, sources);
  });

  it("may be readable by the group as a credential of root's, as systemd hands it over, and by nobody else", async () => {
    const owned = (uid: number, mode: number): SecretSources => ({
      ...sources,
      stat: async (path) => Object.assign(await stat(path), { uid, mode: 0o100_000 | mode }),
    });
    const file = put('key', VALUE);
    await resolveSecret({ credential: 'key' }, owned(0, 0o440));
    await refused({ credential: 'key' }, /by others/, owned(1000, 0o440));
    await refused({ credential: 'key' }, /by others/, owned(0, 0o444));
    await refused({ credential: 'key' }, /by others/, owned(0, 0o460));
    await refused({ file }, /by others/, owned(0, 0o440));
  });

  it('are refused where they are empty, not there, no regular file, too large or no text', async () => {
    mkdirSync(join(folder, 'folder'));
    await refused({ file: put('key', '\n') }, /is empty/);
    await refused({ env: 'EMPTY' }, /is empty/);
    await refused({ env: 'NOBODY_SET_THIS' }, /environment variable NOBODY_SET_THIS is not set/);
    await refused({ file: join(folder, 'none') }, /cannot be read: ENOENT/);
    await refused({ credential: 'folder' }, /not a regular file/);
    await refused({ file: put('key', 'x'.repeat(70_000)) }, /larger than 64 KiB/);
    await refused({ file: put('key', Uint8Array.of(0xff, 0xfe)) }, /not text in UTF-8/);
  });

  it('never come from outside $CREDENTIALS_DIRECTORY under the name of a credential', async () => {
    for (const credential of ['../key', '..', '.', '', '/etc/shadow', 'a/b']) await refused({ credential }, /not a plain file name/);
    await refused({ credential: 'key' }, /CREDENTIALS_DIRECTORY is not set/, { ...sources, env: {} });
  });

  it('that cannot be had are complained about all at once, each at its place in the config', async () => {
    put('open', VALUE, 0o644);
    const text = [
      'watchdog: { name: w }',
      'manifest: m.yaml',
      'connections: { pg: { probe: postgres, url: { credential: open } } }',
      'pagers: { a: { type: pagerduty, routing_key: { env: NONE } }, b: { type: slack, token: { env: TOKEN }, channel: C1 } }',
      'routes: [{ pagers: [a, b] }]',
    ].join('\n');
    const loaded = asConfig(text);
    assert.ok(loaded.ok);
    const complaints = await checkSecrets(loaded.value, sources);
    assert.deepEqual(complaints.map(formatComplaint), [
      `config.yaml:3:44  connections.pg.url  the file ${join(folder, 'open')} can be read or changed by others (mode 0644); chmod 600 it  RC_SECRET_UNREADABLE`,
      'config.yaml:4:46  pagers.a.routing_key  the environment variable NONE is not set  RC_SECRET_UNREADABLE',
    ]);
  });
});
