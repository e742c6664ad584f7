import assert from 'node:assert/strict';
import type { Page } from '../../src/core/page.ts';
import { gravity } from '../../src/loop/precedence.ts';
import type { Delivery, Letter, Pager } from '../../src/ports.ts';
import type { FakeClock } from '../support/fake-clock.ts';
import { Office } from '../support/office.ts';
import { RecordingPager } from '../support/watching.ts';

const MINUTE = 60_000;
const EACH = 60;

/** A vendor that counts what it is asked, and is well or not as the test says. */
class Vendor implements Pager {
  readonly name = 'oncall';
  readonly perMinute = 60;
  readonly asked: number[] = [];
  readonly accepted: Page[] = [];
  clock: FakeClock | undefined;
  mood: 'down' | 'throttling' | 'slow' = 'down';

  async deliver({ page }: Letter): Promise<Delivery> {
    this.asked.push(this.clock?.now().steady ?? 0);
    if (this.mood === 'down') return { kind: 'retryable', why: 'HTTP 503' };
    if (this.mood === 'throttling') return { kind: 'retryable', why: 'HTTP 429', afterMs: 90_000 };
    await this.clock?.sleep(3000);
    this.accepted.push(page);
    return { kind: 'delivered', ref: null };
  }

  /** The most it was asked in any minute. */
  get busiest(): number {
    return Math.max(...this.asked.map((at, index) => this.asked.slice(index).filter((other) => other < at + MINUTE).length));
  }
}

describe('a vendor that is down for ten minutes, then throttles, then is slow', function () {
  this.timeout(120_000);
  const vendor = new Vendor();
  const mail = new RecordingPager('mail');
  const later = { ladder: [], fallback: { afterMs: 2 * MINUTE, pagers: ['mail'] } };
  let office: Office;
  let throttled = { from: 0, asked: 0 };

  before(async () => {
    office = new Office([], [], [vendor, mail], { pagers: ['oncall'], later });
    vendor.clock = office.clock;
    // The gravest last: what came first must not be what goes first.
    for (const [what, severity] of [
      ['degraded', 'warning'],
      ['blind', 'critical'],
      ['lost', 'critical'],
    ] as const)
      for (let n = 0; n < EACH; n++) office.raise(`${what}-${n}`, { connection: `${what}-${n}`, class: what, severity });
    await office.turn(10 * MINUTE);
    assert.equal(mail.letters.length, 3 * EACH, 'the fallback heard of everything meanwhile');
    assert.equal(vendor.accepted.length, 0);
    vendor.mood = 'throttling';
    const before = vendor.asked.length;
    while (vendor.asked.length === before) await office.turn(500);
    throttled = { from: office.clock.now().steady, asked: vendor.asked.length };
    await office.turn(80_000);
    throttled.asked = vendor.asked.length - throttled.asked;
    vendor.mood = 'slow';
    await office.turn(15 * MINUTE);
  });

  it('is given every page in the end', () => {
    assert.equal(new Set(vendor.accepted.map(({ dedup_key }) => dedup_key)).size, 3 * EACH);
    assert.ok(office.desk.open().every(({ phase }) => phase === 'paged'));
  });

  it('is given the gravest first', () => {
    const first = vendor.accepted.slice(0, 3 * EACH).map(gravity);
    // Who found it well again was whoever's turn it was.
    assert.deepEqual(
      first.slice(1),
      first.slice(1).toSorted((a, b) => b - a),
    );
  });

  it('is never asked more often than it allows, in any minute', () => {
    assert.ok(vendor.busiest <= vendor.perMinute, `${vendor.busiest} in a minute`);
  });

  it('is left alone for as long as it asked to be', () => {
    assert.ok(throttled.asked <= 3, `${throttled.asked} more asked, besides what was on its way`);
  });
});
