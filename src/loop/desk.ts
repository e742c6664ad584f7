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
  type Later,
  type Turned,
  type Wish,
} from '../core/incident.ts';
import type { Page, PageEvent, PageReason } from '../core/page.ts';
import type { Instant } from '../core/report.ts';
import { callIn, lacksAny, reroute, type Route } from '../core/reroute.ts';
import type { Post } from '../ports.ts';
import { coalesce } from './precedence.ts';
import type { Raising } from './raising.ts';
import { Tray } from './tray.ts';

/** What the desk needs to know of the world to open an incident and to word a page. */
export interface DeskOptions {
  readonly manifest: string;
  readonly watchdog: string;
  readonly repeat: () => number;
  readonly pagersFor: (severity: Severity) => readonly string[];
  readonly laterFor: (severity: Severity) => Later | undefined;
  readonly newId: (at: Instant) => string;
  /** True while a maintenance window keeps the repeats of an open incident quiet. */
  readonly isQuiet?: ((incident: Incident, at: Instant) => boolean) | undefined;
  readonly word: (incident: Incident, event: PageEvent, reason: PageReason, at: Instant) => Page;
}

/** What changed at the desk since it was last asked, for the store. */
export interface DeskChange {
  readonly incidents: readonly Incident[];
  readonly posts: readonly Post[];
  readonly dropped: readonly string[];
}

/**
 * Where incidents and the letters about them are kept: turns what the machines say into posts, one per pager, and receipts back
 * into events. Holds everything in memory; `drain()` hands what changed to whoever writes it down.
 */
export class Desk {
  readonly #options: DeskOptions;
  readonly #incidents = new Map<string, Incident>();
  readonly #changed = new Set<string>();
  /** Who joins which incident in this round; taken in together, because each change of an incident copies its list of members. */
  readonly #joining = new Map<string, Map<string, Instant>>();
  /** The letters themselves. */
  readonly tray: Tray;
  /** Incidents whose repeats wait for the end of a maintenance window. */
  readonly #quiet = new Set<string>();
  readonly #touched = new Set<string>();
  #wishes: Wish[] = [];

  constructor(options: DeskOptions, incidents: readonly Incident[], posts: readonly Post[]) {
    this.#options = options;
    for (const incident of incidents) this.#incidents.set(incident.id, incident);
    // Whatever was written down may have left before a crash, and have been taken: its receiver is owed the end of it.
    for (const { incident: id, pager } of posts) {
      const incident = this.#incidents.get(id);
      if (incident) this.#incidents.set(id, attempted(incident, pager));
    }
    this.tray = new Tray(options.newId, posts);
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
        (incident.members[resource]?.left === null || this.#joining.get(incident.id)?.has(resource) === true),
    );
  }

  /** A resource's harm or blindness was proven: opens an incident, joins one of the same loss, or replaces a milder one. */
  raise(raising: Raising): void {
    const { resource, at } = raising;
    const blind = raising.class === 'blind';
    // Who joined in this round counts: a milder incident that others have just joined is not replaced under their feet.
    if (this.incidentOf(resource, blind)) this.#takeIn();
    const milder = this.incidentOf(resource, blind);
    const replaced = this.#replaced();
    const host = this.open().find((incident) => incident !== milder && !replaced.has(incident.id) && takesIn(incident, raising));
    const alone = milder !== undefined && openMembers(milder).length === 1;
    const supersedes = alone ? [milder.id, ...milder.supersedes] : [];
    if (host && !milder) {
      const joining = this.#joining.get(host.id) ?? new Map<string, Instant>();
      this.#joining.set(host.id, joining.set(resource, at));
      return;
    }
    this.#takeIn();
    if (host && milder) return this.#moveUp(resource, milder, host.id, supersedes, at);
    const id = this.#options.newId(at);
    const key = dedupKey(this.#options.manifest, this.#options.watchdog, raising.label ?? resource, raising.class, raising.episode);
    const pagers = this.#options.pagersFor(raising.severity);
    const { class: kind, severity, connection } = raising;
    const later = this.#options.laterFor(severity);
    const opening = { id, key, class: kind, severity, connection, resource, pagers, supersedes, at, ...(later && { later }) };
    this.#turn(openIncident(opening, milder !== undefined && milder.told.length > 0));
    if (!milder) return;
    if (alone) this.#hush(milder);
    else this.#turn(leaveIncident(milder, resource, 'superseded', at));
  }

  /** From a milder incident to a graver one of the same loss that is already open. */
  #moveUp(resource: string, milder: Incident, hostId: string, supersedes: readonly string[], at: Instant): void {
    const host = this.#incidents.get(hostId);
    if (!host) return;
    const waits = supersedes.length > 0 && host.phase === 'paging';
    const { next, wishes } = joinIncident(host, new Map([[resource, at]]));
    this.#turn({ next: waits ? { ...next, supersedes: [...host.supersedes, ...supersedes] } : next, wishes });
    if (waits) this.#hush(milder);
    else this.#turn(leaveIncident(milder, resource, 'superseded', at));
  }

