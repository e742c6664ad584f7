import assert from 'node:assert/strict';
import type { Witness } from '../../src/ports.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { blindTo, makeResource } from '../support/roll.ts';
import { FlakyStore, makePlan, RecordingPager, ScriptedLink, startWatch, type Answer } from '../support/watching.ts';

const MINUTE = 60_000;

describe('everything on one connection at once, in the loop', function () {
  this.timeout(120_000);

  /** Three resources that are worth a warning each; `strike` is what befalls them, `words` what was paged within three minutes. */
  async function paged(strike: (link: ScriptedLink) => void, witness?: boolean): Promise<{ severity: string; summary: string }[]> {
    const clock = new FakeClock();
    const [link, pager] = [new ScriptedLink(), new RecordingPager('oncall')];
    const asked: Witness = { address: 'witness:443', answers: async () => witness === true };
    const resources = ['a', 'b', 'c'].map((id) => makeResource({ id, severity: 'warning' }));
    const plan = makePlan(resources, { link, pagers: [pager] });
    const watch = await startWatch(plan, clock, new FlakyStore(), undefined, witness === undefined ? undefined : asked);
    await clock.advance(5000);
    strike(link);
    await clock.advance(3 * MINUTE);
    const said = pager.letters.map(({ page: { severity, summary } }) => ({ severity, summary }));
    const stopped = { yet: false };
    const stopping = watch.stop().finally(() => (stopped.yet = true));
    for (let turn = 0; !stopped.yet && turn < 200; turn++) await clock.advance(100);
    await stopping;
    return said;
  }
  const all = (answer: Answer) => (link: ScriptedLink) => void (link.answer = answer);

  it('gone: one page of the gravest severity that says so, whatever each of them weighs', async () => {
    const [first, ...more] = await paged(all('gone'));
    assert.equal(first?.severity, 'critical');
    assert.match(first.summary, /^EVERYTHING on pg is gone \(all 3 resources: a, b, c\): database a does not exist/);
    assert.deepEqual(more, []);
  });

  it('all but one gone: they weigh what they weigh', async () => {
    const [first] = await paged((link) => ['a', 'b'].forEach((id) => link.answers.set(id, 'gone')));
    assert.equal(first?.severity, 'warning');
    assert.match(first.summary, /^2 resources are gone: a, b/);
  });

  it('denied: said so once the time for blindness is over, as gravely, and no witness changes that', async () => {
    for (const witness of [undefined, false, true]) {
      const [first, ...more] = await paged(all('denied'), witness);
      assert.equal(first?.severity, 'critical');
      assert.match(first.summary, /^EVERYTHING on pg is denied to the watcher \(all 3 resources: a, b, c\)/);
      assert.deepEqual(more, []);
    }
  });

  it('out of reach: as grave, unless the witness is dark too; then it is blindness, and says whose it may be', async () => {
    const reach = (witness?: boolean) =>
      paged((link) => {
        for (const id of ['a', 'b', 'c']) link.answers.set(id, [{ ...blindTo(['presence', 'identity'], 'unreachable'), id }]);
      }, witness);
    const [unknown] = await reach();
    assert.equal(unknown?.severity, 'critical');
    assert.match(unknown.summary, /^NOTHING on pg can be seen \(all 3 resources: a, b, c\)/);
    const [bright] = await reach(true);
    assert.equal(bright?.severity, 'critical');
    assert.match(bright.summary, /; the witness witness:443 answers, so it is not the watcher's own network$/);
    const [dark] = await reach(false);
    assert.equal(dark?.severity, 'warning');
    assert.match(
      dark.summary,
      /^NOTHING on pg can be seen .*; the witness witness:443 is dark too: this may be the watcher's own network$/,
    );
  });
});
