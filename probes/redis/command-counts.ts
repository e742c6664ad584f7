import { fieldsOf, wholeIn } from './info.ts';

/** How often commands that destroy or disarm were run since the server started or its counters were reset. */
export interface CommandCounts {
  readonly flushall: number;
  /** FLUSHDB and SWAPDB. */
  readonly flushdb: number;
  readonly configSets: number;
  /** Those that were refused before they ran. */
  readonly attempts: number;
  /** Which were, with how often each, the first few. */
  readonly refused: readonly string[];
  /** Since when they count is not the start of the server: CONFIG RESETSTAT counts itself once it has reset everything. */
  readonly reset: boolean;
}

/** Refused, each of these was an attempt to destroy what is there, or to take away what protects it. */
const FEARED = [
  'flushall',
  'flushdb',
  'swapdb',
  'shutdown',
  'debug',
  'config|set',
  'config|rewrite',
  'config|resetstat',
  'replicaof',
  'slaveof',
  'failover',
  'cluster|reset',
  'cluster|flushslots',
  'acl|setuser',
  'acl|deluser',
  'acl|load',
  'module|load',
  'module|loadex',
];
const NAMED = 5;

export function commandCounts(stats: ReadonlyMap<string, string>): CommandCounts {
  const of = (command: string): ReadonlyMap<string, string> => fieldsOf(stats.get(`cmdstat_${command}`) ?? '');
  const number = (command: string, field: string): number => {
    const value = wholeIn(of(command).get(field) ?? '0');
    return value >= 0 ? value : Number.NaN;
  };
  // What failed (a wrong word after it) was called, and did nothing.
  const done = (command: string): number => number(command, 'calls') - number(command, 'failed_calls');
  const refused = FEARED.map((command) => ({ command, times: number(command, 'rejected_calls') })).filter(({ times }) => times !== 0);
  return {
    flushall: done('flushall'),
    flushdb: done('flushdb') + done('swapdb'),
    configSets: done('config|set'),
    attempts: refused.reduce((sum, { times }) => sum + times, 0),
    refused: refused.slice(0, NAMED).map(({ command, times }) => `${command.replace('|', ' ').toUpperCase()} ${times} times`),
    reset: number('config|resetstat', 'calls') > 0,
  };
}
