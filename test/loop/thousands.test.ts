import assert from 'node:assert/strict';
import { toPagerDutyEvent } from '../../src/adapters/pagerduty-event.ts';
import { slackMessage } from '../../src/adapters/slack-message.ts';
import { createWeb } from '../../src/web/server.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { makeResource } from '../support/roll.ts';
import { FlakyStore, makePlan, RecordingPager, ScriptedLink, startWatch } from '../support/watching.ts';

describe('five thousand resources lost within one sweep', function () {
  this.timeout(120_000);

  it('are at most three pages a pager, whose link names every one of them', async () => {
    const [clock, link] = [new FakeClock(), new ScriptedLink()];
    const pagers = [new RecordingPager('oncall'), new RecordingPager('chat')];
    const ids = Array.from({ length: 5000 }, (_, n) => `db-${n}`);
    const plan = makePlan(
      ids.map((id) => makeResource({ id })),
      { link, pagers },
    );
    const watch = await startWatch({ ...plan, statusUrl: 'http://127.0.0.1:7878' }, clock, new FlakyStore());
    await clock.advance(1000);
    link.answer = 'gone';
    await clock.advance(60_000);
    for (const { letters } of pagers) {
      assert.ok(letters.length >= 1 && letters.length <= 3, `${letters.length} pages`);
      const page = letters.at(-1)?.page;
      assert.ok(page);
      assert.equal(page.total, 5000);
      const web = createWeb({ host: '127.0.0.1', token: undefined, status: () => watch.status(), version: '0' });
      const answer = await web.request(page.links.status ?? '/nowhere', { headers: { accept: 'application/json' } });
      const { members } = (await answer.json()) as { members: Record<string, unknown> };
      assert.deepEqual(Object.keys(members).toSorted(), ids.toSorted());
      for (const told of [toPagerDutyEvent(page, 'k'.repeat(32)), slackMessage(page)])
        assert.ok(JSON.stringify(told).includes(page.links.status ?? 'no link'));
      assert.match(JSON.stringify(slackMessage(page)), /and 4,?9\d\d more, listed at http/);
    }
    const stopping = watch.stop();
    await clock.advance(5000);
    await stopping;
  });
});
