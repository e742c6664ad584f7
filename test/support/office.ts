import type { Incident, Later } from '../../src/core/incident.ts';
import type { PageEvent, PageReason } from '../../src/core/page.ts';
import { wordPage } from '../../src/core/page-words.ts';
import type { Instant } from '../../src/core/report.ts';
import { Desk } from '../../src/loop/desk.ts';
import { Outbox } from '../../src/loop/outbox.ts';
import type { Raising } from '../../src/loop/raising.ts';
import type { Pager, Post } from '../../src/ports.ts';
import { FakeClock } from './fake-clock.ts';
import { createFakeRandom } from './fake-random.ts';
import { makePrintedResource } from './page.ts';
import { makeIds, RecordingPager, SILENT } from './watching.ts';

export interface RouteGiven {
  readonly pagers: readonly string[];
  readonly later?: Later;
}

const BOTH: RouteGiven = { pagers: ['oncall', 'chat'] };

/** A desk, its outbox and two pagers, on a clock that stands still. */
export class Office {
  readonly clock = new FakeClock();
  readonly oncall = new RecordingPager('oncall');
  readonly chat = new RecordingPager('chat');
  readonly desk: Desk;
  readonly outbox: Outbox;

  constructor(
    incidents: readonly Incident[] = [],
    posts: readonly Post[] = [],
    pagers: readonly Pager[] = [],
    route: RouteGiven = BOTH,
    paces?: string,
  ) {
    const both = new Map([this.oncall, this.chat, ...pagers].map((pager) => [pager.name, pager]));
    const ids = makeIds();
    const options = {
      manifest: 'm',
      watchdog: 'w',
      repeat: () => 900_000,
      pagersFor: () => route.pagers,
      laterFor: () => route.later,
      newId: ids,
      word: (incident: Incident, event: PageEvent, reason: PageReason, at: Instant) =>
        wordPage(incident, {
          watchdog: 'w',
          event,
          reason,
          at,
          print: (id) => makePrintedResource({ id }),
          head: null,
          statusUrl: undefined,
        }),
    };
    this.desk = new Desk(options, incidents, posts);
    this.outbox = new Outbox(
      this.desk,
      both,
      { clock: this.clock, random: createFakeRandom(), log: SILENT },
      async () => this.write(),
      paces,
    );
  }

  raise(resource = 'orders-db', more: Partial<Raising> = {}): void {
    this.desk.raise({ resource, connection: 'pg', class: 'lost', severity: 'critical', episode: 1, at: this.clock.now(), ...more });
  }

  leave(resource = 'orders-db'): void {
    this.desk.leave(resource, false, 'resolved', this.clock.now());
  }

  write(): void {
    this.desk.write(this.clock.now());
  }

  /** The daemon's turn: words, and starts what is due. */
  async turn(ms = 0): Promise<void> {
    for (let left = ms; ; left -= 500) {
      this.desk.tick(this.clock.now());
      this.write();
      this.outbox.pump();
      await this.clock.advance(Math.min(500, Math.max(0, left)));
      if (left <= 0) return;
    }
  }
}
