import assert from 'node:assert/strict';
import { Pulse } from '../../src/loop/pulse.ts';
import { settle } from '../support/fake-clock.ts';
import { after } from '../support/roll.ts';
import { SILENT } from '../support/watching.ts';

function make() {
  const beats: string[] = [];
  const to = {
    beat: (ok: boolean, note: string) => {
      beats.push(ok ? 'well' : note);
      return Promise.resolve(true);
    },
  };
  return { beats, pulse: new Pulse({ heartbeat: { to, every: 30_000 }, log: SILENT }) };
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
