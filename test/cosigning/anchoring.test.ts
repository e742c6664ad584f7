import assert from 'node:assert/strict';
import { parseCheckpoint, signCheckpoint } from '../../src/adapters/checkpoint.ts';
import { generateKeyPairSync } from 'node:crypto';
import { Anchoring } from '../../src/cosigning/anchoring.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { SILENT } from '../support/watching.ts';

const MINUTE = 60_000;
const { privateKey: key } = generateKeyPairSync('ed25519');

describe('heads put into a bucket', () => {
  let clock: FakeClock;
  let anchoring: Anchoring;
  let seq: number;
  let puts: { readonly key: string; readonly body: string; readonly at: number }[];
  /** Why the bucket takes nothing now; null where it does. */
  let refusal: string | null;
  let told: (string | null)[];
  let signs: boolean;
  const root = () => Buffer.alloc(32, seq).toString('base64');

  beforeEach(() => {
    [clock, seq, puts, refusal, told, signs] = [new FakeClock(), 1, [], null, [], true];
    anchoring = new Anchoring({
      store: { head: () => Promise.resolve({ seq, hash: '', root: root() }) },
      clock,
      log: SILENT,
      sign: (head) => (signs ? signCheckpoint({ origin: 'rollcall/vault', size: head.seq, root: head.root ?? '' }, key) : undefined),
      anchor: {
        name: 's3://anchors',
        put: async (name, body, at) => {
          if (refusal === null) puts.push({ key: name, body, at });
          return refusal;
        },
        audit: () => Promise.resolve([]),
      },
      prefix: 'vault/',
      every: 5 * MINUTE,
      tell: async (_, what) => void told.push(what),
    });
  });
  afterEach(() => anchoring.stop());

  it('are signed checkpoints under their size and root, put at once and then as the ledger grows, no more often than it was said', async () => {
    await clock.advance(1);
    assert.deepEqual(
      puts.map((one) => one.key),
      ['vault/heads/000000000001-0101010101010101.txt'],
    );
    assert.equal(parseCheckpoint(puts[0]?.body ?? '')?.size, 1);
    assert.equal(puts[0]?.at, clock.now().wall - 1);
    await clock.advance(10 * MINUTE);
    assert.equal(puts.length, 1, 'it has not grown');
    seq = 7;
    await clock.advance(11_000);
    seq = 8;
    await clock.advance(4 * MINUTE);
    assert.deepEqual(
      puts.map(({ body }) => parseCheckpoint(body)?.size),
      [1, 7],
    );
    await clock.advance(2 * MINUTE);
    assert.equal(parseCheckpoint(puts[2]?.body ?? '')?.size, 8);
    assert.deepEqual(told, [null]);
  });

  it('that cannot be put are tried every ten seconds, told of after a quarter of an hour, once, and told to be over', async () => {
    refusal = 'AccessDenied';
    await clock.advance(14 * MINUTE);
    assert.deepEqual(told, []);
    await clock.advance(20 * MINUTE);
    assert.deepEqual(told, ['no head of the ledger has been anchored in s3://anchors for 15m: AccessDenied']);
    refusal = null;
    await clock.advance(11_000);
    assert.equal(puts.length, 1);
    assert.equal(told.at(-1), null);
  });

  it('that nobody signed are none', async () => {
    signs = false;
    await clock.advance(16 * MINUTE);
    assert.deepEqual(puts, []);
    assert.match(told[0] ?? '', /there is no signed head to put/);
  });

  it('are put no more once it is told to stop', async () => {
    await clock.advance(1);
    await anchoring.stop();
    seq = 9;
    await clock.advance(60 * MINUTE);
    assert.equal(puts.length, 1);
  });
});
