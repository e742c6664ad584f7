import { fork, type ChildProcess } from 'node:child_process';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { DiscoveryAnswer, DiscoveryJob } from './discovery-job.ts';
import type { Answer, AuditJob, Job } from './job.ts';
import type { AuditReport } from '../../src/probe.ts';

/** One child process that looks at files. It does one job at a time; whoever gives it one bounds the time and kills it. */
export class Child {
  readonly #process: ChildProcess;
  readonly #ready: Promise<boolean>;
  readonly #ended: Promise<void>;
  #running = true;
  #killed = false;

  constructor() {
    // The worker stands beside this file, as .ts in the repository and as .js in the package.
    const worker = fileURLToPath(new URL(`./worker${extname(import.meta.url)}`, import.meta.url));
    // No environment, no inherited flags, no pipes: nothing of the daemon reaches it but the jobs.
    this.#process = fork(worker, [], {
      env: {},
      execArgv: [],
      cwd: '/',
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      serialization: 'json',
    });
    this.#ended = new Promise((resolve) => {
      const end = (): void => {
        this.#running = false;
        resolve();
      };
      this.#process.once('exit', end);
      this.#process.on('error', () => {
        if (this.#process.pid === undefined) end();
      });
    });
    this.#ready = Promise.race([this.#next().then((message) => message === 'ready'), this.#ended.then(() => false)]);
  }

  /** True once it can be given a job; false where it could not be started. */
  get ready(): Promise<boolean> {
    return this.#ready;
  }

  /** True until the process is gone, killed or not. */
  get running(): boolean {
    return this.#running;
  }

  /** True while it may be given a job. */
  get usable(): boolean {
    return this.#running && !this.#killed;
  }

  /** Resolves once the process is gone: after a kill that is when the kernel lets go of it, which a dead mount can delay for ever. */
  get ended(): Promise<void> {
    return this.#ended;
  }

  /** The answer to one job, or undefined where the child ended without one. */
  ask(job: Job): Promise<Answer | undefined>;
  ask(job: AuditJob): Promise<readonly AuditReport[] | undefined>;
  ask(job: DiscoveryJob): Promise<DiscoveryAnswer | undefined>;
  async ask(job: Job | AuditJob | DiscoveryJob): Promise<unknown> {
    const answer = this.#next();
    if (!this.#process.connected) return undefined;
    this.#process.send(job);
    return Promise.race([answer, this.#ended]);
  }

  kill(): void {
    this.#killed = true;
    this.#process.kill('SIGKILL');
    if (this.#process.connected) this.#process.disconnect();
    // A process that the kernel does not let go of must not keep the daemon from ending.
    this.#process.unref();
  }

  #next(): Promise<unknown> {
    return new Promise((resolve) => {
      this.#process.once('message', resolve);
    });
  }
}
