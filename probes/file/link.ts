import type {
  Agent,
  AuditReport,
  Blind,
  BlindReason,
  Discovery,
  DiscoveryDepth,
  Link,
  Look,
  ProbeContext,
  Report,
  Wanted,
} from '../../src/probe.ts';
import { clean } from '../../src/values/text.ts';
import { Crew } from './crew.ts';
import { discoverFiles } from './discover.ts';
import { facetsAt } from './facets.ts';
import type { FileTarget, Job, KnownMount } from './job.ts';
import { Mailbox } from './mailbox.ts';
import type { Connection } from './schema.ts';

/** Most child processes that one look starts. */
const LANES = 4;
/** A job that takes longer than this no longer holds up those behind it: the next lane is opened. */
const SLOW_MS = 250;

/** Looks at files through child processes: what hangs is killed, called blind, and asked last the next time. */
export class FileLink implements Link<FileTarget> {
  readonly #crew: Crew;
  readonly #context: ProbeContext;
  readonly #caller: Readonly<Record<string, string>>;
  /** Ids that hung at their last look. */
  readonly #hung = new Set<string>();
  readonly #mounts = new Map<string, KnownMount>();

  readonly #roots: readonly string[];

  constructor(context: ProbeContext, { timeout, roots }: Connection) {
    this.#context = context;
    this.#roots = roots;
    this.#crew = new Crew(context.clock, timeout);
    this.#caller = { connection: context.connection };
  }

  async *collect(wanted: readonly Wanted<FileTarget>[], look: Look): AsyncIterable<Report> {
    const left = new AbortController();
    const signal = AbortSignal.any([look.signal, left.signal]);
    const queue = [...wanted].sort((a, b) => Number(this.#hung.has(a.id)) - Number(this.#hung.has(b.id)));
    const said = new Mailbox<Report>();
    const work = this.#staff(queue, look, signal, said).finally(() => said.end());
    try {
      yield* said;
    } finally {
      left.abort();
      await work;
    }
  }

  async *audit(wanted: readonly Wanted<FileTarget>[], agents: readonly Agent[], signal: AbortSignal): AsyncIterable<AuditReport> {
    let child = this.#crew.take(false);
    for (const { id, target } of wanted) {
      if (signal.aborted) break;
      if (!child.usable) child = this.#crew.take(false);
      const done = await this.#crew.audit(child, { id, target, agents }, signal);
      if (done.is === 'answered') yield* done.answer;
      else if (done.is !== 'aborted') yield { kind: 'unaudited', on: id, reason: done.is === 'hung' ? 'timeout' : 'threw', say: done.say };
    }
    this.#crew.give(child);
  }

  discover(wanted: readonly Wanted<FileTarget>[], depth: DiscoveryDepth, signal: AbortSignal): AsyncIterable<Discovery> {
    const now = (): number => this.#context.clock.now().wall;
    return discoverFiles({ crew: this.#crew, roots: this.#roots, wanted, depth, now, signal });
  }

  async close(): Promise<void> {
    await this.#crew.close();
  }

  /** Opens lanes until the queue is empty: a second one only where the first is slow. */
  async #staff(queue: Wanted<FileTarget>[], look: Look, signal: AbortSignal, said: Mailbox<Report>): Promise<void> {
    const lanes: Promise<void>[] = [];
    while (queue.length > 0 && lanes.length < LANES && !signal.aborted) {
      const lane = this.#lane(queue, look, signal, said);
      lanes.push(lane);
      const over = new AbortController();
      await Promise.race([
        Promise.all(lanes),
        this.#context.clock.sleep(SLOW_MS, AbortSignal.any([signal, over.signal])).catch(() => undefined),
      ]);
      over.abort();
    }
    await Promise.all(lanes);
  }

  async #lane(queue: Wanted<FileTarget>[], look: Look, signal: AbortSignal, said: Mailbox<Report>): Promise<void> {
    let child = this.#crew.take(look.path === 'fresh');
    for (let next = queue.shift(); next && !signal.aborted; next = queue.shift()) {
      if (!child.usable) child = this.#crew.take(look.path === 'fresh');
      const job = this.#job(next, look);
      const done = await this.#crew.run(child, job, signal);
      if (done.is === 'aborted') break;
      if (done.is === 'hung') this.#hung.add(job.id);
      else this.#hung.delete(job.id);
      if (done.is === 'answered') {
        if (done.answer.mount) this.#mounts.set(job.id, done.answer.mount);
        for (const report of done.answer.reports) said.put(report);
      } else said.put(blindTo(job, done.is === 'hung' ? 'timeout' : 'threw', done.say));
    }
    // A child of a fresh look is not the usual one: the next fresh look starts another.
    if (look.path === 'fresh') child.kill();
    else this.#crew.give(child);
  }

  #job({ id, target, checks }: Wanted<FileTarget>, { depth }: Look): Job {
    const known = this.#mounts.get(id);
    const at = this.#context.clock.now();
    return {
      id,
      target,
      depth,
      facets: facetsAt(checks, depth),
      at,
      vantage: this.#context.connection,
      caller: this.#caller,
      ...(known ? { known } : {}),
    };
  }
}

function blindTo(job: Job, reason: BlindReason, say: string): Blind {
  const path = job.target.is === 'volume' ? job.target.path : job.target.pattern;
  const mount = job.known ? ` (on ${job.known.type} ${job.known.source})` : '';
  const excerpt = clean(`${path}${mount}: ${say}`);
  return {
    kind: 'blind',
    id: job.id,
    facets: job.facets,
    reason,
    evidence: { method: 'child process', vantage: job.vantage, at: job.at, excerpt },
  };
}
