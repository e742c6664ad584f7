import type {
  Agent,
  AuditReport,
  Discovery,
  DiscoveryDepth,
  Hearing,
  Link,
  Look,
  Nudge,
  ProbeContext,
  Report,
  Wanted,
} from '../../src/probe.ts';
import { clean } from '../../src/values/text.ts';
import { auditAccount } from './audit.ts';
import { unaudited } from './audit-context.ts';
import { baseIdentity } from './base-identity.ts';
import { discover } from './discover.ts';
import { failureOf, Late, type Failure } from './errors.ts';
import { Concerned } from './events/concerned.ts';
import { listen } from './events/listen.ts';
import type { Queue } from './events/queue.ts';
import { receive } from './events/receive.ts';
import { facetsAt } from './facets.ts';
import { groupsOf, type Group } from './group.ts';
import { inspect } from './inspection.ts';
import { SessionKeeper } from './keeper.ts';
import type { AwsKind, AwsTarget } from './kind.ts';
import { lookMs } from './patience.ts';
import { Refusals } from './refusals.ts';
import { Reporter } from './reporter.ts';
import { homeRegion, queuesOf, type Connection } from './schema.ts';
import type { Session } from './session.ts';
import { sweep } from './sweep.ts';

const HOUR_MS = 3_600_000;

/** One account, or one store, under one set of credentials. */
export class AwsLink implements Link<AwsTarget> {
  readonly #connection: Connection;
  readonly #context: ProbeContext;
  readonly #kinds: ReadonlyMap<string, AwsKind>;
  readonly #keeper: SessionKeeper;
  readonly #queues: readonly Queue[];
  /** Of listings that nothing on the roll needs. */
  readonly #unlisted = new Refusals(24 * HOUR_MS);
  /** Of policies of resources, which an audit that could not see everything would ask for every five minutes. */
  readonly #unread = new Refusals(HOUR_MS);
  readonly #closed = new AbortController();
  readonly listens: boolean;

  constructor(connection: Connection, context: ProbeContext, kinds: ReadonlyMap<string, AwsKind>) {
    this.#connection = connection;
    this.#context = context;
    this.#kinds = kinds;
    this.#keeper = new SessionKeeper(connection, context);
    this.#queues = queuesOf(connection);
    this.listens = this.#queues.length > 0;
  }

  async *collect(wanted: readonly Wanted<AwsTarget>[], look: Look): AsyncIterable<Report | readonly Report[]> {
    const due = wanted.filter(({ checks }) => facetsAt(checks, look.depth).length > 0);
    if (due.length === 0) return;
    const budget = lookMs(this.#connection);
    const over = new AbortController();
    const bell = new AbortController();
    void this.#context.clock.sleep(budget, bell.signal).then(
      () => over.abort(new Late(`the look was not over within ${budget} ms`)),
      () => undefined,
    );
    const signal = AbortSignal.any([look.signal, over.signal, this.#closed.signal]);
    try {
      yield* this.#look(due, look, signal);
    } finally {
      bell.abort();
    }
  }

  async *hold(wanted: readonly Wanted<AwsTarget>[], signal: AbortSignal): AsyncIterable<Nudge | Hearing> {
    if (!this.listens) return;
    const listening = {
      queues: this.#queues,
      concerned: new Concerned(this.#connection, wanted, this.#kinds),
      receive: (queue: Queue, within: AbortSignal) => receive(this.#keeper, queue, within),
      clock: this.#context.clock,
    };
    yield* listen(listening, AbortSignal.any([signal, this.#closed.signal]));
  }

  async *audit(wanted: readonly Wanted<AwsTarget>[], agents: readonly Agent[], signal: AbortSignal): AsyncGenerator<AuditReport> {
    const bounds = AbortSignal.any([signal, this.#closed.signal]);
    const connection = this.#connection;
    let use: { readonly session: Session; done(): void };
    try {
      use = await this.#keeper.use('fresh', bounds);
    } catch (error) {
      const { reason, say } = failureOf(error);
      yield unaudited('the account', reason, say);
      return;
    }
    try {
      const base = await baseIdentity(connection, this.#context, bounds);
      yield* auditAccount(
        { connection, session: use.session, wanted, kinds: this.#kinds, base, unread: this.#unread, signal: bounds },
        agents,
      );
    } finally {
      use.done();
    }
  }

  async *discover(wanted: readonly Wanted<AwsTarget>[], depth: DiscoveryDepth, signal: AbortSignal): AsyncIterable<Discovery> {
    const within = AbortSignal.any([signal, this.#closed.signal]);
    let use: { readonly session: Session; done(): void };
    try {
      use = await this.#keeper.use('usual', within);
    } catch (error) {
      if (signal.aborted) return;
      const { reason, say } = failureOf(error);
      yield { kind: 'unexplored', on: 'the account', reason, say, hides: true };
      return;
    }
    const { session } = use;
    try {
      yield* discover({
        connection: this.#connection,
        kinds: this.#kinds,
        wanted,
        depth,
        refusals: this.#unlisted,
        vantage: (region) => session.vantage(region, within),
        failure: (error) => session.failure(error),
      });
    } finally {
      use.done();
    }
  }

  async close(): Promise<void> {
    this.#closed.abort(new Error('the link is closed'));
    this.#keeper.close();
  }

  async *#look(due: readonly Wanted<AwsTarget>[], look: Look, signal: AbortSignal): AsyncGenerator<Report | readonly Report[], void, void> {
    let use: { readonly session: Session; done(): void };
    try {
      use = await this.#keeper.use(look.path, signal);
    } catch (error) {
      look.signal.throwIfAborted();
      yield this.#allBlind(due, look, failureOf(error));
      return;
    }
    try {
      for (const group of groupsOf(this.#connection, due, this.#kinds)) {
        look.signal.throwIfAborted();
        yield* this.#group(group, look, signal, use.session);
      }
    } finally {
      use.done();
    }
  }

  async *#group(group: Group, look: Look, signal: AbortSignal, session: Session): AsyncGenerator<Report | readonly Report[], void, void> {
    if (this.#connection.sts === 'off' && group.kind.withoutSts !== true) {
      const say = `a store without STS (sts: off) has no ${group.kind.name}`;
      yield this.#allBlind(group.wanted, look, { reason: 'wrong-caller', code: '', say });
      return;
    }
    const vantage = session.vantage(group.region, signal);
    const report = new Reporter(vantage);
    const failure = (error: unknown): Failure => {
      look.signal.throwIfAborted();
      return session.failure(error);
    };
    const looker = await group.kind.load();
    const one = { group, looker, vantage, report, failure };
    yield* look.depth === 'sweep' ? sweep({ ...one, path: look.path }) : inspect(one);
  }

  /** Nobody was asserted, so that nothing is believed. */
  #allBlind(due: readonly Wanted<AwsTarget>[], look: Look, { reason, say }: Failure): Report[] {
    const at = this.#context.clock.now();
    const vantage = clean(`${this.#connection.account ?? this.#connection.endpoint ?? ''} in ${homeRegion(this.#connection)}`, 200);
    const evidence = { method: 'assert the caller', vantage, at, excerpt: say };
    return due.map(({ id, checks }) => ({ kind: 'blind', id, facets: facetsAt(checks, look.depth), reason, evidence }));
  }
}
