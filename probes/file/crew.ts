import type { AuditReport, ProbeContext } from '../../src/probe.ts';
import { Child } from './child.ts';
import type { DiscoveryAnswer, DiscoveryJob } from './discovery-job.ts';
import type { Answer, AuditJob, Job } from './job.ts';

/** What became of one job. */
export type Done<A = Answer> =
  | { readonly is: 'answered'; readonly answer: A }
  | { readonly is: 'hung'; readonly say: string }
  | { readonly is: 'broken'; readonly say: string }
  /** The look was broken off; nobody waits for the answer any more. */
  | { readonly is: 'aborted' };

const LATE: unique symbol = Symbol('late');
// Starting node takes a tenth of a second, on a machine under load a few.
const START_MS = 10_000;
// A killed process that the kernel lets go of is gone within this time.
const GRACE_MS = 100;

/** The child processes of one connection: bounds each job's time, replaces a child that hangs, and never waits for one in the kernel's hands. */
export class Crew {
  readonly #clock: ProbeContext['clock'];
  readonly #timeout: number;
  readonly #all = new Set<Child>();
  /** The one child kept between looks. */
  #idle: Child | undefined;
  /** Children that were killed and are not gone yet, by the job that they hang in. */
  readonly #stuck = new Map<string, Child>();
  #closed = false;

  constructor(clock: ProbeContext['clock'], timeout: number) {
    this.#clock = clock;
    this.#timeout = timeout;
  }

  /** Takes the kept child, or starts one; `fresh` always starts one. */
  take(fresh: boolean): Child {
    const kept = this.#idle;
    if (!fresh && kept?.usable) {
      this.#idle = undefined;
      return kept;
    }
    const child = new Child();
    this.#all.add(child);
    void child.ended.then(() => this.#all.delete(child));
    return child;
  }

  /** Takes a child back: the first is kept for the next look, others end. */
  give(child: Child): void {
    if (this.#closed || this.#idle?.usable || !child.usable) child.kill();
    else this.#idle = child;
  }

  /** Does one job in `child`; where it neither answers nor ends in time, the child is killed and must not be used again. */
  run(child: Child, job: Job, signal: AbortSignal): Promise<Done> {
    return this.#run(child, job.id, async () => child.ask(job), signal);
  }

  /** The same for an audit. */
  audit(child: Child, job: AuditJob, signal: AbortSignal): Promise<Done<readonly AuditReport[]>> {
    return this.#run(child, job.id, async () => child.ask(job), signal);
  }

  /** The same for a folder or a mount of a discovery. */
  explore(child: Child, job: DiscoveryJob, signal: AbortSignal): Promise<Done<DiscoveryAnswer>> {
    return this.#run(child, job.id, async () => child.ask(job), signal);
  }

  async #run<A>(child: Child, id: string, ask: () => Promise<A | undefined>, signal: AbortSignal): Promise<Done<A>> {
    // A process in an uninterruptible call outlives its kill. One per resource is enough.
    if (this.#stuck.get(id)?.running) return { is: 'hung', say: 'an earlier look at it still hangs in the kernel' };
    this.#stuck.delete(id);
    const ready = await this.#bounded(child.ready, START_MS, signal);
    if (ready !== true) {
      child.kill();
      return signal.aborted ? { is: 'aborted' } : { is: 'broken', say: 'the process that looks at files did not start' };
    }
    const answer = await this.#bounded(ask(), this.#timeout, signal);
    if (answer === LATE) {
      child.kill();
      if (!signal.aborted) await this.#bounded(child.ended, GRACE_MS, signal);
      if (child.running) this.#stuck.set(id, child);
      return signal.aborted ? { is: 'aborted' } : { is: 'hung', say: `no answer within ${this.#timeout} ms` };
    }
    return answer ? { is: 'answered', answer } : { is: 'broken', say: 'the process that looks at files ended in the middle' };
  }

  /** Ends every child; waits for those that the kernel lets go of at once. */
  async close(): Promise<void> {
    this.#closed = true;
    const ends = [...this.#all].map((child) => {
      child.kill();
      return child.ended;
    });
    await this.#bounded(Promise.all(ends), 1000, new AbortController().signal);
  }

  async #bounded<T>(work: Promise<T>, ms: number, signal: AbortSignal): Promise<T | typeof LATE> {
    const done = new AbortController();
    const late = this.#clock.sleep(ms, AbortSignal.any([signal, done.signal])).then(
      (): typeof LATE => LATE,
      (): typeof LATE => LATE,
    );
    try {
      return await Promise.race([work, late]);
    } finally {
      done.abort();
    }
  }
}
