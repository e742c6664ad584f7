import { array, assert as hold, constantFrom, integer, oneof, property, record, type Arbitrary } from 'fast-check';
import assert from 'node:assert/strict';
import type { Resource } from '../../src/core/expectation.ts';
import { glanceAt } from '../../src/core/glance.ts';
import { BLANK, type Memory } from '../../src/core/memory.ts';
import { remember } from '../../src/core/remember.ts';
import type { Depth, Facet, ResourceReport, Seen } from '../../src/core/report.ts';
import { NEW, step, type ResourceState, type StateEffect } from '../../src/core/state.ts';
import { judge } from '../../src/core/verdict.ts';
import { Roll } from '../../src/loop/roll.ts';
import { after, blindTo, makeCheck, makeResource, seen, START, unseen } from '../support/roll.ts';

const CHECKS = [
  makeCheck(),
  makeCheck({
    facet: 'precursor/activity',
    depth: 'sweep',
    path: 'activity',
    measure: 'deleted',
    rule: { is: 'jumps', least: 10, factor: 2 },
  }),
];
const FACETS: Record<Depth, readonly Facet[]> = { sweep: ['presence', 'identity', 'precursor/activity'], inspect: ['content/t'] };

interface Turn {
  readonly wait: number;
  readonly depth: Depth;
  readonly path: 'usual' | 'fresh';
  readonly reports: readonly ResourceReport[];
  /** As often as this the same is said again, a second apart. */
  readonly times: number;
  readonly next: 'nothing' | 'read' | 'resumed' | 'tick';
}

const about = (depth: Depth, deleted: number, rows: number, more: Partial<Seen> = {}): ResourceReport =>
  seen({
    looked: FACETS[depth],
    measures: {
      rows: { value: rows, unit: 'rows', how: 'exact' },
      deleted: { value: deleted, unit: 'rows', how: 'counter', epoch: '1' },
    },
    ...more,
  });
const said = (depth: Depth): Arbitrary<readonly ResourceReport[]> =>
  oneof(
    { weight: 6, arbitrary: constantFrom([about(depth, 5, 100)]) },
    { weight: 2, arbitrary: constantFrom([about(depth, 6, 100)], [about(depth, 500, 100)], [about(depth, 5, 3)], [about(depth, 5, 200)]) },
    {
      weight: 2,
      arbitrary: constantFrom(
        [unseen()],
        [],
        [null as never],
        [{ ...seen(), looked: null } as never],
        [{ ...seen(), measures: { rows: null } } as never],
        [blindTo(FACETS[depth], 'timeout')],
        [about(depth, 5, 100, { doom: { what: 'being dropped' } })],
        [about(depth, 5, 100, { pin: { server: 'A', oid: '2' } })],
        [about(depth, 5, 100, { looked: ['presence'] })],
        [about(depth, 5, 100), blindTo(['content/t'], 'denied')],
      ),
    },
  );
const turns = array(
  constantFrom<Depth>('sweep', 'sweep', 'inspect').chain((depth) =>
    record<Turn>({
      wait: integer({ min: 0, max: 100_000 }),
      depth: constantFrom(depth),
      path: constantFrom('usual', 'usual', 'fresh'),
      reports: said(depth),
      times: integer({ min: 1, max: 8 }),
      next: constantFrom('nothing', 'nothing', 'nothing', 'read', 'resumed', 'tick'),
    }),
  ),
  { maxLength: 30 },
);

/** Every look judged when it comes, as if no two were ever alike. */
class Plodder {
  state: ResourceState = NEW;
  memory: Memory = BLANK;
  readonly #resource: Resource;

  constructor(resource: Resource) {
    this.#resource = resource;
  }

  look({ depth, path, reports }: Turn, at: typeof START): readonly StateEffect[] {
    const advance = (heard: readonly ResourceReport[]): readonly StateEffect[] => {
      const judgments = judge(this.#resource, heard, this.memory, { depth, path });
      const { next, effects } = step(this.#resource, this.state, { type: 'looked', at, depth, path, judgments });
      this.memory = remember(this.#resource, this.memory, next, heard, judgments).memory;
      this.state = next;
      return effects;
    };
    try {
      return advance(reports);
    } catch {
      return advance([]);
    }
  }

  pass(type: 'tick' | 'resumed', at: typeof START): readonly StateEffect[] {
    const { next, effects } = step(this.#resource, this.state, { type, at });
    // The roll keeps what time did to the dark only where it came to something.
    if (type === 'resumed' || effects.length > 0) this.state = next;
    return effects;
  }
}

describe('looks that say the same again', function () {
  this.timeout(120_000);

  it('lead to exactly what judging each of them would have led to, whatever comes between', () => {
    let spared = 0;
    hold(
      property(turns, integer({ min: 1, max: 4 }), (given, confirm) => {
        const resource = makeResource({ checks: CHECKS, confirm });
        const [roll, plodder] = [new Roll([resource], new Map(), START), new Plodder(resource)];
        let at = START;
        for (const turn of given) {
          at = after(turn.wait, at);
          for (let n = 0; n < turn.times; n++) {
            at = after(1000, at);
            const now = at;
            // As a probe says it: new objects, and the time of this look.
            const reports = turn.reports.map((report) =>
              report?.kind === 'seen' ? { ...structuredClone(report), evidence: { ...report.evidence, at: now } } : report,
            );
            const outcomes = roll.look(resource.id, reports, turn, at, n);
            if (!outcomes) spared++;
            assert.deepEqual(outcomes?.effects ?? [], plodder.look({ ...turn, reports }, at));
            // What is told at a glance needs no judging, and says the same.
            assert.deepEqual(roll.glances(), [glanceAt(resource, plodder.state)]);
            assert.deepEqual(roll.healthyAt(resource.id), plodder.state.lastHealthy);
          }
          if (turn.next === 'read') assert.deepEqual(roll.record(resource.id), { state: plodder.state, memory: plodder.memory });
          if (turn.next === 'resumed') {
            roll.resumed(at);
            plodder.pass('resumed', at);
          }
          if (turn.next === 'tick') {
            const told = roll.tick(at).flatMap(({ effects }) => effects);
            assert.deepEqual(told, plodder.pass('tick', at));
          }
        }
        assert.deepEqual([...roll.records.values()], [{ state: plodder.state, memory: plodder.memory }]);
      }),
      { numRuns: 1000 },
    );
    assert.ok(spared > 1000, `only ${spared} looks were spared`);
  });
});
