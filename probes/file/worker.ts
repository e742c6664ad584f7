/**
 * The child process in which files are looked at, one job at a time and with blocking calls: a dead mount holds this process
 * and nothing else. It gets an empty environment and no secret, and ends with its parent.
 */
import type { Job } from './job.ts';
import { lookOnce } from './look.ts';
import { LINUX } from './system.ts';

// Ctrl-C in a terminal reaches the whole group; the parent decides when its children end.
process.on('SIGINT', () => undefined);
process.on('disconnect', () => process.exit());
process.on('message', (job) => {
  process.send?.(lookOnce(job as Job, LINUX));
});
process.send?.('ready');
