import { lookAtBackups } from './backups.ts';
import type { Answer, Job } from './job.ts';
import { Reporter } from './reporter.ts';
import type { System } from './system.ts';
import { lookAtVolume } from './volume.ts';

/** Does one job and never throws: what nobody foresaw is blindness, not a dead child. */
export function lookOnce(job: Job, system: System): Answer {
  try {
    return job.target.is === 'volume' ? lookAtVolume(job, job.target, system) : lookAtBackups(job, job.target, system);
  } catch (error) {
    const reporter = new Reporter(job);
    return { reports: reporter.refused(job.facets, `look at ${job.id}`, error), ...(job.known ? { mount: job.known } : {}) };
  }
}
