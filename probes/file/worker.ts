/**
 * The child process in which files are looked at, one job at a time and with blocking calls: a dead mount holds this process
 * and nothing else. It gets an empty environment and no secret, and ends with its parent.
 */
import { auditOnce } from './audit.ts';
import type { DiscoveryJob } from './discovery-job.ts';
import { exploreOnce } from './explore.ts';
import type { AuditJob, Job } from './job.ts';
import { lookOnce } from './look.ts';
import { LINUX } from './system.ts';

// Ctrl-C in a terminal reaches the whole group; the parent decides when its children end.
process.on('SIGINT', () => undefined);
process.on('disconnect', () => process.exit());
process.on('message', (job: Job | AuditJob | DiscoveryJob) => {
  if ('explore' in job) process.send?.(exploreOnce(job, LINUX));
  else process.send?.('agents' in job ? auditOnce(job, LINUX, process.geteuid?.()) : lookOnce(job, LINUX));
});
process.send?.('ready');
