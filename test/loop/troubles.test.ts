import assert from 'node:assert/strict';
import { Desk } from '../../src/loop/desk.ts';
import { Troubles } from '../../src/loop/troubles.ts';
import type { Instant } from '../../src/core/report.ts';
import { wordPage } from '../../src/core/page-words.ts';
import { after, START } from '../support/roll.ts';
import { makeIds, waiting } from '../support/watching.ts';

function make(saved?: string) {
  let episode = 0;
  const ids = makeIds();
  const desk: Desk = new Desk(
    {
      manifest: 'm',
      watchdog: 'w',
      repeat: () => 1000,
      pagersFor: (severity) => [severity === 'critical' ? 'oncall' : 'chat'],
      laterFor: () => undefined,
      newId: ids,
      word: (incident, event, reason, at) =>
        wordPage(incident, { watchdog: 'w', event, reason, at, print: (id) => troubles.print(id), head: null, statusUrl: undefined }),
    },
    [],
    [],
  );
  const troubles: Troubles = new Troubles(desk, () => ++episode, saved);
  return { desk, troubles };
}

describe("the watcher's own troubles", () => {
  it('are pages about @watchdog, each with a key of its own, by the route of their severity', () => {
    const { desk, troubles } = make();
    troubles.raise('store.failing', 'disk full', 'critical', START);
    troubles.raise('manifest.expires', 'in 3 days', 'warning', START);
    desk.write(START);
    assert.deepEqual(waiting(desk.tray.undelivered()), ['trigger first to oncall', 'trigger first to chat']);
    const pages = desk.tray.undelivered().map(({ page }) => page);
    assert.deepEqual(
      pages.map((page) => page.dedup_key),
      ['rollcall/m/w/@watchdog/degraded/1', 'rollcall/m/w/@watchdog/degraded/2'],
    );
    assert.deepEqual(
      pages.map(({ resources }) => resources[0]?.breaches[0]?.path),
      ['store.failing', 'manifest.expires'],
    );
    assert.equal(pages[0]?.summary, 'the watchdog itself: disk full');
  });

  it('page once while they last, and again after they were mended', () => {
    const { desk, troubles } = make();
    for (let tick = 0; tick < 5; tick++) troubles.raise('store.failing', 'disk full', 'critical', after(tick));
    assert.equal(desk.open().length, 1);
    troubles.clear('store.failing', after(10));
    troubles.raise('store.failing', 'disk full', 'critical', after(20));
    assert.deepEqual(
      desk.open().map(({ phase }) => phase),
      ['resolving', 'paging'],
    );
  });

  it('end by themselves where they are announcements', () => {
    const { desk, troubles } = make();
    troubles.raise('config.changed', 'routes', 'warning', START, 1000);
    troubles.tick(after(999));
    assert.equal(desk.open()[0]?.phase, 'paging');
    troubles.tick(after(1000));
    assert.equal(desk.open()[0]?.phase, 'resolving');
  });

  it('of which each is told for itself where something happens: the next neither takes its place nor hides behind it', () => {
    const { desk, troubles } = make();
    troubles.announce('manifest.changed', 'a left the roll', 'critical', START, 1000);
    desk.write(START);
    troubles.announce('manifest.changed', 'b left the roll', 'critical', after(10), 1000);
    desk.write(after(10));
    const pages = desk.tray.undelivered().map(({ page }) => page);
    assert.deepEqual(
      pages.map(({ summary, dedup_key, event }) => [event, summary, dedup_key]),
      [
        ['trigger', 'the watchdog itself: a left the roll', 'rollcall/m/w/@watchdog/degraded/1'],
        ['trigger', 'the watchdog itself: b left the roll', 'rollcall/m/w/@watchdog/degraded/2'],
      ],
    );
    troubles.tick(after(1000));
    assert.deepEqual(
      desk.open().map(({ phase }) => phase),
      ['resolving', 'paging'],
    );
    assert.match(make(troubles.save()).troubles.print('@watchdog/manifest.changed/1')?.summary ?? '', /a left/);
    desk.write(after(1000));
    for (const post of desk.tray.undelivered().filter(({ key }) => key.endsWith('/1'))) desk.delivered(post, null, after(1000));
    desk.drain();
    troubles.tick(after(2000));
    assert.equal(troubles.print('@watchdog/manifest.changed/1'), undefined);
    assert.notEqual(troubles.print('@watchdog/manifest.changed/2'), undefined);
  });

  it('that have changed are news, but a page of their own where somebody has acknowledged what they were, and they are critical', () => {
    const { desk, troubles } = make();
    const tell = (what: string, at: Instant): string[] => {
      troubles.raise('pager.refused', what, 'critical', at);
      troubles.raise('manifest.expires', what, 'warning', at);
      return desk.open().map(({ key, ackedUntil }) => `${key.slice(-1)}${ackedUntil === null ? '' : ' acknowledged'}`);
    };
    assert.deepEqual(tell('one', START), ['1', '2']);
    assert.deepEqual(tell('two', after(10)), ['1', '2']);
    for (const { id } of desk.open()) desk.acknowledge(id, after(1000).steady);
    assert.deepEqual(tell('two', after(20)), ['1 acknowledged', '2 acknowledged']);
    assert.deepEqual(tell('three', after(30)), ['1 acknowledged', '2 acknowledged', '3']);
    assert.deepEqual(desk.incidentOf('@watchdog/pager.refused', false)?.key.slice(-1), '3');
  });

  it('are known by name after a restart', () => {
    const { troubles } = make();
    troubles.raise('store.failing', 'disk full', 'critical', START);
    assert.equal(make(troubles.save()).troubles.print('@watchdog/store.failing')?.summary, 'disk full');
  });
});
