import assert from 'node:assert/strict';
import { Pulse } from '../../src/loop/pulse.ts';
import { settle } from '../support/fake-clock.ts';
import { after } from '../support/roll.ts';
import { SILENT } from '../support/watching.ts';

const MINUTE = 60_000;

function make() {
  const beats: string[] = [];
  const hearing = { heard: true };
  const to = {
    beat: (ok: boolean, note: string) => {
      beats.push(ok ? 'well' : note);
      return Promise.resolve(hearing.heard);
    },
  };
  return { beats, hearing, pulse: new Pulse({ heartbeat: { to, every: 30_000 }, log: SILENT }) };
}

describe('the heartbeat', () => {
  it('says that all is well only after a round since the last beat', async () => {
    const { beats, pulse } = make();
    pulse.roundEnded(after(0));
    pulse.tick(after(1), [], 0);
    await settle();
    pulse.tick(after(30_001), [], 0);
    await settle();
    pulse.roundEnded(after(30_002));
    pulse.tick(after(60_001), [], 0);
    assert.deepEqual(beats, ['well', 'no round has ended since the last beat', 'well']);
  });

  it('says what is wrong: overdue sweeps, failing pagers, pages without a receipt', async () => {
    const { beats, pulse } = make();
    pulse.roundEnded(after(0));
    pulse.tick(after(1), ['sweep overdue: pg'], 2);
    assert.deepEqual(beats, ['sweep overdue: pg; 2 messages wait for a receipt']);
  });

  it('knows that nobody hears it only where that lasts, and forgets it with the first beat that is heard', async () => {
    const { hearing, pulse } = make();
    const beatFor = async (from: number, ms: number): Promise<void> => {
      for (let at = from; at <= from + ms; at += 30_000) {
        pulse.tick(after(at), [], 0);
        await settle(1);
      }
    };
    hearing.heard = false;
    await beatFor(0, 4 * MINUTE);
    assert.equal(pulse.unheardSince(after(4 * MINUTE)), undefined, 'not yet');
    await beatFor(4.5 * MINUTE, MINUTE);
    assert.deepEqual(pulse.unheardSince(after(5.5 * MINUTE)), after(0));
    hearing.heard = true;
    await beatFor(6 * MINUTE, 0);
    assert.equal(pulse.unheardSince(after(6 * MINUTE)), undefined);
    hearing.heard = false;
    await beatFor(6.5 * MINUTE, MINUTE);
    assert.equal(pulse.unheardSince(after(7.5 * MINUTE)), undefined, 'counted anew');
  });

  it('beats once an interval', async () => {
    const { beats, pulse } = make();
    for (let second = 0; second < 60; second++) {
      pulse.roundEnded(after(second * 1000));
      pulse.tick(after(second * 1000), [], 0);
      await settle(1);
    }
    assert.equal(beats.length, 2);
  });
});
