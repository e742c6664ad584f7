import type { Check, Resource } from '../../src/core/expectation.ts';
import type { JudgedEvidence, Outcome } from '../../src/core/outcome.ts';
import type { Depth, Evidence, Facet, Instant, Measure, Seen, Unseen, Blind } from '../../src/core/report.ts';
import { NEW, step, type ResourceState, type StateEffect } from '../../src/core/state.ts';

/** Somewhere in time, so that wall and steady never pass for each other. */
export const START: Instant = { wall: Date.UTC(2026, 0, 1), steady: 1_000_000_000 };

export function after(ms: number, from: Instant = START): Instant {
  return { wall: from.wall + ms, steady: from.steady + ms };
}

/** A resource of the roll, with what a test wants otherwise. */
export function makeResource(overrides: Partial<Resource> = {}): Resource {
  return {
    id: 'orders-db',
    kind: 'fake.thing',
    connection: 'pg',
    severity: 'critical',
    identity: {},
    vantageKey: 'server',
    target: {},
    checks: [],
    sweep: { every: 2000 },
    inspect: { every: 60_000 },
    confirm: 2,
    blindAfter: 120_000,
    protectedBy: [],
    domain: {},
    tripwire: false,
    ...overrides,
  };
}

/** `rows` of public.t, looked at by inspections, at least 10. */
export function makeCheck(overrides: Partial<Check> = {}): Check {
  return {
    facet: 'content/t',
    depth: 'inspect',
    path: 'tables.t.min_rows',
    measure: 'rows',
    rule: { is: 'at_least', bound: 10 },
    breach: 'diminished',
    subject: 'public.t',
    noun: 'rows',
    ...overrides,
  };
}

export function exactly(value: number | string, unit: Measure['unit'] = 'rows'): Measure {
  return { value, unit, how: 'exact' };
}

export function makeEvidence(at: Instant = START, excerpt = 'said so'): Evidence {
  return { method: 'list', vantage: 'watcher@server', at, excerpt };
}

export function seen(overrides: Partial<Seen> = {}): Seen {
  return {
    kind: 'seen',
    id: 'orders-db',
    pin: { server: 'A', oid: '1' },
    looked: ['presence', 'identity'],
    measures: {},
    evidence: makeEvidence(),
    ...overrides,
  };
}

export function unseen(overrides: Partial<Unseen> = {}): Unseen {
  return {
    kind: 'unseen',
    id: 'orders-db',
    listing: {
      scope: 'databases of A',
      caller: { server: 'A' },
      pages: 1,
      complete: true,
      control: { by: 'sibling', what: '3 others' },
      strangers: 0,
      evidence: makeEvidence(),
    },
    ...overrides,
  };
}

export function blindTo(facets: readonly Facet[], reason: Blind['reason'] = 'timeout'): Blind {
  return { kind: 'blind', id: 'orders-db', facets, reason, evidence: makeEvidence() };
}

export const GOOD: Outcome = { is: 'good' };
export const ABSENT: Outcome = { is: 'lost', how: 'absent', say: 'it is not there' };
export const IMPOSTOR: Outcome = { is: 'lost', how: 'impostor', say: 'it is another' };
export const DOOMED: Outcome = { is: 'lost', how: 'doomed', say: 'it is being deleted' };
export const BLIND: Outcome = { is: 'blind', reason: 'timeout', say: 'no answer' };

export function breach(
  severity: 'critical' | 'warning' = 'critical',
  kind: 'diminished' | 'exposed' | 'stale' | 'precursor' = 'diminished',
): Outcome {
  return { is: 'breach', breaches: [{ kind, path: 'p', what: 'less than there should be', expected: 10, actual: 0, severity }] };
}

export interface LookGiven {
  readonly outcomes: Partial<Record<Facet, Outcome>>;
  readonly depth?: Depth;
  readonly path?: 'usual' | 'fresh';
}

/** One resource's machine, looked at step by step; gathers the effects. */
export class Machine {
  readonly resource: Resource;
  state: ResourceState = NEW;
  at: Instant = START;
  /** Of all steps so far, rechecks left out. */
  readonly told: string[] = [];
  effects: readonly StateEffect[] = [];

  constructor(resource: Partial<Resource> = {}) {
    this.resource = makeResource(resource);
  }

  wait(ms: number): this {
    this.at = after(ms, this.at);
    return this;
  }

  look(outcomes: LookGiven['outcomes'], path: 'usual' | 'fresh' = 'usual', depth: Depth = 'sweep'): this {
    const evidence: readonly JudgedEvidence[] = [{ ...makeEvidence(this.at), path }];
    const judgments = (Object.entries(outcomes) as [string, Outcome][]).map(([facet, outcome]) => ({
      facet: facet as Facet,
      outcome,
      evidence,
    }));
    return this.#step({ type: 'looked', at: this.at, depth, path, judgments });
  }

  /** A sweep of a resource with no checks of its own. */
  sweep(presence: Outcome, path: 'usual' | 'fresh' = 'usual'): this {
    return this.look(
      presence.is === 'lost' && presence.how === 'absent'
        ? { presence }
        : { presence, identity: presence.is === 'blind' ? presence : GOOD },
      path,
    );
  }

  inspect(content: Outcome, path: 'usual' | 'fresh' = 'usual'): this {
    return this.look({ 'content/t': content }, path, 'inspect');
  }

  tick(): this {
    return this.#step({ type: 'tick', at: this.at });
  }

  /** The watcher was off for `ms`. */
  restart(ms: number): this {
    this.wait(ms);
    return this.#step({ type: 'resumed', at: this.at });
  }

  /** Which rechecks the last step asked for. */
  get rechecks(): string[] {
    return this.effects.flatMap((effect) =>
      effect.do === 'recheck' ? [`${effect.depth} after ${effect.afterMs}${effect.urgent ? ' urgent' : ''}`] : [],
    );
  }

  standing(facet: Facet = 'presence'): string {
    return this.state.facets[facet]?.standing ?? 'none';
  }

  #step(event: Parameters<typeof step>[2]): this {
    const { next, effects } = step(this.resource, this.state, event);
    this.state = next;
    this.effects = effects;
    for (const effect of effects)
      if (effect.do !== 'recheck') this.told.push('harm' in effect ? `${effect.do} ${effect.harm}` : `${effect.do} ${effect.track}`);
    return this;
  }
}
