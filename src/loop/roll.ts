import { leftAlone, saidAlike } from '../core/calm.ts';
import { episodesFrom } from '../core/episodes-from.ts';
import type { Resource } from '../core/expectation.ts';
import type { Glance } from '../core/glance.ts';
import type { IncidentClass } from '../core/incident.ts';
import { massOf, type Mass } from '../core/mass.ts';
import { BLANK, type Memory } from '../core/memory.ts';
import type { PrintedResource } from '../core/page.ts';
import { printResource } from '../core/print.ts';
import type { Instant, ResourceReport } from '../core/report.ts';
import { isUninspectable, NEW, step } from '../core/state.ts';
import type { LookMade } from '../core/verdict.ts';
import type { ResourceRecord, Snapshot } from '../ports.ts';
import { calmFrom, healthyOf, onlySighting, type Calm } from './calm-look.ts';
import { judgeLook, type Foreseen, type Outcomes } from './foreseen.ts';
import { Glances } from './glances.ts';
import type { Plan } from './plan.ts';

/** The resources on the roll and what is known of each, in memory. */
export class Roll {
  readonly #resources = new Map<string, Resource>();
  readonly #records = new Map<string, ResourceRecord>();
  /** Who cannot be seen, and who was never looked at: asked at every turn of the loop, which must not walk the whole roll each time. */
  readonly #dim = new Set<string>();
  readonly #unswept = new Set<string>();
  readonly #took = new Map<string, number>();
  /** Looks that are judged only when somebody asks what is known: in a quiet roll nearly all of them are never asked for. */
  readonly #calm = new Map<string, Calm>();
  readonly #glances = new Glances();
  readonly #protects = new Map<string, string[]>();
  readonly #byConnection = new Map<string, string[]>();
  /** Until the next look: a thousand losses of one round ask a thousand times. */
  readonly #masses = new Map<string, Mass | undefined>();

  readonly #adopts: boolean;
  /** What episodes are counted on from where none is known. */
  readonly episodesFrom: number;

  /** `adopts`: whether identities may be taken on first use; a check records nothing, so it takes none. */
  constructor(resources: readonly Resource[], known: ReadonlyMap<string, ResourceRecord>, at: Instant, episodes = 0, adopts = true) {
    this.#adopts = adopts;
    this.episodesFrom = episodes;
    for (const resource of resources) {
      this.#resources.set(resource.id, resource);
      for (const guard of resource.protectedBy) this.#protects.set(guard, [...(this.#protects.get(guard) ?? []), resource.id]);
      this.#byConnection.set(resource.connection, this.#byConnection.get(resource.connection) ?? []);
      this.#byConnection.get(resource.connection)?.push(resource.id);
      const record = known.get(resource.id);
      const state = record ? step(resource, record.state, { type: 'resumed', at }).next : NEW;
      this.#put(resource.id, { state, memory: record?.memory ?? BLANK });
    }
  }

  /** After a start: as the store remembers it. */
  static resume({ resources, manifest }: Pick<Plan, 'resources' | 'manifest'>, snapshot: Snapshot, at: Instant): Roll {
    return new Roll(resources, snapshot.resources, at, episodesFrom(snapshot.meta, manifest.version, at));
  }

  get resources(): ReadonlyMap<string, Resource> {
    return this.#resources;
  }

