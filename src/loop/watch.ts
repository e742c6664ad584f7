import { toRemembered } from '../core/manifest-diff.ts';
import type { Measured } from '../core/measured.ts';
import type { Instant } from '../core/report.ts';
import type { Standing } from '../core/standing.ts';
import type { Delivery, Post, Snapshot } from '../ports.ts';
import type { Nudge } from '../probe.ts';
import { runBatch } from './batch.ts';
import { ClaimBook, type ClaimGiven, type ClaimTaken } from './claim-book.ts';
import { deskOptions, type DeskSources } from './desk-options.ts';
import { Desk } from './desk.ts';
import { Errands } from './errands.ts';
import type { LastAudit } from './self-audit.ts';
import { Excuses } from './excuses.ts';
import { Flusher } from './flusher.ts';
import { Foresight, type Outcomes } from './foresight.ts';
import { Holding } from './hold.ts';
import { Journal } from './journal.ts';
import { Outbox } from './outbox.ts';
import { closeGroups, toPlanned, type Plan } from './plan.ts';
import { perform } from './perform.ts';
import { Pulse } from './pulse.ts';
import { recordDelivery } from './record-delivery.ts';
import { recordOutcomes } from './record-outcomes.ts';
import { Roll } from './roll.ts';
import { Schedule, type Due } from './schedule.ts';
import { reasonsNotReady, watchItself, type WatchStatus } from './self.ts';
import { Stall } from './stall.ts';
import { Succession } from './succession.ts';
import { Troubles, type TroubleName } from './troubles.ts';
import type { WatchPorts } from './watch-ports.ts';
import { watchStatus, type StatusParts } from './watch-status.ts';
import { Witnessing } from './witnessing.ts';

/** How long `stop()` waits for attempts under way; what has no receipt by then is sent again after the next start. */
const DRAIN_MS = 2000;

/**
 * The daemon's loop (DESIGN §6): what is due is looked at, judged and stepped; the result is written down; then pages leave, and their
 * receipts come back as events. Where the store cannot write, everything goes on from memory and says so (law 5).
 */
export class Watch {
  readonly #name: string;
  readonly #ports: WatchPorts;
  #plan: Plan;
  #roll: Roll;
  #schedule: Schedule;
  readonly #desk: Desk;
  readonly #outbox: Outbox;
  readonly #troubles: Troubles;
  readonly #journal: Journal;
  readonly #succession: Succession;
  readonly #flusher: Flusher;
  readonly #pulse: Pulse;
  readonly #claims: ClaimBook;
  readonly #errands: Errands;
  readonly #stall: Stall;
  readonly #excuses: Excuses;
  readonly #witnessing: Witnessing;
  readonly #stop = new AbortController();
  readonly #holding: Holding;
  #wake = new AbortController();
  readonly #looks = new Set<Promise<void>>();
  #progress = 0;
  #troubleEpisode: number;
  #running: Promise<void> | undefined;

  constructor(name: string, plan: Plan, ports: WatchPorts, snapshot: Snapshot) {
    this.#name = name;
    this.#ports = ports;
    this.#plan = plan;
    const at = ports.clock.now();
    this.#roll = Roll.resume(plan, snapshot, at);
    this.#schedule = new Schedule(toPlanned(plan), ports, at);
    this.#witnessing = new Witnessing(ports.witness);
    const options = deskOptions(name, plan.manifest.id, ports.newId, () => this.#parts());
    this.#desk = new Desk(options, snapshot.incidents, snapshot.posts);
    this.#journal = new Journal(ports, this.#desk, snapshot.head);
    this.#outbox = new Outbox(this.#desk, plan.pagers, ports, this.#settled.bind(this), snapshot.meta['paces']);
    this.#troubleEpisode = Number(snapshot.meta['watchdog_episode'] ?? this.#roll.episodesFrom);
    this.#troubles = new Troubles(this.#desk, () => ++this.#troubleEpisode, snapshot.meta['troubles']);
    this.#succession = new Succession(this.#desk, this.#journal, this.#troubles);
    this.#flusher = new Flusher(this.#journal, () => this.#progress);
    this.#pulse = new Pulse(ports, () => this.#journal.head?.checkpoint ?? '');
    this.#claims = new ClaimBook(this.#desk, this.#journal, ports.newId, snapshot.meta['claims'], at);
    this.#stall = new Stall(this.#journal, this.#troubles, at);
    this.#excuses = new Excuses(ports, this.#journal, this.#troubles, snapshot.meta);
    this.#errands = new Errands(ports, this.#parts(), snapshot.meta);
    const deaf = (say: string | null): void => this.#track(this.trouble('events.unheard', say, 'warning'));
    this.#holding = new Holding(ports.log, { nudged: (nudge) => this.#nudged(nudge), deaf });
    this.#succession.resume(plan, this.#roll, snapshot.meta, at);
    this.#excuses.use(plan, at, plan.repeat);
    this.#desk.reroute(plan.pagers);
  }

  /** Asked for anew each time: a reload replaces some. */
  #parts(): DeskSources & StatusParts {
    return {
      watchdog: this.#name,
      plan: this.#plan,
      roll: this.#roll,
      schedule: this.#schedule,
      desk: this.#desk,
      outbox: this.#outbox,
      pulse: this.#pulse,
      troubles: this.#troubles,
      journal: this.#journal,
      claims: this.#claims,
      excuses: this.#excuses,
      errands: this.#errands,
      standing: this.#succession.standing,
      witness: (at) => this.#witnessing.word(at),
    };
  }

