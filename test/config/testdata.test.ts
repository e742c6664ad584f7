import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { CODES, formatComplaint } from '../../src/config/complaint.ts';
import { readTestdata, testdata } from './support/read.ts';

const rooms = ['config', 'manifest'] as const;
const files = (room: string, start: string) =>
  readdirSync(testdata + room).filter((name) => name.startsWith(start) && name.endsWith('.yaml'));

/** Where the wrong bytes are, as a person would look for them: every file of testdata that must be refused, word for word. */
describe('broken files', () => {
  const seen = new Set<string>();

  for (const room of rooms)
    for (const name of files(room, 'bad-'))
      it(`${room}/${name} earns exactly the complaints written beside it`, () => {
        const loaded = readTestdata(room, name);
        assert.ok(!loaded.ok, 'it was accepted');
        for (const { code } of loaded.complaints) seen.add(code);
        const said = loaded.complaints.map((complaint) => `${formatComplaint(complaint)}\n`).join('');
        assert.equal(said, readFileSync(`${testdata}${room}/${name.replace(/yaml$/, 'expected')}`, 'utf8'));
        assert.doesNotMatch(said, /hunter2/, 'a secret is repeated');
      });

  it('are thirty or more, and every code but those of other files on disk is earned by one', () => {
    assert.ok(rooms.flatMap((room) => files(room, 'bad-')).length >= 30);
    const unearned = Object.keys(CODES).filter((code) => !seen.has(code));
    // What signers and signatures earn is in test/approval/, what files of other tools do in test/declared/,
    // what a certificate does in test/commands/listen.test.ts.
    const others = unearned.filter((code) => !/^RC_(?:MANIFEST|SIGNERS|IMPORT|CERTIFICATE)_/.test(code));
    assert.deepEqual(others, ['RC_FILE_UNREADABLE', 'RC_SECRET_UNREADABLE']);
  });

  it('have no complaint file left over from a broken file that is gone', () => {
    for (const room of rooms) {
      const expected = readdirSync(testdata + room).filter((name) => name.endsWith('.expected'));
      assert.deepEqual(
        expected.map((name) => name.replace(/expected$/, 'yaml')),
        files(room, 'bad-'),
      );
    }
  });
});

describe('good files', () => {
  for (const room of rooms)
    for (const name of files(room, 'good'))
      it(`${room}/${name} earns no complaint`, () => {
        const loaded = readTestdata(room, name);
        assert.deepEqual(loaded.ok ? [] : loaded.complaints.map(formatComplaint), []);
      });
});
