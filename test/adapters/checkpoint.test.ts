import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isSignedBy, parseCheckpoint, signCheckpoint } from '../../src/adapters/checkpoint.ts';
import { ED25519, printKey } from '../../src/adapters/note-key.ts';
import { openWatcherKey, readWatcherKey, readWatcherLine } from '../../src/adapters/watcher-key.ts';
import { makeFolder, type Folder } from '../support/folder.ts';

const { privateKey: key } = generateKeyPairSync('ed25519');
const ORIGIN = 'rollcall/vault-eu';
const ROOT = Buffer.alloc(32, 7).toString('base64');
const NOTE = signCheckpoint({ origin: ORIGIN, size: 812, root: ROOT }, key);
const LINE = printKey(ORIGIN, key, ED25519);

describe('a checkpoint', () => {
  it('is three lines and a signature by the key that goes by its origin', () => {
    assert.match(NOTE, /^rollcall\/vault-eu\n812\n[A-Za-z0-9+/]{43}=\n\n\u2014 rollcall\/vault-eu [A-Za-z0-9+/]+={0,2}\n$/);
    const read = parseCheckpoint(NOTE);
    assert.deepEqual([read?.origin, read?.size, read?.root], [ORIGIN, 812, ROOT]);
    assert.ok(read && isSignedBy(read, LINE));
  });

  it('is verified as others sign notes: the example of the signed-note format', () => {
    const text = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
    const bytes = Buffer.from('x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=', 'base64');
    const note = {
      origin: '',
      size: 0,
      root: '',
      text,
      signatures: [{ name: 'PeterNeumann', id: bytes.toString('hex', 0, 4), bytes: bytes.subarray(4) }],
    };
    const line = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW';
    assert.ok(isSignedBy(note, line));
    assert.ok(!isSignedBy({ ...note, text: text.replace('problem', 'question') }, line));
  });

  it('is not signed by another key, under another name, or for another size', () => {
    const read = (text: string) => parseCheckpoint(text) ?? assert.fail(text);
    const { privateKey: other } = generateKeyPairSync('ed25519');
    assert.ok(!isSignedBy(read(NOTE), printKey(ORIGIN, other, ED25519)));
    assert.ok(!isSignedBy(read(NOTE), printKey('rollcall/other', key, ED25519)));
    assert.ok(!isSignedBy(read(NOTE.replace('\n812\n', '\n813\n')), LINE));
    assert.ok(!isSignedBy(read(NOTE), LINE.replace(/\+[0-9a-f]{8}\+/, '+00000000+')), 'an id that is not of this key');
    assert.ok(!isSignedBy(read(NOTE), 'nonsense'));
  });

  it('is nothing else', () => {
    for (const text of [
      '',
      'a\n1\n',
      NOTE.slice(0, -1),
      NOTE.replace('\n812\n', '\n0812\n'),
      NOTE.replace('\n812\n', '\n-1\n'),
      NOTE.replace(ROOT, 'AAAA'),
      NOTE.replace('\u2014', '-'),
      `${NOTE}\u2014 more\n`,
      `${'x'.repeat(70_000)}${NOTE}`,
    ])
      assert.equal(parseCheckpoint(text), undefined, JSON.stringify(text.slice(0, 80)));
  });
});

describe("the watcher's own key", () => {
  let folder: Folder;
  beforeEach(() => (folder = makeFolder()));
  afterEach(() => folder.remove());

  it('is made once, for nobody else to read, and lies beside its public half', () => {
    const first = openWatcherKey(folder.path, 'vault eu+1');
    assert.equal(statSync(join(folder.path, 'watcher.key')).mode & 0o777, 0o600);
    assert.equal(readWatcherLine(folder.path), first.line);
    assert.match(first.line, /^rollcall\/vault%20eu%2B1\+[0-9a-f]{8}\+/);
    assert.equal(openWatcherKey(folder.path, 'vault eu+1').line, first.line);
    const signed = parseCheckpoint(readWatcherKey(folder.path, 'vault eu+1')?.sign({ seq: 1, root: ROOT }) ?? '');
    assert.ok(signed && isSignedBy(signed, first.line));
    assert.equal(first.sign({ seq: 1 }), undefined, 'no root, nothing to sign');
  });

  it('is not made by who only looks', () => {
    assert.equal(readWatcherKey(folder.path, 'w'), undefined);
    assert.ok(!existsSync(join(folder.path, 'watcher.key')));
  });

  it('is refused where others can read it, or where it is another kind of key, and left as it is', () => {
    openWatcherKey(folder.path, 'w');
    const path = join(folder.path, 'watcher.key');
    chmodSync(path, 0o644);
    assert.throws(() => openWatcherKey(folder.path, 'w'), /can be read by others.*chmod 600/);
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' });
    writeFileSync(path, pem);
    chmodSync(path, 0o600);
    assert.throws(() => openWatcherKey(folder.path, 'w'), /no Ed25519 key/);
    assert.equal(readFileSync(path, 'utf8'), pem);
  });
});
