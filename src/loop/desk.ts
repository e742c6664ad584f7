import type { Severity } from '../core/expectation.ts';
import {
  acknowledge,
  changeIncident,
  dedupKey,
  endIncident,
  isOpen,
  joinIncident,
  leaveIncident,
  openIncident,
  openMembers,
  receipt,
  takesIn,
  tickIncident,
  attempted,
  type Incident,
  type IncidentClass,
  type Later,
  type Turned,
  type Wish,
} from '../core/incident.ts';
import type { Page, PageEvent, PageReason } from '../core/page.ts';
import type { Instant } from '../core/report.ts';
import { reroute } from '../core/reroute.ts';
import type { Post } from '../ports.ts';
import { coalesce, gravity } from './precedence.ts';

/** What the desk needs to know of the world to open an incident and to word a page. */
export interface DeskOptions {
  readonly manifest: string;
  readonly watchdog: string;
  readonly repeat: () => number;
  readonly pagersFor: (severity: Severity) => readonly string[];
  readonly laterFor: (severity: Severity) => Later | undefined;
  readonly newId: (at: Instant) => string;
  readonly word: (incident: Incident, event: PageEvent, reason: PageReason, at: Instant) => Page;
}

/** What changed at the desk since it was last asked, for the store. */
export interface DeskChange {
  readonly incidents: readonly Incident[];
  readonly posts: readonly Post[];
  readonly dropped: readonly string[];
}

export interface Raising {
  readonly resource: string;
  /** What the dedup key calls it, where that is not the resource's id. */
  readonly label?: string;
  readonly connection: string;
  readonly class: IncidentClass;
  readonly severity: Severity;
  readonly episode: number;
  readonly at: Instant;
}

/**
 * Where incidents and the letters about them are kept: turns what the machines say into posts, one per pager, and receipts back
 * into events. Holds everything in memory; `drain()` hands what changed to whoever writes it down.
 */
export class Desk {
  readonly #options: DeskOptions;
  readonly #incidents = new Map<string, Incident>();
  readonly #posts = new Map<string, Post>();
  readonly #inFlight = new Set<string>();
  readonly #changed = new Set<string>();
  readonly #changedPosts = new Set<string>();
  readonly #dropped = new Set<string>();
  #wishes: Wish[] = [];
  #seq = 0;

  constructor(options: DeskOptions, incidents: readonly Incident[], posts: readonly Post[]) {
    this.#options = options;
    for (const incident of incidents) this.#incidents.set(incident.id, incident);
    for (const post of posts) {
      this.#posts.set(post.id, post);
      this.#seq = Math.max(this.#seq, post.seq);
    }
  }

