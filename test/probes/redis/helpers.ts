import { createSystemClock } from '../../../src/adapters/clock-system.ts';
import type { Resource } from '../../../src/core/expectation.ts';
import { runBatch } from '../../../src/loop/batch.ts';
import { Roll } from '../../../src/loop/roll.ts';
import type { Link } from '../../../src/probe.ts';
import { Secret } from '../../../src/values/secret.ts';
import { redis } from '../../../probes/redis/index.ts';
import { makeResource } from '../../support/roll.ts';

const clock = createSystemClock(0);
/** Longer than any loaded machine takes: what a test means to be silent, it says itself. */
const LIMITS = { connect_timeout: '30s', timeout: '30s' };
const PATIENCE_MS = 70_000;
/** More than any confirmation takes. */
const MOST_LOOKS = 8;

/** A manifest entry, compiled as the config would. @throws Error with the complaints. */
export function database(entry: object = {}, id = 'cache'): Resource {
  const kind = redis.kinds.get('redis.database');
  const compiled = kind?.compile(kind.entry.parse(entry));
  if (!compiled?.ok) throw new Error(JSON.stringify(compiled?.issues));
  const { target, identity, checks } = compiled.value;
  const { vantageKey: _, ...resource } = makeResource({ id, kind: 'redis.database', connection: 'test-redis', target, identity, checks });
  return resource;
}

/** What was seen, and what a page would be about. */
export interface Found {
  readonly verdict: string;
  /** `kind severity path` of each breach, sorted. */
  readonly breaches: readonly string[];
  /** Classes of harm raised in these looks, or `sight`. */
  readonly raised: readonly string[];
  readonly summary: string;
}

/** A watcher of one server as the daemon is one: looks, second looks on a fresh path, a memory. Only the pager is left out. */
export class Watcher implements AsyncDisposable {
  readonly link: Link;
  readonly resources: readonly Resource[];
  readonly #roll: Roll;
  password: string;

  constructor(settings: object, resources: readonly Resource[], password = '') {
    const connection = redis.connection.parse({ ...LIMITS, ...settings, ...(password !== '' && { password: { env: 'PASSWORD' } }) });
    this.password = password;
    this.link = redis.open(connection, { connection: 'test-redis', clock, secret: async () => new Secret(this.password) });
    this.resources = resources;
    this.#roll = new Roll(resources, new Map(), clock.now());
  }

  /** One look, and those that are owed to what it suspects, until that is confirmed or gone. */
  async look(id = this.resources[0]?.id ?? ''): Promise<Found> {
    const raised: string[] = [];
    let path: 'usual' | 'fresh' = 'usual';
    for (let nth = 0; nth < MOST_LOOKS; nth++) {
      const look = { depth: 'sweep', path } as const;
      const { reports, tookMs } = await runBatch(this.link, this.resources, look, {
        clock,
        patience: PATIENCE_MS,
        signal: new AbortController().signal,
      });
      let owed = false;
      for (const resource of this.resources) {
        const { effects = [] } = this.#roll.look(resource.id, reports.get(resource.id) ?? [], look, clock.now(), tookMs) ?? {};
        for (const effect of effects) {
          if (effect.do === 'recheck') owed ||= effect.urgent;
          if (effect.do === 'raise' && resource.id === id) raised.push(effect.track === 'harm' ? effect.harm : 'sight');
        }
      }
      if (!owed) break;
      path = 'fresh';
    }
    const printed = this.#roll.print(id);
    const breaches = (printed?.breaches ?? []).map(({ kind, severity, path: at }) => `${kind} ${severity} ${at}`).sort();
    return { verdict: printed?.verdict ?? 'nothing', breaches, raised, summary: printed?.summary ?? '' };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.link.close();
  }
}
