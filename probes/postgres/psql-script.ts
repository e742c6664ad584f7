import type { GrantStatement } from '../../src/probe.ts';
import { clean } from '../../src/values/text.ts';
import { psqlConnect } from './sql-text.ts';

/** Statements as psql runs them: one visit to each database, in the order in which they are first named. `head`: comments. */
export function psqlScript(head: readonly string[], statements: readonly GrantStatement[]): string {
  const lines = [...head];
  for (const [at, some] of Map.groupBy(statements, (one) => one.at)) {
    lines.push('', psqlConnect(at), 'SET standard_conforming_strings = on;', 'SET search_path = pg_catalog;');
    for (const { run, why } of some) lines.push(`-- ${clean(why, 600)}`, run.endsWith(';') ? run : `${run};`);
  }
  return `${lines.join('\n')}\n`;
}
