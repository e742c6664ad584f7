import type { Probe } from '../src/probe.ts';
import { aws } from './aws/index.ts';
import { file } from './file/index.ts';
import { mysql } from './mysql/index.ts';
import { peer } from './peer/index.ts';
import { postgres } from './postgres/index.ts';
import { redis } from './redis/index.ts';

/** Every probe there is, by the name that `probe:` of a connection says. */
export const probes: ReadonlyMap<string, Probe> = new Map([aws, file, mysql, peer, postgres, redis].map((probe) => [probe.name, probe]));