  /** Runs until `stop()`. Calling it again returns the same promise. */
  run(): Promise<void> {
    return (this.#running ??= this.#loop());
  }

  /** Ends looks and attempts under way within a few seconds, writes down what is left and closes the links. Idempotent. */
  async stop(): Promise<void> {
    if (!this.#stop.signal.aborted) {
      this.#journal.record('stop', '@watchdog', {});
      this.#stop.abort(new Error('stopping'));
      this.#holding.stop();
      this.#witnessing.stop();
      this.#wake.abort();
    }
    await this.#running;
    await Promise.allSettled(this.#looks);
    await this.#outbox.stop(DRAIN_MS);
    this.#flusher.flush(this.#roll, this.#ports.clock.now());
    await this.#journal.commit(true);
    await closeGroups(this.#plan);
  }

  /**
   * Goes over to a new plan. Everything that can fail has been done by whoever made the plan; what the change takes off the roll
   * closes with that reason, never as an all-clear, and is paged by the old routes. A watch told to end only closes it.
   */
  async reload(plan: Plan): Promise<void> {
    if (this.#stop.signal.aborted) return closeGroups(plan);
    const at = this.#ports.clock.now();
    const old = this.#plan;
    this.#succession.announce(plan, this.#roll, { roll: old.resources.map(toRemembered), digests: old.configDigests }, at);
    this.#excuses.use(plan, at, old.repeat);
    // Worded now, while the old plan stands; not waited for, so that no look can end between the two plans.
    this.#desk.write(at);
    this.#holding.end();
    this.#plan = plan;
    this.#roll = new Roll(plan.resources, this.#roll.records, at, this.#roll.episodesFrom);
    this.#schedule = new Schedule(toPlanned(plan), this.#ports, at);
    this.#succession.settle(plan, this.#roll, at);
    this.#outbox.usePagers(plan.pagers);
    this.#journal.record('reload', '@watchdog', { manifest: plan.manifest.sha256, version: plan.manifest.version });
    await this.#settle(at);
    for (const listening of this.#holding.begin(this.#plan)) this.#track(listening);
    this.#wake.abort();
    this.#track(closeGroups(old));
  }

  /** What is wrong with the watcher and was noticed elsewhere; null where it is over. A reload that was refused is over by itself. */
  trouble(name: TroubleName, what: string | null, severity: 'critical' | 'warning'): Promise<void> {
    const forMs = name === 'reload.failed' ? this.#plan.repeat : undefined;
    return this.#tell((at) => (what === null ? this.#troubles.clear(name, at) : this.#troubles.raise(name, what, severity, at, forMs)));
  }

  /** How the files on the disk now stand with the people who sign: the plan goes on, and somebody is told. */
  stand(standing: Standing): Promise<void> {
    return this.#tell((at) => this.#succession.stand(this.#plan, standing, at));
  }

  async #tell(what: (at: Instant) => void): Promise<void> {
    const at = this.#ports.clock.now();
    what(at);
    await this.#settle(at);
    this.#outbox.pump();
  }

  status(): WatchStatus {
    return watchStatus(this.#parts(), this.#unready(), this.#ports.clock.now());
  }

  /** Keeps what an agent or a pipeline reports; resolves once it is written down, or known not to be. */
  async claim(given: ClaimGiven): Promise<ClaimTaken> {
    const taken = this.#claims.take(given, this.#ports.clock.now());
    await this.#journal.commit();
    this.#wake.abort();
    return taken;
  }

  /** What is measured of a resource, and how it moved; empty where it is not on the roll. */
  async measured(id: string): Promise<Measured[]> {
    return this.#flusher.measuring.of(this.#roll.resources.get(id), this.#roll.record(id), () => this.#ports.store.trend(id));
  }

  /** What the last audit of credentials came to; undefined before the first has ended. */
  audited(): LastAudit | undefined {
    return this.#errands.audited;
  }

  /** Counts what the loop has got done; a number that stands still is a loop that is wedged. */
  progress(): number {
    return this.#progress;
  }

  #unready(): string[] {
    return reasonsNotReady(this.#roll.isSwept(), this.#schedule.overdue(this.#ports.clock.now()), this.#outbox.health, this.#journal.error);
  }

  async #loop(): Promise<void> {
    await this.#settle(this.#ports.clock.now());
    for (const listening of this.#holding.begin(this.#plan)) this.#track(listening);
    while (!this.#stop.signal.aborted) {
      const at = this.#ports.clock.now();
      this.#wake = new AbortController();
      for (const due of this.#schedule.take(at, (id) => this.#roll.isUninspectable(id))) this.#track(this.#look(due));
      this.#tick(at);
      await this.#ports.clock.sleep(Math.max(1, Math.min(this.#schedule.wait(at), this.#outbox.wait())), this.#wake.signal).catch(() => {});
    }
  }

  #nudged(nudge: Nudge): void {
    this.#schedule.nudged(nudge, (id) => this.#plan.groupOf.get(id), this.#ports.clock.now());
    this.#wake.abort();
  }

  #track(look: Promise<void>): void {
    const settled = look
      .catch((error: unknown) => this.#ports.log.error('a round failed', { error: error instanceof Error ? error.message : String(error) }))
      .finally(() => this.#looks.delete(settled));
    this.#looks.add(settled);
  }

  /** What time alone brings: darkness, repeats, the watcher's own troubles, the heartbeat. */
  #tick(at: Instant): void {
    if (this.#stall.tick(at, this.#plan.repeat)) {
      this.#schedule.resumed(at);
      this.#roll.resumed(at);
    }
    this.#witnessing.tick(at, this.#roll.isDark());
    for (const outcomes of this.#roll.tick(at)) this.#apply(outcomes, at);
    for (const { resource, track } of this.#excuses.released(this.#roll, at)) this.#apply(this.#roll.raisedAgain(resource, track), at);
    this.#claims.tick(at);
    this.#desk.tick(at);
    this.#troubles.tick(at);
    const [overdue, storeError, unheard] = [this.#schedule.overdue(at), this.#journal.error, this.#pulse.unheardSince(at)];
    watchItself(this.#troubles, { overdue, expires: this.#plan.manifest.expires, storeError, unheard }, at);
    this.#flusher.tick(this.#roll, this.#schedule, at);
    this.#track(this.#settle(at).then(() => this.#outbox.pump()));
    for (const errand of this.#errands.run(at, this.#plan, this.#stop.signal)) this.#track(errand);
    this.#pulse.tick(at, [...this.#unready(), ...this.#errands.reasons], this.#desk.tray.undelivered().length);
  }

  async #look(due: Due): Promise<void> {
    const [group, schedule] = [this.#plan.groups.get(due.group), this.#schedule];
    if (!group) return;
    const resources = due.ids.flatMap((id) => this.#roll.resources.get(id) ?? []);
    const bounds = { clock: this.#ports.clock, patience: group.patience(due.depth), signal: this.#stop.signal };
    const result = await runBatch(group.link, resources, due, bounds);
    const foresight = new Foresight(this.#roll, resources, result, due, this.#ports.clock.now());
    const isOver = (): boolean => this.#stop.signal.aborted || schedule !== this.#schedule;
    while (!isOver() && foresight.work(this.#ports.clock.now())) await this.#ports.turn();
    const at = this.#ports.clock.now();
    schedule.ended(due, at);
    // A plan that was replaced meanwhile may hold other resources under these names: what the old link saw is not judged by the new roll.
    if (isOver()) return;
    // All are judged before any is told of: what befell everything at once is one thing.
    for (const outcomes of foresight.take()) {
      this.#apply(outcomes, at);
      this.#flusher.measuring.look(outcomes.resource, result.reports.get(outcomes.resource.id) ?? [], due.depth, outcomes.changed);
    }
    this.#pulse.roundEnded(at);
    this.#progress++;
    await this.#settle(at);
    this.#outbox.pump();
    this.#wake.abort();
  }

  #apply(outcomes: Outcomes, at: Instant): void {
    for (const effect of outcomes.effects) perform(outcomes.resource, effect, at, { ...this.#parts(), witness: this.#witnessing.word(at) });
    recordOutcomes(outcomes, this.#roll, this.#journal);
  }

  /** Words what is wished for and writes everything down: only then may a page about it leave. */
  async #settle(at: Instant): Promise<void> {
    this.#desk.write(at);
    const [troubles, paces] = [this.#troubles.save(), this.#outbox.savePaces()];
    const meta = { troubles, paces, ...this.#excuses.save(), watchdog_episode: String(this.#troubleEpisode) };
    for (const [name, value] of Object.entries(meta)) this.#journal.keepMetaIfChanged(name, value);
    await this.#desk.tray.hold(this.#journal.commit());
  }

  async #settled(post: Post, delivery: Delivery, sent: Instant): Promise<void> {
    const at = this.#ports.clock.now();
    recordDelivery(post, delivery, { journal: this.#journal, troubles: this.#troubles, health: this.#outbox.health }, { sent, at });
    await this.#settle(at);
  }
}
