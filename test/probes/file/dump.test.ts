import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { examineDump } from '../../../probes/file/dump.ts';
import { makeFolder, type Folder } from '../../support/folder.ts';
import { PLAIN, PLAIN_END, put } from './helpers.ts';

describe('the bytes of a backup', () => {
  let folder: Folder;
  const examined = (content: string | Buffer) => {
    const path = join(folder.path, 'x');
    put(path, content);
    const { format, damage } = examineDump(path);
    return damage === undefined ? format : `${format}: ${damage}`;
  };

  beforeEach(() => {
    folder = makeFolder();
  });
  afterEach(() => folder.remove());

  it('of a plain dump end in its closing line, with or without \\unrestrict', () => {
    assert.equal(examined(PLAIN + PLAIN_END), 'plain');
    assert.equal(examined(`\\restrict abc\n\n${PLAIN}${PLAIN_END}\\unrestrict abc\n\n`.replace('\\restrict abc\n\n', '')), 'plain');
    assert.equal(examined(`${PLAIN}${PLAIN_END}`.replaceAll('\n', '\r\n')), 'plain');
    assert.equal(examined(PLAIN), 'plain: no closing line of pg_dump');
    assert.equal(examined(`${PLAIN}${PLAIN_END}half a row`), 'plain: no closing line of pg_dump');
  });

  it('of a dump of the whole cluster do not end with that of one database', () => {
    const cluster = PLAIN.replace('database dump', 'database cluster dump');
    assert.equal(examined(cluster + PLAIN_END), 'plain: no closing line of pg_dump');
    assert.equal(examined(cluster + PLAIN_END.replace('database dump', 'database cluster dump')), 'plain');
  });

  it('of a custom archive begin with a whole header', () => {
    const header = Buffer.from([...Buffer.from('PGDMP'), 1, 13, 0, 4, 8, 1]);
    assert.equal(examined(Buffer.concat([header, Buffer.alloc(100)])), 'custom');
    assert.equal(examined(header), 'custom: a custom-format header and nothing else');
    const other = Buffer.concat([header, Buffer.alloc(100)]);
    other[10] = 3;
    assert.equal(examined(other), 'custom: a custom-format header of another format');
    other[5] = 9;
    assert.match(examined(other), /unknown version 9\.13/);
  });

  it('of a custom archive end with its last data block (archives of PostgreSQL 15, two tables and a large object)', () => {
    const seekable = readFileSync(new URL('./pg15-seekable.dump', import.meta.url));
    const piped = readFileSync(new URL('./pg15-piped.dump', import.meta.url));
    assert.equal(examined(seekable), 'custom');
    assert.equal(examined(piped), 'custom');
    for (let length = 12; length < seekable.length; length += 7)
      assert.equal(examined(seekable.subarray(0, length)), 'custom: a custom archive that ends too early', String(length));
    // Without offsets a cut exactly between two blocks does not show.
    assert.equal(examined(piped.subarray(0, -1)), 'custom: a custom archive that ends too early');
  });

  it('of a gzip file are unpacked to see a cut', () => {
    const packed = gzipSync(PLAIN + PLAIN_END);
    assert.equal(examined(packed), 'gzip');
    assert.equal(examined(packed.subarray(0, -9)), 'gzip: a broken gzip stream');
    assert.equal(examined(gzipSync(PLAIN)), 'gzip: no closing line of pg_dump');
    assert.equal(examined(gzipSync('')), 'gzip: no bytes when unpacked');
    assert.equal(examined(gzipSync(Buffer.alloc(80 * 1024 * 1024))), 'unknown');
  });

  it('may be none, or none that is known', () => {
    assert.equal(examined(''), 'unknown: no bytes');
    assert.equal(examined('tar or whatever'), 'unknown');
  });
});