  /** Incidents not closed, oldest first. */
  open(): Incident[] {
    return [...this.#incidents.values()].filter((incident) => incident.phase !== 'closed');
  }

  /** The open incident of one track that a resource is a member of; never one that waits to be closed for a graver one. */
  incidentOf(resource: string, blind: boolean): Incident | undefined {
    const replaced = this.#replaced();
    return this.open().find(
      (incident) =>
        isOpen(incident) &&
        !replaced.has(incident.id) &&
        (incident.class === 'blind') === blind &&
        incident.members[resource]?.left === null,
    );
  }

  /** A resource's harm or blindness was proven: opens an incident, joins one of the same loss, or replaces a milder one. */
  raise(raising: Raising): void {
    const { resource, at } = raising;
    const milder = this.incidentOf(resource, raising.class === 'blind');
    const host = this.open().find((incident) => incident !== milder && takesIn(incident, raising));
    const alone = milder !== undefined && openMembers(milder).length === 1;
    const supersedes = alone ? [milder.id, ...milder.supersedes] : [];
    if (host) {
      const waits = alone && host.phase === 'paging';
      const { next, wishes } = joinIncident(host, resource, at);
      this.#turn({ next: waits ? { ...next, supersedes: [...host.supersedes, ...supersedes] } : next, wishes });
      if (waits) this.#hush(milder);
      else if (milder) this.#turn(leaveIncident(milder, resource, 'superseded', at));
      return;
    }
    const id = this.#options.newId(at);
    const key = dedupKey(this.#options.manifest, this.#options.watchdog, raising.label ?? resource, raising.class, raising.episode);
    const pagers = this.#options.pagersFor(raising.severity);
    const { class: kind, severity, connection } = raising;
    const later = this.#options.laterFor(severity);
    const opening = {
      id,
      key,
      class: kind,
      severity,
      connection,
      resource,
      pagers,
      supersedes,
      at,
      ...(later && { later }),
    };
    this.#turn(openIncident(opening, milder !== undefined && milder.told.length > 0));
    if (!milder) return;
    if (alone) this.#hush(milder);
    else this.#turn(leaveIncident(milder, resource, 'superseded', at));
  }

  /** A member's story changed inside its class. */
  change(resource: string, blind: boolean): void {
    const incident = this.incidentOf(resource, blind);
    if (incident) this.#turn(changeIncident(incident));
  }

  /** A member is good again, was retired or pinned anew. */
  leave(resource: string, blind: boolean, reason: PageReason, at: Instant): void {
    const incident = this.incidentOf(resource, blind);
    if (incident) this.#turn(leaveIncident(incident, resource, reason, at));
  }

  /** Stops the repeats of an open incident until `until` (steady ms); false where there is no such incident. */
  acknowledge(id: string, until: number): boolean {
    const incident = this.#incidents.get(id);
    if (!incident || !isOpen(incident)) return false;
    this.put(acknowledge(incident, until));
    return true;
  }

  tick(at: Instant): void {
    const replaced = this.#replaced();
    for (const incident of this.open()) if (!replaced.has(incident.id)) this.#turn(tickIncident(incident, at, this.#options.repeat()));
  }

  put(incident: Incident): void {
    this.#incidents.set(incident.id, incident);
    this.#changed.add(incident.id);
  }

  /** Words what was wished for since the last call, so that a thousand members of one round make one letter. */
  write(at: Instant): void {
    const wishes = this.#wishes;
    this.#wishes = [];
    for (const wish of coalesce(wishes)) {
      const incident = this.#incidents.get(wish.incident);
      if (!incident) continue;
      const page = this.#options.word(incident, wish.event, wish.reason, at);
      for (const pager of wish.to) this.#post(incident, pager, page, at);
    }
  }

  /** What may be attempted now, gravest and oldest first: per key and pager only the first in line, and none already in flight. */
  deliverable(now: Instant): Post[] {
    const heads = new Map<string, Post>();
    for (const post of this.#posts.values()) {
      if (post.receipt) continue;
      const lane = `${post.pager}\n${post.key}`;
      const head = heads.get(lane);
      if (!head || post.seq < head.seq) heads.set(lane, post);
    }
    return [...heads.values()]
      .filter((post) => post.notBefore <= now.steady && !this.#inFlight.has(post.id))
      .sort((a, b) => gravity(b.page) - gravity(a.page) || a.seq - b.seq);
  }

  /** The receiver's name for the last message under this key, if it has one. */
  prior(post: Post): string | undefined {
    let latest: Post | undefined;
    for (const other of this.#posts.values())
      if (
        other.receipt?.ref &&
        other.key === post.key &&
        other.pager === post.pager &&
        other.seq < post.seq &&
        other.seq > (latest?.seq ?? -1)
      )
        latest = other;
    return latest?.receipt?.ref ?? undefined;
  }

  attempt(post: Post): void {
    this.#inFlight.add(post.id);
    const incident = this.#incidents.get(post.incident);
    if (incident) this.put(attempted(incident, post.pager));
  }

  failed(post: Post, why: string, notBefore: number): void {
    this.#inFlight.delete(post.id);
    if (this.#replaced().has(post.incident)) return this.#drop(post.id);
    if (this.#posts.has(post.id)) this.#keep({ ...post, attempts: post.attempts + 1, lastError: why, notBefore });
  }

  delivered(post: Post, ref: string | null, at: Instant): void {
    this.#inFlight.delete(post.id);
    const incident = this.#incidents.get(post.incident);
    if (!incident) return this.#drop(post.id);
    this.#keep({ ...post, attempts: post.attempts + 1, receipt: { at, ref } });
    const { next, complete } = receipt(incident, post.pager, post.page.event, at);
    this.put(next);
    if (complete) for (const id of next.supersedes) this.#close(id, 'superseded');
    if (next.phase === 'closed') this.#forget(next);
  }

  /** What failed before is tried again at once. */
  hurry(): void {
    for (const post of this.undelivered()) if (post.attempts > 0 && !this.#inFlight.has(post.id)) this.#keep({ ...post, notBefore: 0 });
  }

  /**
   * After a start: pagers that are not configured any more can give no receipt. Their part of what is open goes to the pagers left of
   * its route, or where none is left to those of the route now standing.
   */
  reroute(configured: ReadonlyMap<string, unknown>): void {
    for (const incident of this.open()) {
      if (incident.pagers.every((name) => configured.has(name))) continue;
      for (const post of this.undelivered()) if (post.incident === incident.id && !configured.has(post.pager)) this.#drop(post.id);
      this.#turn(reroute(incident, configured, this.#options.pagersFor(incident.severity)));
    }
  }

  undelivered(): Post[] {
    return [...this.#posts.values()].filter((post) => !post.receipt);
  }

  /** What has changed since the last call. */
  drain(): DeskChange {
    const change = {
      incidents: [...this.#changed].flatMap((id) => this.#incidents.get(id) ?? []),
      posts: [...this.#changedPosts].flatMap((id) => this.#posts.get(id) ?? []),
      dropped: [...this.#dropped],
    };
    for (const { id, phase } of change.incidents) if (phase === 'closed') this.#incidents.delete(id);
    this.#changed.clear();
    this.#changedPosts.clear();
    this.#dropped.clear();
    return change;
  }

  /** A change that could not be written counts as not handed out: it comes again with the next `drain()`. */
  redo(change: {
    readonly incidents?: readonly Incident[];
    readonly posts?: readonly Post[];
    readonly dropPosts?: readonly string[];
  }): void {
    for (const incident of change.incidents ?? []) {
      if (!this.#incidents.has(incident.id)) this.#incidents.set(incident.id, incident);
      this.#changed.add(incident.id);
    }
    for (const post of change.posts ?? []) if (this.#posts.has(post.id)) this.#changedPosts.add(post.id);
    for (const id of change.dropPosts ?? []) if (!this.#posts.has(id)) this.#dropped.add(id);
  }

  #turn({ next, wishes }: Turned): void {
    if (this.#incidents.get(next.id) !== next) this.put(next);
    this.#wishes.push(...wishes);
    if (next.phase === 'closed') this.#forget(next);
  }

  #close(id: string, reason: PageReason): void {
    const incident = this.#incidents.get(id);
    if (incident && isOpen(incident)) this.#turn(endIncident(incident, reason));
  }

  /** Nothing stale goes out: what has no receipt yet of an incident that has been replaced is dropped. Who was tried gets its end. */
  #hush(incident: Incident): void {
    for (const post of this.#posts.values())
      if (post.incident === incident.id && !post.receipt && !this.#inFlight.has(post.id)) this.#drop(post.id);
    this.#wishes = this.#wishes.filter((wish) => wish.incident !== incident.id);
  }

  /** Incidents that wait to be closed until a graver one has been delivered: that one speaks for them. */
  #replaced(): Set<string> {
    return new Set(this.open().flatMap((incident) => (isOpen(incident) ? incident.supersedes : [])));
  }

  #forget(incident: Incident): void {
    for (const post of this.#posts.values()) if (post.incident === incident.id) this.#drop(post.id);
  }

  /** Puts a letter in line. What waits there untried is reworded rather than followed, so that nobody is told old news first. */
  #post(incident: Incident, pager: string, page: Page, at: Instant): void {
    const waiting = [...this.#posts.values()].filter(
      (post) => post.incident === incident.id && post.pager === pager && !post.receipt && !this.#inFlight.has(post.id),
    );
    const trigger = waiting.find((post) => post.page.event === 'trigger');
    for (const post of waiting) if (post.page.event === 'update') this.#drop(post.id);
    if (trigger && page.event !== 'resolve') {
      this.#drop(trigger.id);
      const reworded = { ...page, event: trigger.page.event, reason: trigger.page.reason };
      // A letter that may have arrived keeps its identity only with its wording: reworded, it is another letter.
      this.#keep({ ...trigger, id: trigger.attempts === 0 ? trigger.id : this.#options.newId(at), page: reworded });
      return;
    }
    this.#keep({
      id: this.#options.newId(at),
      seq: ++this.#seq,
      key: incident.key,
      incident: incident.id,
      pager,
      page,
      attempts: 0,
      notBefore: at.steady,
    });
  }

  #keep(post: Post): void {
    this.#posts.set(post.id, post);
    this.#changedPosts.add(post.id);
    this.#dropped.delete(post.id);
  }

  #drop(id: string): void {
    this.#posts.delete(id);
    this.#changedPosts.delete(id);
    this.#dropped.add(id);
  }
}