  /** Takes in at once all who joined since the last time. */
  #takeIn(): void {
    for (const [id, joining] of this.#joining) {
      const incident = this.#incidents.get(id);
      if (incident) this.#turn(joinIncident(incident, joining));
    }
    this.#joining.clear();
  }

  /** A member's story changed inside its class. */
  change(resource: string, blind: boolean): void {
    this.#takeIn();
    const incident = this.incidentOf(resource, blind);
    if (incident) this.#turn(changeIncident(incident));
  }

  /** Something that the page about a harmed resource shows beside it has changed: told with the next letters, once for all. */
  touch(resource: string): void {
    this.#touched.add(resource);
  }

  /** A member is good again, was retired or pinned anew. */
  leave(resource: string, blind: boolean, reason: PageReason, at: Instant): void {
    this.#takeIn();
    const incident = this.incidentOf(resource, blind);
    if (incident) this.#turn(leaveIncident(incident, resource, reason, at));
  }

  /** Stops the repeats of an open incident until `until` (steady ms); false where there is no such incident. */
  acknowledge(id: string, until: number): boolean {
    this.#takeIn();
    const incident = this.#incidents.get(id);
    if (!incident || !isOpen(incident)) return false;
    this.put(acknowledge(incident, until));
    return true;
  }

  tick(at: Instant): void {
    this.#takeIn();
    const replaced = this.#replaced();
    for (const incident of this.open()) {
      if (replaced.has(incident.id)) continue;
      if (this.#options.isQuiet?.(incident, at)) this.#quiet.add(incident.id);
      // What was quiet and is still open is said again at once.
      else this.#turn(tickIncident(incident, at, this.#quiet.delete(incident.id) ? 0 : this.#options.repeat()));
    }
  }

  put(incident: Incident): void {
    this.#incidents.set(incident.id, incident);
    this.#changed.add(incident.id);
  }

  /** Words what was wished for since the last call, so that a thousand members of one round make one letter. */
  write(at: Instant): void {
    this.#takeIn();
    const touched = new Set([...this.#touched].flatMap((resource) => this.incidentOf(resource, false) ?? []));
    this.#touched.clear();
    for (const incident of touched) this.#turn(changeIncident(incident));
    const wishes = this.#wishes;
    this.#wishes = [];
    for (const wish of coalesce(wishes)) {
      const incident = this.#incidents.get(wish.incident);
      if (!incident || incident.phase === 'closed') continue;
      const page = this.#options.word(incident, wish.event, wish.reason, at);
      for (const pager of wish.to) this.tray.put(incident, pager, page, at);
    }
  }

  attempt(post: Post): void {
    this.tray.leaves(post.id);
    const incident = this.#incidents.get(post.incident);
    if (incident) this.put(attempted(incident, post.pager));
  }

  failed(post: Post, why: string, notBefore: number): void {
    this.tray.back(post, { lastError: why, notBefore });
    if (this.#replaced().has(post.incident)) this.tray.drop(post.id);
  }

  delivered(post: Post, ref: string | null, at: Instant): void {
    this.tray.accepted(post, { at, ref });
    const incident = this.#incidents.get(post.incident);
    if (!incident) return this.tray.drop(post.id);
    const { next, complete } = receipt(incident, post.pager, post.page.event, at);
    this.put(next);
    if (complete) for (const id of next.supersedes) this.#close(id, 'superseded');
    if (next.phase === 'closed') this.#forget(next);
  }

  /**
   * Pagers that are not configured any more, after a start or because they were given up, can give no receipt. Their part of what is open goes to
   * the pagers left of its route and to those of the route now standing.
   */
  reroute(configured: ReadonlyMap<string, unknown>): void {
    this.#takeIn();
    for (const incident of this.open()) {
      if (!lacksAny(incident, configured)) continue;
      this.tray.dropWhere((post) => post.incident === incident.id && !post.receipt && !configured.has(post.pager));
      this.#turn(reroute(incident, configured, this.#route(incident)));
    }
  }

  /** After a reload: see `callIn` of core/reroute.ts. */
  callIn(configured: ReadonlyMap<string, unknown>): void {
    this.#takeIn();
    const replaced = this.#replaced();
    for (const one of this.open()) if (!replaced.has(one.id)) this.#turn(callIn(one, configured, this.#route(one)));
  }

  #route({ severity }: Incident): Route {
    return { pagers: this.#options.pagersFor(severity), later: this.#options.laterFor(severity) };
  }

  /** What has changed since the last call. */
  drain(): DeskChange {
    this.#takeIn();
    const incidents = [...this.#changed].flatMap((id) => this.#incidents.get(id) ?? []);
    for (const { id, phase } of incidents) if (phase === 'closed') this.#incidents.delete(id);
    this.#changed.clear();
    return { incidents, ...this.tray.drain() };
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
    this.tray.redo(change.posts ?? [], change.dropPosts ?? []);
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
    this.tray.dropWhere((post) => post.incident === incident.id && !post.receipt && !this.tray.isOut(post.id));
    this.#wishes = this.#wishes.filter((wish) => wish.incident !== incident.id);
  }

  /** Incidents that wait to be closed until a graver one has been delivered: that one speaks for them, also while it ends itself. */
  #replaced(): Set<string> {
    return new Set(this.open().flatMap(({ supersedes }) => supersedes));
  }

  #forget(incident: Incident): void {
    this.#quiet.delete(incident.id);
    this.tray.dropWhere((post) => post.incident === incident.id);
  }
}
