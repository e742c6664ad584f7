import type { Row } from '../row.ts';
import { blindnessRows } from './blindness.ts';
import { clusterRows } from './clusters.ts';
import { contentRows } from './contents.ts';
import { databaseRows } from './databases.ts';
import { precursorRows } from './precursors.ts';
import { restartRows } from './restarts.ts';
import { toolRows } from './tools.ts';
import { upkeepRows } from './upkeep.ts';

/** The truth table: what is harm first, then what only looks like it. */
export const ROWS: readonly Row[] = [
  ...databaseRows,
  ...contentRows,
  ...clusterRows,
  ...precursorRows,
  ...blindnessRows,
  ...upkeepRows,
  ...toolRows,
  ...restartRows,
];