  /** All of them: who wants one asks `record`. */
  get records(): ReadonlyMap<string, ResourceRecord> {
    for (const id of this.#calm.keys()) this.#settle(id);
    return this.#records;
  }

  record(id: string): ResourceRecord | undefined {
    this.#settle(id);
    return this.#records.get(id);
  }

  /** What is remembered of a resource, which is the same before and after a look that says the same: nothing is judged for it. */
  memoryOf(id: string): Memory | undefined {
    return this.#records.get(id)?.memory;
  }

  /** Judges one look and takes it in. Undefined where it comes to nothing: a look like the one before it. */
  look(id: string, given: readonly ResourceReport[], look: LookMade, at: Instant, tookMs: number): Outcomes | undefined {
    const foreseen = this.foresee(id, given, look, at, tookMs);
    return foreseen && this.take(foreseen);
  }

  /** What a look will lead to, without any of it coming to pass yet; undefined where it is not on the roll. */
  foresee(id: string, given: readonly ResourceReport[], look: LookMade, at: Instant, tookMs: number): Foreseen | undefined {
    const calm = this.#calm.get(id);
    const report = onlySighting(given);
    if (calm && report && calm.look.depth === look.depth && calm.look.path === look.path && saidAlike(calm.report, report))
      return { id, at, tookMs, is: { calm, seenAt: report.evidence.at } };
    const [resource, record] = [this.#resources.get(id), this.record(id)];
    if (!resource || !record) return undefined;
    const judged = judgeLook(resource, given, record, look, at, this.#adopts);
    const still = report && !judged.outcomes.changed && leftAlone(record, judged.to);
    const next = still ? calmFrom(resource, look, report, judged.to.state, at, tookMs) : undefined;
    return { id, at, tookMs, is: { ...judged, next, dim: isDim(judged.to) } };
  }

  /** False where something has changed since that it was foreseen from. */
  stillHolds({ id, is }: Foreseen): boolean {
    return 'calm' in is ? this.#calm.get(id) === is.calm : this.#records.get(id) === is.from;
  }

  /** Takes in what was foreseen and still holds. Undefined where it comes to nothing. */
  take({ id, at, tookMs, is }: Foreseen): Outcomes | undefined {
    if ('calm' in is) {
      Object.assign(is.calm, { seenAt: is.seenAt, at, tookMs, owed: true });
      return undefined;
    }
    this.#put(id, is.to, is.dim);
    this.#took.set(id, tookMs);
    if (is.next) this.#calm.set(id, is.next);
    else this.#calm.delete(id);
    return is.outcomes;
  }

  #settle(id: string): void {
    const calm = this.#calm.get(id);
    const [resource, record] = [this.#resources.get(id), this.#records.get(id)];
    if (!calm?.owed || !resource || !record) return;
    calm.owed = false;
    const evidence = { ...calm.report.evidence, at: calm.seenAt };
    const { to } = judgeLook(resource, [{ ...calm.report, evidence }], record, calm.look, calm.at, this.#adopts);
    this.#put(id, to);
    this.#took.set(id, calm.tookMs);
    this.#glances.still(id, record.state, to.state);
  }

  /** The watcher did not run: what it did not see meanwhile is not the resources' darkness. */
  resumed(at: Instant): void {
    for (const [id, resource] of this.#resources) {
      const record = this.record(id);
      this.#calm.delete(id);
      if (record) this.#put(id, { ...record, state: step(resource, record.state, { type: 'resumed', at }).next });
    }
  }

  /** Lets darkness grow where there is any. */
  tick(at: Instant): Outcomes[] {
    const out: Outcomes[] = [];
    for (const id of this.#dim) {
      const [resource, record] = [this.#resources.get(id), this.#records.get(id)];
      if (!resource || !record) continue;
      const { next, effects } = step(resource, record.state, { type: 'tick', at });
      if (effects.length === 0) continue;
      this.#put(id, { ...record, state: next });
      out.push({ resource, effects, adopted: false, changed: true });
    }
    return out;
  }

  /** What a resource protects. */
  protects(id: string): readonly string[] {
    return this.#protects.get(id) ?? [];
  }

  /** What its machine has raised already, to be told after all. */
  raisedAgain(resource: Resource, track: 'harm' | 'sight'): Outcomes {
    const harm = this.#records.get(resource.id)?.state.harm ?? 'warning';
    return { resource, effects: [track === 'harm' ? { do: 'raise', track, harm } : { do: 'raise', track }], adopted: false, changed: true };
  }

  /** The next episode of a class for a resource: part of the key its incident gets. */
  nextEpisode(id: string, what: string): number {
    const record = this.#records.get(id);
    if (!record) return 1;
    const episode = (record.state.episodes[what] ?? this.episodesFrom) + 1;
    this.#records.set(id, { ...record, state: { ...record.state, episodes: { ...record.state.episodes, [what]: episode } } });
    return episode;
  }

  /** What befell everything behind a connection at once; undefined where something was spared. */
  mass(connection: string, what: IncidentClass): Mass | undefined {
    const key = `${what} ${connection}`;
    if (!this.#masses.has(key)) {
      const states = (this.#byConnection.get(connection) ?? []).flatMap((id) => this.#records.get(id)?.state ?? []);
      this.#masses.set(key, massOf(states, what));
    }
    return this.#masses.get(key);
  }

  /** True while there is anything that cannot be seen. */
  isDark(): boolean {
    return this.#dim.size > 0;
  }

  /** Starts a resource without a past, but for its episodes: a dedup key is never used twice. */
  forget(id: string): void {
    const record = this.#records.get(id);
    this.#calm.delete(id);
    if (record) this.#put(id, { state: { ...NEW, episodes: record.state.episodes }, memory: BLANK });
  }

  print(id: string): PrintedResource | undefined {
    const resource = this.#resources.get(id);
    const record = this.record(id);
    return resource && record && printResource(resource, record.state, record.memory, this.#took.get(id) ?? 0);
  }

  /** How all of it stands, in the order of the manifest. Looks that say the same again are not judged for it: it costs what has changed. */
  glances(): Glance[] {
    return [...this.#resources].flatMap(([id, resource]) => {
      const record = this.#records.get(id);
      return record ? [this.#glances.of(resource, record.state)] : [];
    });
  }

  /** When all that is expected of it had last been seen good, as `print` would say. */
  healthyAt(id: string): Instant | null {
    const calm = this.#calm.get(id);
    return calm?.owed ? healthyOf(calm) : (this.#records.get(id)?.state.lastHealthy ?? null);
  }

  isUninspectable(id: string): boolean {
    const record = this.#records.get(id);
    return record !== undefined && isUninspectable(record.state);
  }

  /** True once every resource has been swept. */
  isSwept(): boolean {
    return this.#unswept.size === 0;
  }

  #put(id: string, record: ResourceRecord, dim = isDim(record)): void {
    this.#masses.clear();
    this.#records.set(id, record);
    toggle(this.#dim, id, dim);
    toggle(this.#unswept, id, record.state.facets['presence'] === undefined);
  }
}

function isDim({ state }: ResourceRecord): boolean {
  return state.blind || Object.values(state.facets).some((facet) => facet.sight.blindNow);
}

function toggle(set: Set<string>, id: string, member: boolean): void {
  if (member) set.add(id);
  else set.delete(id);
}
