import type { Outcomes } from './foreseen.ts';
import type { Journal } from './journal.ts';
import type { Roll } from './roll.ts';

/** Writes down what a look led to: a pin, what is known now, and a verdict where more came of it than another look. */
export function recordOutcomes({ resource, effects, adopted, changed }: Outcomes, roll: Roll, journal: Journal): void {
  const record = roll.record(resource.id);
  if (adopted) journal.record('pinned', resource.id, { identity: record?.memory.pin });
  if (changed && record) journal.keep(resource.id, record);
  if (effects.every((effect) => effect.do === 'recheck')) return;
  const { verdict, summary, ids, last_seen_healthy, first_seen_bad } = roll.print(resource.id) ?? {};
  journal.record('verdict', resource.id, { verdict, summary, ids, last_seen_healthy, first_seen_bad });
}
