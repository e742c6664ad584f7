import type { LedgerEntry } from '../../src/core/chain.ts';
import type { Measured } from '../../src/core/measured.ts';
import type { Entry, PageSources } from '../../src/web/page/sources.ts';

/** When the incident of `makeIncident` was opened. */
export const STARTED = Date.parse('2026-11-22T10:00:00.500Z');
const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

export function entry(seq: number, at: LedgerEntry['at'], kind: LedgerEntry['kind'], body: LedgerEntry['body'], about = 'any'): Entry {
  return { seq, at, kind, about, body };
}

/** A count that fell below its bound, and a size of which nothing is kept yet. */
export const MEASURED: readonly Measured[] = [
  {
    measure: 'tables.public.orders.rows',
    of: 'public.orders, rows',
    unit: 'rows',
    points: Array.from({ length: 40 }, (_, n) => [Math.floor(STARTED / MINUTE_MS) - 3000 + n * 60, 101_000 + n * 1000] as const),
    now: 99_000,
    atLeast: 100_000,
    atMost: null,
  },
  { measure: 'size_now', of: 'size now', unit: 'bytes', points: [], now: 5_000_000, atLeast: null, atMost: null },
  { measure: 'newest_age', of: 'the newest backup', unit: 'ms', points: [[29_000_000, 5]], now: null, atLeast: null, atMost: 93_600_000 },
];

/** What a daemon would tell of resources beyond their status, every text of it being `text`. Each was gone for an hour, has one copy, and may go with it. */
export function makeSources(ids: readonly string[], text = 'orders-dumps'): Partial<PageSources> {
  const at = (ms: number) => ({ wall: STARTED + ms, steady: 10_000 + ms });
  const story = [
    entry(1, at(0), 'verdict', { verdict: 'absent', summary: text }),
    entry(2, at(HOUR_MS), 'verdict', { verdict: 'present', summary: text }),
    entry(3, at(HOUR_MS), 'receipt', { pager: text, event: 'trigger', reason: text, sent: text }),
    entry(4, at(HOUR_MS), 'acknowledged', { by: text, through: text, for_ms: 5 }),
    entry(5, at(HOUR_MS), 'page', { pager: text, event: text, reason: text, failed: text }),
  ];
  return {
    story: async () => story,
    measured: async () => MEASURED.map((one, n) => (n === 0 ? one : { ...one, of: text })),
    history: async () => [],
    survey: () => ({
      at: new Date(STARTED).toISOString(),
      copies: [
        ...ids.map((id) => ({
          id,
          copies: [text],
          rules: [
            { rule: 'three-copies', status: 'not-met', say: text },
            { rule: 'two-media', status: 'met', say: text },
          ] as const,
        })),
        { id: 'bare-db', copies: [], rules: [{ rule: 'three-copies', status: 'not-met', say: 'nothing' }] as const },
      ],
      radius: ids.map((id) => ({
        id,
        copy: text,
        severity: 'critical',
        ties: [{ kind: 'host', name: 'db1', by: 'looked', fix: ['keep a copy on another host'] }],
      })),
    }),
  };
}
