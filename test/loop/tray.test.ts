import assert from 'node:assert/strict';
import { Tray } from '../../src/loop/tray.ts';
import { makePage } from '../support/page.ts';

const NOW = { wall: 1_800_000_000_000, steady: 0 };
const INCIDENT = { id: 'incident', key: 'rollcall/site/tester/orders/lost/1' };

describe('the tray', () => {
  let made = 0;
  let tray: Tray;
  const leaving = (): string[] => tray.deliverable(NOW).map(({ page: { summary } }) => summary);
  beforeEach(() => {
    tray = new Tray(() => `post-${++made}`, []);
    tray.put(INCIDENT, 'hook', makePage({ summary: 'orders is gone' }), NOW);
  });

  it('keeps a letter back until it has been written down', async () => {
    const written = Promise.withResolvers<void>();
    const held = tray.hold(written.promise);
    assert.deepEqual(leaving(), []);
    written.resolve();
    await held;
    assert.deepEqual(leaving(), ['orders is gone']);
  });

  it('keeps back what is worded anew meanwhile until its new words have been written down', async () => {
    const [first, second] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const before = tray.hold(first.promise);
    tray.put(INCIDENT, 'hook', makePage({ summary: 'orders is an impostor' }), NOW);
    const after = tray.hold(second.promise);
    first.resolve();
    await before;
    assert.deepEqual(leaving(), []);
    second.resolve();
    await after;
    assert.deepEqual(leaving(), ['orders is an impostor']);
  });

  it('keeps back nothing for a write under way that began after it had been written down', async () => {
    await tray.hold(Promise.resolve());
    void tray.hold(Promise.withResolvers<void>().promise);
    assert.deepEqual(leaving(), ['orders is gone']);
  });
});
