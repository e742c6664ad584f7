import type { Check, Compiled, Parsed } from '../../src/probe.ts';
import type { WatcherEntry } from './schema.ts';

/** There is one watcher behind one address: nothing more need be said of it. */
export type WatcherTarget = Readonly<Record<string, never>>;

const ROUND_WITHIN_MS = 120_000;

/** What must hold of another watcher, as checks. Silence needs none: it is blindness, which pages by itself. */
export function compileWatcher({ identity = {}, expect = {} }: WatcherEntry): Parsed<Compiled<WatcherTarget>> {
  const { round_within: roundWithin = ROUND_WITHIN_MS, ledger_within: ledgerWithin, ready = false } = expect;
  const age = { depth: 'sweep', breach: 'stale', severity: 'critical', unit: 'ms' } as const;
  const checks: Check[] = [
    {
      ...age,
      facet: 'freshness/rounds',
      path: 'round_within',
      measure: 'round.age',
      rule: { is: 'at_most', bound: roundWithin },
      subject: 'its last complete round',
      noun: 'of age',
    },
    {
      facet: 'protection/ledger',
      depth: 'sweep',
      path: 'ledger',
      measure: 'ledger.entries',
      rule: { is: 'never_shrinks' },
      breach: 'exposed',
      severity: 'critical',
      subject: 'its ledger',
      noun: 'entries',
    },
    {
      facet: 'protection/ledger',
      depth: 'sweep',
      path: 'ledger.head',
      measure: 'ledger.rewritten',
      rule: { is: 'equals', value: 0 },
      breach: 'exposed',
      severity: 'critical',
      subject: 'its ledger',
      noun: '',
      sentence: 'the head of its ledger has another hash than before, at the same number of entries',
    },
  ];
  if (ledgerWithin !== undefined)
    checks.push({
      ...age,
      facet: 'freshness/ledger',
      path: 'ledger_within',
      measure: 'ledger.still',
      rule: { is: 'at_most', bound: ledgerWithin },
      subject: 'the head of its ledger',
      noun: 'without a new entry',
    });
  if (ready)
    checks.push({
      facet: 'protection/ready',
      depth: 'sweep',
      path: 'ready',
      measure: 'unready',
      rule: { is: 'equals', value: '' },
      breach: 'unproven',
      subject: 'the watcher',
      noun: '',
      sentence: 'the watcher does not call itself ready',
    });
  return { ok: true, value: { target: {}, identity: compact(identity), vantageKey: 'watchdog', checks } };
}

function compact(identity: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(Object.entries(identity).filter((entry): entry is [string, string] => entry[1] !== undefined));
}
