import type { DiscoveryAnswer, DiscoveryJob } from './discovery-job.ts';
import { exploreFolder } from './explore-folder.ts';
import { exploreMount, listMounts } from './explore-mounts.ts';
import type { System } from './system.ts';

/** Does one job of a discovery and never throws. `mounts` with an empty path lists them, with a path looks at one. */
export function exploreOnce(job: DiscoveryJob, system: System): DiscoveryAnswer {
  if (job.explore === 'folder') return exploreFolder(job, system);
  if (job.path !== '') return exploreMount(job, system);
  try {
    return listMounts(system);
  } catch {
    const say = 'there is no mount table: volumes are looked at on Linux only';
    return { said: [{ kind: 'unexplored', on: 'the mounts', reason: 'unreachable', say, hides: true }], folders: [] };
  }
}
