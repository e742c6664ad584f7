import type { Instant } from '../core/report.ts';
import type { Clock, Delivery, Log, Pager, Post, Random } from '../ports.ts';
import type { Desk } from './desk.ts';
import { Pace, type SavedPace } from './pace.ts';

/** Attempts at one pager at a time: a receiver that hangs must not hold back everything, nor be flooded when it is back. */
const AT_ONCE = 4;
const FIRST_RETRY_MS = 1000;
const LAST_RETRY_MS = 60_000;
const LONGEST_ATTEMPT_MS = 60_000;
/** A refusal will not mend itself, but somebody may mend the key: tried again, rarely. */
const REFUSED_RETRY_MS = 300_000;
/** How often a letter written under an old plan is tried with that plan's pager before the new one of the same name may have it. */
const OLD_ROUTE_TRIES = 5;
/** How often a pager that a reload took away is tried before what it is owed is let go: about a quarter of an hour. */
const RETIRED_TRIES = 20;

/** The last word of each pager: `null` while its last attempt succeeded. */
export type PagerHealth = ReadonlyMap<string, Health>;

export interface Health {
  readonly at: Instant;
  readonly error: string | null;
  /** Why it last refused a page; kept until it takes one. */
  readonly refused?: string;
}

/**
 * Delivers what lies on the desk: each pager on its own, per key in order, retrying with backoff until there is a receipt.
 * `settled` is called after every attempt (`sent`: when it began), so that the receipt is written down before anything rests on it.
 */
export class Outbox {
  readonly #desk: Desk;
  #pagers: ReadonlyMap<string, Pager>;
  /** By post: the pager it was written for, where a reload has come between. */
  readonly #bound = new Map<string, { readonly pager: Pager; left: number }>();
  /** Pagers that a reload took away: what they were told of they are owed the end of. */
  readonly #retired = new Map<string, Pager>();
  readonly #ports: { readonly clock: Clock; readonly random: Random; readonly log: Log };
  readonly #settled: (post: Post, delivery: Delivery, sent: Instant) => Promise<void>;
  readonly #stop = new AbortController();
  readonly #busy = new Map<string, number>();
  readonly #paces = new Map<string, Pace>();
  /** What was saved before a restart, until its pager is first asked. */
  readonly #saved: Map<string, SavedPace>;
  readonly #attempts = new Set<Promise<void>>();
  readonly #health = new Map<string, Health>();

  constructor(
    desk: Desk,
    pagers: ReadonlyMap<string, Pager>,
    ports: { readonly clock: Clock; readonly random: Random; readonly log: Log },
    settled: (post: Post, delivery: Delivery, sent: Instant) => Promise<void>,
    /** What `savePaces()` gave before a restart. */
    paces: string | undefined,
  ) {
    this.#saved = new Map(paces === undefined ? [] : (JSON.parse(paces) as [string, SavedPace][]));
    this.#desk = desk;
    this.#pagers = pagers;
    this.#ports = ports;
    this.#settled = settled;
  }

