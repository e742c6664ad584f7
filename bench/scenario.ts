import type { Row } from './row.ts';
import type { World } from './world.ts';

export interface Scenario {
  readonly name: string;
  /** Numbers of databases it is measured with; 0 where their number says nothing. */
  readonly sizes: readonly number[];
  measure(world: World, size: number): Promise<readonly Row[]>;
}
