import type { Row } from './row.ts';
import type { Scenario } from './scenario.ts';
import { buildPackage } from './daemon.ts';
import { awsEvents } from './scenarios/aws-events.ts';
import { aws } from './scenarios/aws.ts';
import { check } from './scenarios/check.ts';
import { day } from './scenarios/day.ts';
import { dropToPage } from './scenarios/drop-to-page.ts';
import { fleet } from './scenarios/fleet.ts';
import { ledger } from './scenarios/ledger.ts';
import { load } from './scenarios/load.ts';
import { mass } from './scenarios/mass.ts';
import { viewers } from './scenarios/viewers.ts';
import { World, type Options } from './world.ts';

export const SCENARIOS: readonly Scenario[] = [aws, awsEvents, check, day, dropToPage, fleet, ledger, load, mass, viewers];

export interface Wanted {
  /** All where none is named. */
  readonly names: readonly string[];
  /** Numbers of databases, instead of a scenario's own where it has several. */
  readonly sizes: readonly number[];
}

/**
 * Measures on one server under one run id, the fewest databases first, because they are made as they are needed.
 * @throws Error with every name that is no scenario's.
 */
export async function bench(run: string, wanted: Wanted, options: Options, say: (text: string) => void): Promise<Row[]> {
  const unknown = wanted.names.filter((name) => !SCENARIOS.some((scenario) => scenario.name === name));
  if (unknown.length > 0)
    throw new Error(`no such scenario: ${unknown.join(', ')}; there are ${SCENARIOS.map(({ name }) => name).join(', ')}`);
  const jobs = SCENARIOS.filter(({ name }) => wanted.names.length === 0 || wanted.names.includes(name))
    .flatMap((scenario) => sizesOf(scenario, wanted).map((size) => ({ scenario, size })))
    .sort((a, b) => a.size - b.size);
  buildPackage();
  await using world = await World.start(run, options);
  const rows: Row[] = [];
  for (const { scenario, size } of jobs) {
    say(size === 0 ? scenario.name : `${scenario.name}, ${size} databases`);
    rows.push(...(await scenario.measure(world, size)));
  }
  return rows;
}

function sizesOf({ sizes }: Scenario, wanted: Wanted): readonly number[] {
  return sizes.length > 1 && wanted.sizes.length > 0 ? wanted.sizes : sizes;
}