  /**
   * After a reload. What has not been tried yet (the page about the very change, first of all) goes to the pagers it was written for, so
   * that who changes a pager cannot swallow the page that says so; what failed before is tried at once, for it may have been mended.
   */
  usePagers(pagers: ReadonlyMap<string, Pager>): void {
    for (const { id, pager: name, attempts } of this.#desk.tray.undelivered()) {
      const pager = this.#pagers.get(name);
      if (pager && attempts === 0 && !this.#bound.has(id)) this.#bound.set(id, { pager, left: OLD_ROUTE_TRIES });
    }
    for (const [name, pager] of this.#pagers) this.#retired.set(name, pager);
    for (const [name, pace] of this.#paces)
      if (pagers.get(name)?.perMinute === this.#pagers.get(name)?.perMinute) pace.reopen();
      // Another vendor stands behind the name now.
      else this.#paces.delete(name);
    this.#pagers = pagers;
    this.#desk.callIn(pagers);
    this.#desk.tray.hurry();
  }

  get health(): PagerHealth {
    return this.#health;
  }

  /** What vendors have been asked lately, so that a restart does not begin their minute anew. */
  savePaces(): string {
    const now = this.#ports.clock.now().steady;
    const known = [...this.#paces].flatMap(([name, pace]): [string, SavedPace][] => {
      const saved = pace.save(now);
      return saved ? [[name, saved]] : [];
    });
    return JSON.stringify([...this.#saved, ...known]);
  }

  /** Starts every attempt that is due; returns at once. */
  pump(): void {
    if (this.#stop.signal.aborted) return;
    const now = this.#ports.clock.now();
    for (const post of this.#desk.tray.deliverable(now)) {
      const busy = this.#busy.get(post.pager) ?? 0;
      if (busy >= AT_ONCE || !this.#pace(post.pager, now.steady).mayAsk(now.steady)) continue;
      this.#busy.set(post.pager, busy + 1);
      const attempt = this.#attempt(post).finally(() => {
        this.#busy.set(post.pager, (this.#busy.get(post.pager) ?? 1) - 1);
        this.#attempts.delete(attempt);
      });
      this.#attempts.add(attempt);
    }
  }

  /** Milliseconds until something waiting is due again, at most a second. */
  wait(): number {
    const now = this.#ports.clock.now().steady;
    return Math.max(
      0,
      Math.min(1000, ...this.#desk.tray.undelivered().flatMap((post) => (post.notBefore > now ? [post.notBefore - now] : []))),
    );
  }

  /** Lets attempts under way finish for `graceMs`, then cuts them off: what has no receipt is sent again after the next start. */
  async stop(graceMs: number): Promise<void> {
    const grace = new AbortController();
    await Promise.race([Promise.allSettled(this.#attempts), this.#ports.clock.sleep(graceMs, grace.signal).catch(() => {})]);
    grace.abort();
    this.#stop.abort(new Error('stopping'));
    await Promise.allSettled(this.#attempts);
  }

  #pace(name: string, now: number): Pace {
    const known = this.#paces.get(name);
    if (known) return known;
    const pace = new Pace(this.#pagers.get(name)?.perMinute, now);
    const saved = this.#saved.get(name);
    if (saved) pace.resume(saved);
    this.#saved.delete(name);
    this.#paces.set(name, pace);
    return pace;
  }

  async #attempt(post: Post): Promise<void> {
    const { clock, log } = this.#ports;
    const prior = this.#desk.tray.prior(post);
    this.#desk.attempt(post);
    const sent = clock.now();
    const delivery = await this.#deliver(post, prior);
    const at = clock.now();
    if (this.#pace(post.pager, at.steady).heard(delivery, at.steady)) this.#desk.tray.hurry(post.pager);
    if (delivery.kind === 'delivered') {
      this.#health.set(post.pager, { at, error: null });
      this.#bound.delete(post.id);
      this.#desk.delivered(post, delivery.ref, at);
    } else {
      const refused = delivery.kind === 'refused' ? delivery.why : this.#health.get(post.pager)?.refused;
      const { pager: name } = post;
      // Not of one that was let go while this was under way: nobody would ever mend it.
      if (this.#pagers.has(name) || this.#retired.has(name))
        this.#health.set(name, { at, error: delivery.why, ...(refused !== undefined && { refused }) });
      const wait = delivery.kind === 'refused' ? REFUSED_RETRY_MS : Math.max(delivery.afterMs ?? 0, this.#backoff(post.attempts));
      this.#desk.failed(post, delivery.why, at.steady + wait);
      if (delivery.kind === 'refused' || post.attempts + 1 >= RETIRED_TRIES) this.#giveUp(post.pager);
      log.warn('page not delivered', {
        pager: post.pager,
        key: post.key,
        attempt: post.attempts + 1,
        why: delivery.why,
        retry_in_ms: wait,
      });
    }
    await this.#settled(post, delivery, sent);
    this.pump();
  }

  async #deliver(post: Post, prior: string | undefined): Promise<Delivery> {
    const pager = this.#pagerFor(post);
    // Adapters bound their own requests; this bounds whatever else might hang in one, such as reading a secret.
    const over = new AbortController();
    const bell = new AbortController();
    void this.#ports.clock.sleep(LONGEST_ATTEMPT_MS, bell.signal).then(
      () => over.abort(new Error('attempt took too long')),
      () => {},
    );
    try {
      if (!pager) return { kind: 'refused', why: `no pager named ${post.pager} is configured any more` };
      const signal = AbortSignal.any([this.#stop.signal, over.signal]);
      const letter = { id: post.id, page: post.page, ...(prior === undefined ? {} : { prior }) };
      // One that does not heed its signal must hold back neither its lane nor the end of the daemon.
      return await Promise.race([pager.deliver(letter, signal), cut(signal)]);
    } catch {
      // The contract says that pagers never throw; one that does must not cost the page. Its text may hold anything, so it is not quoted.
      return { kind: 'retryable', why: 'the pager threw' };
    } finally {
      bell.abort();
    }
  }

  /** Where a reload took it away: whoever stands in its place has been called in, and nothing may wait for ever. */
  #giveUp(name: string): void {
    if (this.#pagers.has(name) || !this.#retired.delete(name)) return;
    this.#health.delete(name);
    this.#desk.reroute(new Map([...this.#retired, ...this.#pagers]));
  }

  #pagerFor(post: Post): Pager | undefined {
    const bound = this.#bound.get(post.id);
    if (bound && bound.left-- > 0) return bound.pager;
    return this.#pagers.get(post.pager) ?? this.#retired.get(post.pager);
  }

  #backoff(attempts: number): number {
    const step = Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** attempts);
    return step * (0.5 + this.#ports.random.unit() / 2);
  }
}

/** Ends once `signal` aborts. */
function cut(signal: AbortSignal): Promise<Delivery> {
  const none: Delivery = { kind: 'retryable', why: 'no answer in time' };
  return new Promise((resolve) => {
    if (signal.aborted) resolve(none);
    else signal.addEventListener('abort', () => resolve(none), { once: true });
  });
}
