import assert from 'node:assert/strict';
import { isSignedBy, parseCheckpoint } from '../../src/adapters/checkpoint.ts';
import { cosignedAt } from '../../src/adapters/cosignature.ts';
import { verifyLedger } from '../../src/adapters/ledger-verify.ts';
import { parseSubmission, printSubmission } from '../../src/cosigning/submission.ts';
import { MINUTE, TwoWatchers } from '../support/two-watchers.ts';

describe('a ledger with a witness', function () {
  this.timeout(120_000);
  let both: TwoWatchers;
  beforeEach(async () => (both = await TwoWatchers.start()));
  afterEach(async () => both[Symbol.asyncDispose]());

  const newest = () => both.submitter.cosigned[0]?.head ?? assert.fail('nothing was cosigned');

  it('has its heads cosigned as they grow, within a block and over many, and after restarts of both', async () => {
    for (const count of [1, 2, 40, 1000, 1, 3000]) {
      await both.grow(count);
      await both.ask();
      const head = await both.store.head();
      assert.deepEqual([newest().size, newest().root], [head?.seq, head?.root]);
      assert.deepEqual([both.book.troubles(), both.submitter.troubles()], [[], { grave: [], mild: [] }]);
      if (count === 40) await both.restart();
    }
  });

  it('keeps a note that says who signed and who cosigned it, and when, and that `verify` finds again', async () => {
    await both.grow(5);
    await both.ask();
    const note = parseCheckpoint(newest().note) ?? assert.fail(newest().note);
    assert.ok(isSignedBy(note, both.key.line));
    assert.equal(cosignedAt(note, both.witnessKey.witnessLine), Math.floor(both.clock.now().wall / 1000));
    assert.equal(cosignedAt(note, both.key.witnessLine), undefined, 'the log is not its own witness');
    assert.equal(cosignedAt({ ...note, text: note.text.replace('\n5\n', '\n6\n') }, both.witnessKey.witnessLine), undefined);
    await both.grow(5);
    assert.equal((await verifyLedger(both.store, { seq: note.size, root: note.root })).bad, undefined);
  });

  it('tells, on both sides, that entries were cut off', async () => {
    await both.grow(10);
    await both.ask();
    // The tree is put back as well: only somebody else's memory shows it.
    await both.tamper('DELETE FROM ledger; DELETE FROM tree; DELETE FROM block');
    await both.grow(4);
    await both.ask();
    assert.match(both.submitter.troubles().grave.join(), /vault-us: it knows 10 entries of this record, which has 4/);
    await both.clock.advance(16 * MINUTE);
    assert.match(both.book.troubles().join(), /^no head of rollcall\/vault-eu that grows from its 10 entries has come for 15m/);
  });

  it('tells that it was written anew, however long it has become', async () => {
    await both.grow(10);
    await both.ask();
    await both.tamper('DELETE FROM ledger; DELETE FROM tree; DELETE FROM block');
    await both.grow(25);
    await both.ask();
    assert.match(both.submitter.troubles().grave.join(), /not shown that this record has grown from the one that it knows/);
    await both.clock.advance(16 * MINUTE);
    assert.match(both.book.troubles().join(), /what came last was refused: that 25 entries grew from 10 was not shown/);
    assert.equal(newest().size, 10);
  });

  it('tells at once, at the witness, of two histories of one length', async () => {
    await both.grow(10);
    await both.ask();
    await both.tamper('DELETE FROM ledger; DELETE FROM tree; DELETE FROM block');
    await both.grow(9);
    await both.store.commit({ ledger: [{ at: both.clock.now(), kind: 'verdict', about: 'db-9', body: { n: 'another' } }] });
    await both.ask();
    assert.match(both.book.troubles().join(), /shows two histories of its record: its key signed two roots over 10 entries/);
    assert.match(both.submitter.troubles().grave.join(), /it knows another record of 10 entries/);
    await both.restart();
    assert.match(both.book.troubles().join(), /two histories/, 'which no restart makes one');
  });

  it('cosigns nothing for a log that it was not told of, nor without the log’s key', async () => {
    await both.grow(3);
    const head = (await both.store.head()) ?? assert.fail();
    const submit = async (note: string, old = 0) => (await both.book.submit(printSubmission(old, [], note))).status;
    const note = both.key.sign(head) ?? assert.fail();
    assert.equal(await submit(both.witnessKey.sign(head) ?? ''), 404);
    assert.equal(await submit(note.replace('\n3\n', '\n4\n')), 403);
    assert.equal(await submit(note, 4), 400);
    assert.equal(await submit('nonsense'), 400);
    assert.equal(await submit(note), 200);
    assert.equal(await submit(note), 409, 'it is told what is known');
    assert.equal(await submit(note, 3), 200, 'the same again is heard as being alive');
    both.logs = [];
    assert.equal(await submit(note, 3), 404);
  });

  it('says nothing before it is written down', async () => {
    await both.grow(3);
    await both.witnessStore.close();
    await both.ask();
    assert.deepEqual(both.submitter.cosigned, []);
    await both.clock.advance(15 * MINUTE);
    await both.ask();
    assert.match(both.submitter.troubles().mild.join(), /vault-us has cosigned nothing for 15m: answered 503/);
  });

  it('believes no answer that the witness did not sign', async () => {
    await both.grow(3);
    const { line } = both.key;
    const stranger = { ...both.witnessKey, witnessLine: line };
    Object.assign(both, { witnessKey: stranger });
    await both.restart();
    await both.ask();
    assert.deepEqual(both.submitter.cosigned, []);
  });
});

describe('what a log sends to its witness', () => {
  const NOTE = `rollcall/a\n3\n${Buffer.alloc(32, 1).toString('base64')}\n\n\u2014 rollcall/a ${Buffer.alloc(68, 2).toString('base64')}\n`;
  const HASH = Buffer.alloc(32, 3).toString('base64');

  it('is read as it was printed', () => {
    for (const proof of [[], [HASH], Array.from({ length: 63 }, () => HASH)]) {
      const read = parseSubmission(printSubmission(2, proof, NOTE));
      assert.deepEqual([read?.old, read?.proof.length, read?.note, read?.checkpoint.size], [2, proof.length, NOTE, 3]);
    }
  });

  it('is nothing else', () => {
    for (const text of [
      '',
      NOTE,
      printSubmission(2, [HASH], ''),
      printSubmission(2, ['short'], NOTE),
      printSubmission(2, [`${HASH} `], NOTE),
      printSubmission(
        2,
        Array.from({ length: 64 }, () => HASH),
        NOTE,
      ),
      printSubmission(2, [HASH], NOTE).replace('old 2', 'old 02'),
      printSubmission(2, [HASH], NOTE).replace('old 2', 'old -2'),
      printSubmission(2, [HASH], NOTE).replace('old', 'Old'),
    ])
      assert.equal(parseSubmission(text), undefined, text);
  });
});
