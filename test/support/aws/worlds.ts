import { ebsVolume } from './kinds/ebs-volume.ts';
import { rdsInstance } from './kinds/rds-instance.ts';
import type { KindWorlds } from './world.ts';

/** Where each kind is put to the test, by its name. */
export const worlds: ReadonlyMap<string, KindWorlds> = new Map([
  ['aws.ebs.volume', ebsVolume],
  ['aws.rds.instance', rdsInstance],
]);
