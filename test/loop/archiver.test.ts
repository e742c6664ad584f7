import assert from 'node:assert/strict';
import { Archiver } from '../../src/loop/archiver.ts';
import type { Archived, ArchiveOrder } from '../../src/ports.ts';
import { FakeClock } from '../support/fake-clock.ts';

const DAY = 24 * 3_600_000;

describe('the archiver', () => {
  let clock: FakeClock;
  let archiver: Archiver;
  let orders: ArchiveOrder[];
  /** What the store answers next; after that, null. */
  let answers: (Archived | Error)[];
  let told: (readonly [string, string | null, string])[];
  const silent = { info: () => {}, warn: () => {} };
  const block = (last: number): Archived => ({ first: last - 1023, last, file: `/archive/${last}`, root: '' });

  beforeEach(() => {
    [clock, orders, answers, told] = [new FakeClock(), [], [], []];
    const archive = async (order: ArchiveOrder): Promise<Archived | null> => {
      orders.push(order);
      const answer = answers.shift() ?? null;
      if (answer instanceof Error) throw answer;
      return answer;
    };
    const tell = async (name: string, what: string | null, severity: string): Promise<void> => void told.push([name, what, severity]);
    archiver = new Archiver({ store: { archive }, clock, log: silent, folder: '/archive', after: 90 * DAY, tell });
  });
  afterEach(() => archiver.stop());

  it('asks a minute after the start and every hour, for what is older than it was told to keep', async () => {
    await clock.advance(59_000);
    assert.equal(orders.length, 0);
    await clock.advance(2000);
    const [order] = orders;
    assert.ok(order);
    assert.deepEqual(order, { folder: '/archive', before: order.at.wall - 90 * DAY, at: order.at });
    await clock.advance(3_600_000);
    assert.equal(orders.length, 2);
    assert.deepEqual(told, [['ledger.unarchived', null, 'warning']]);
  });

  it('takes block after block until none is old enough', async () => {
    answers = [block(1024), block(2048), block(3072)];
    await clock.advance(61_000);
    assert.equal(orders.length, 4);
  });

  it('tells once that it cannot be done, goes on trying, and tells when it is over', async () => {
    answers = [new Error('no space left'), new Error('no space left')];
    await clock.advance(2 * 3_600_000 + 61_000);
    assert.equal(orders.length, 3);
    assert.deepEqual(
      told.map(([, what]) => what),
      ['old entries of the ledger could not be archived, and stay in the store: no space left', null],
    );
  });

  it('ends where it is told to, between two blocks too', async () => {
    answers = Array.from({ length: 1000 }, (_, n) => block((n + 1) * 1024));
    await clock.advance(60_050);
    await archiver.stop();
    await clock.advance(DAY);
    assert.equal(orders.length, 1);
  });
});
