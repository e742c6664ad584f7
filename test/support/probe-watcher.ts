import { createSystemClock } from '../../src/adapters/clock-system.ts';
import type { Resource } from '../../src/core/expectation.ts';
import { BLANK, type Memory } from '../../src/core/memory.ts';
import type { Outcome } from '../../src/core/outcome.ts';
import { remember } from '../../src/core/remember.ts';
import type { Facet, Report, ResourceReport } from '../../src/core/report.ts';
import { NEW } from '../../src/core/state.ts';
import { judge } from '../../src/core/verdict.ts';
import type { Link, Look, Probe, Wanted } from '../../src/probe.ts';
import { Secret } from '../../src/values/secret.ts';

const clock = createSystemClock(0);

/** A watcher over one connection: a real link, and what is remembered between its looks. */
export class ProbeWatcher {
  readonly link: Link;
  readonly resources: readonly Resource[];
  readonly settings: unknown;
  readonly #memories = new Map<string, Memory>();
  url: string;

  /** `kind`: with its probe. `entries`: manifest entries of the kind, beyond the common keys, by id. `settings`: of the connection, beyond the url. */
  constructor(
    { probe, kind }: { readonly probe: Probe; readonly kind: string },
    url: string,
    entries: Readonly<Record<string, object>>,
    settings: object = {},
  ) {
    this.url = url;
    this.settings = probe.connection.parse({ url: { env: 'URL' }, ...settings });
    this.link = probe.open(this.settings, { connection: `test-${probe.name}`, clock, secret: async () => new Secret(this.url) });
    this.resources = Object.entries(entries).map(([id, entry]) => compile(probe, kind, id, entry));
  }

  wanted(): Wanted<unknown>[] {
    return this.resources.map(({ id, kind, target, checks }) => ({ id, kind, target, checks }));
  }

  async reports(depth: Look['depth'], path: Look['path'] = 'usual', signal = new AbortController().signal): Promise<Report[]> {
    return (await Array.fromAsync(this.link.collect(this.wanted(), { depth, path, signal }))).flat();
  }

  /**
   * One look, judged and remembered: what it means for each facet of the first resource, or of the one named. That an inspection which
   * was let in has seen it there goes without saying.
   */
  async look(
    depth: Look['depth'],
    path: Look['path'] = 'usual',
    id = this.resources[0]?.id,
  ): Promise<Readonly<Partial<Record<Facet, Outcome>>>> {
    const reports = await this.reports(depth, path);
    const judged = this.resources.map((resource) => {
      const own = reports.filter((report): report is ResourceReport => report.kind !== 'listing' && report.id === resource.id);
      const memory = this.#memories.get(resource.id) ?? BLANK;
      const judgments = judge(resource, own, memory, { depth, path });
      this.#memories.set(resource.id, remember(resource, memory, NEW, own, judgments).memory);
      const said = judgments.filter(({ facet, outcome }) => depth === 'sweep' || outcome.is !== 'good' || facet.includes('/'));
      return [resource.id, Object.fromEntries(said.map(({ facet, outcome }) => [facet, outcome]))] as const;
    });
    return Object.fromEntries(judged)[id ?? ''] ?? {};
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.link.close();
  }
}

function compile(probe: Probe, name: string, id: string, raw: object): Resource {
  const kind = probe.kinds.get(name);
  if (!kind) throw new Error('no such kind');
  const compiled = kind.compile(kind.entry.parse(raw));
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.issues));
  const { target, identity, vantageKey, tripwire = false, checks } = compiled.value;
  return {
    id,
    kind: name,
    connection: `test-${probe.name}`,
    severity: 'critical',
    identity,
    ...(vantageKey !== undefined && { vantageKey }),
    target,
    checks,
    sweep: { every: 1000 },
    inspect: { every: 60_000 },
    confirm: 2,
    blindAfter: 120_000,
    protectedBy: [],
    domain: {},
    tripwire,
  };
}

/** `lost:absent`, `blind:timeout`, `breach:diminished`, `good`: the outcome in a word. */
export function word(outcome: Outcome | undefined): string {
  if (!outcome) return 'nothing';
  if (outcome.is === 'lost') return `lost:${outcome.how}`;
  if (outcome.is === 'blind') return `blind:${outcome.reason}`;
  return outcome.is === 'breach' ? `breach:${outcome.breaches.map(({ kind }) => kind).join(',')}` : outcome.is;
}

export function words(outcomes: Readonly<Partial<Record<string, Outcome>>>): Record<string, string> {
  return Object.fromEntries(Object.entries(outcomes).map(([facet, outcome]) => [facet, word(outcome)]));
}
