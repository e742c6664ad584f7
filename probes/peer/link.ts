import type {
  Blind,
  BlindReason,
  Depth,
  Discovery,
  DiscoveryDepth,
  Evidence,
  Facet,
  Link,
  Look,
  Measure,
  ProbeContext,
  Report,
  Seen,
  Wanted,
} from '../../src/probe.ts';
import { redact } from '../../src/values/secret.ts';
import { clean } from '../../src/values/text.ts';
import { ask } from './ask.ts';
import type { WatcherTarget } from './compile.ts';
import type { Connection } from './schema.ts';
import { discovered } from './discover.ts';
import { readStatus, type WatcherStatus } from './status.ts';

const METHOD = 'GET /api/v1/status';

/** Another watcher, asked by its read-only interface. It is never called absent: a watcher that does not answer proves nothing, and is blind. */
export class PeerLink implements Link<WatcherTarget> {
  readonly #connection: Connection;
  readonly #context: ProbeContext;
  readonly #closed = new AbortController();
  /** The ledger's head as last seen, and since when (steady ms). */
  #head: { readonly seq: number; readonly hash: string; readonly since: number } | undefined;

  constructor(connection: Connection, context: ProbeContext) {
    this.#connection = connection;
    this.#context = context;
  }

  async *collect(wanted: readonly Wanted<WatcherTarget>[], look: Look): AsyncIterable<Report> {
    const due = wanted.map((one) => ({ id: one.id, facets: facetsAt(one, look.depth) })).filter(({ facets }) => facets.length > 0);
    if (due.length === 0) return;
    const { status, reason, say } = await this.#ask(look.signal);
    const evidence = this.#evidence(say);
    const measures = status && this.#measure(status);
    for (const { id, facets } of due)
      if (status && measures) yield* speak(id, facets, status, measures, evidence);
      else yield blind(id, facets, reason, evidence);
  }

  async *discover(_wanted: readonly Wanted<WatcherTarget>[], _depth: DiscoveryDepth, signal: AbortSignal): AsyncIterable<Discovery> {
    yield discovered(await this.#ask(signal));
  }

  async close(): Promise<void> {
    this.#closed.abort(new Error('the link is closed'));
  }

  async #ask(signal: AbortSignal): Promise<{ readonly status?: WatcherStatus; readonly reason: BlindReason; readonly say: string }> {
    const { url, token: ref, ca, timeout } = this.#connection;
    const late = new AbortController();
    const over = new AbortController();
    void this.#context.clock.sleep(timeout, over.signal).then(
      () => late.abort(new Error('late')),
      () => undefined,
    );
    const secrets: string[] = [];
    try {
      const token = ref && (await this.#context.secret(ref)).reveal();
      if (token !== undefined) secrets.push(token);
      const answer = await ask({
        url: `${url.replace(/\/+$/, '')}/api/v1/status`,
        token,
        ca,
        signal: AbortSignal.any([signal, late.signal, this.#closed.signal]),
      });
      if (!answer.ok) return { reason: answer.reason, say: redact(answer.say, secrets) };
      const status = readStatus(answer.body);
      return status
        ? { status, reason: 'omitted', say: told(status) }
        : { reason: 'protocol', say: 'what answered is no watcher of this kind' };
    } catch (error) {
      signal.throwIfAborted();
      if (late.signal.aborted) return { reason: 'timeout', say: `no answer within ${timeout} ms` };
      return { reason: 'unreachable', say: redact(error instanceof Error ? error.message : String(error), secrets) };
    } finally {
      over.abort();
    }
  }

  #measure({ ready, why, last_round: round, ledger_head: head }: WatcherStatus): Readonly<Record<string, Measure>> {
    const now = this.#context.clock.now().steady;
    const { seq, hash } = head ?? { seq: 0, hash: '' };
    const before = this.#head;
    const rewritten = before !== undefined && before.seq === seq && before.hash !== hash;
    // A rewritten head stays one until it moves on: what was seen first is the truth.
    if (!before || before.seq !== seq) this.#head = { seq, hash, since: now };
    return {
      ...(round ? { 'round.age': { value: round.ago_ms, unit: 'ms', how: 'exact' } } : {}),
      'ledger.entries': { value: seq, unit: 'count', how: 'exact' },
      'ledger.rewritten': { value: rewritten ? 1 : 0, unit: 'flag', how: 'exact' },
      'ledger.still': { value: now - (this.#head?.since ?? now), unit: 'ms', how: 'exact' },
      unready: { value: ready ? '' : clean(why.join('; ') || 'it does not say why', 200), unit: 'text', how: 'exact' },
    };
  }

  #evidence(say: string): Evidence {
    return { method: METHOD, vantage: clean(this.#connection.url, 200), at: this.#context.clock.now(), excerpt: clean(say) };
  }
}

function facetsAt({ checks }: Wanted<WatcherTarget>, depth: Depth): Facet[] {
  if (depth === 'inspect') return [];
  return [...new Set<Facet>(['presence', 'identity', ...checks.map(({ facet }) => facet)])];
}

function told({ watchdog, manifest, ready, last_round: round, ledger_head: head }: WatcherStatus): string {
  const age = round ? `${round.ago_ms} ms ago` : 'never';
  return `${watchdog} watching ${manifest.id}, ${ready ? 'ready' : 'not ready'}, last complete round ${age}, ${head?.seq ?? 0} ledger entries`;
}

/** Everything is seen, but the rounds of a watcher that has not ended its first: it lives, and nobody knows whether it watches. */
function* speak(
  id: string,
  facets: readonly Facet[],
  status: WatcherStatus,
  measures: Readonly<Record<string, Measure>>,
  evidence: Evidence,
): Iterable<Report> {
  const unseen = facets.filter((facet) => facet === 'freshness/rounds' && !status.last_round);
  const pin = { watchdog: clean(status.watchdog, 80), manifest: clean(status.manifest.id, 80) };
  yield { kind: 'seen', id, pin, looked: facets.filter((facet) => !unseen.includes(facet)), measures, evidence } satisfies Seen;
  if (unseen.length > 0) yield blind(id, unseen, 'stale-vantage', evidence);
}

function blind(id: string, facets: readonly Facet[], reason: BlindReason, evidence: Evidence): Blind {
  return { kind: 'blind', id, facets, reason, evidence };
}
