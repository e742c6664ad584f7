import assert from 'node:assert/strict';
import { encodeCommand, Replies } from '../../../probes/redis/resp.ts';

const said = (replies: readonly unknown[]) => replies.map((reply) => (reply instanceof Error ? reply.message : reply));

describe('the protocol of Redis', () => {
  const text = '+OK\r\n:42\r\n$-1\r\n$0\r\n\r\n-ERR no\r\n$7\r\na\r\nb\u00e9!\r\n';
  const whole = ['OK', 42, null, '', 'ERR no', 'a\r\nb\u00e9!'];

  it('is read the same whole and in pieces of any size', () => {
    const bytes = Buffer.from(text);
    for (let size = 1; size <= bytes.length; size++) {
      const replies = new Replies();
      const found: unknown[] = [];
      for (let at = 0; at < bytes.length; at += size) found.push(...replies.take(bytes.subarray(at, at + size)));
      assert.deepEqual(said(found), whole, `in pieces of ${size}`);
    }
  });

  it('is written so that nothing in a word ends it', () => {
    assert.equal(encodeCommand(['EXISTS', 'a\r\n$1\u00e9']), '*2\r\n$6\r\nEXISTS\r\n$7\r\na\r\n$1\u00e9\r\n');
  });

  for (const bad of [
    '*1\r\n',
    '%1\r\n',
    'x',
    ':1.5\r\n',
    ':99999999999999999\r\n',
    '$-2\r\n',
    '$5000000\r\n',
    '$1\r\nab\r\n',
    '$1\r\naXY',
    '\r\n',
    '\0',
  ])
    it(`is not what says ${JSON.stringify(bad)}`, () => {
      assert.throws(() => new Replies().take(Buffer.from(bad)));
    });

  it('holds no more than a line, and no more than an answer', () => {
    const replies = new Replies();
    assert.throws(() => {
      for (let n = 0; n < 100; n++) replies.take(Buffer.from(`${n === 0 ? '+' : ''}${'a'.repeat(1000)}`));
    }, /line without end/);
  });
});
