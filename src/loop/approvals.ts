import type { Instant } from '../core/report.ts';
import { changesManifest } from '../core/request.ts';
import { change, endOf, fail, isOpen, movedSince, type InForce, type RequestRecord } from '../core/request-state.ts';
import { sayState } from '../core/request-words.ts';
import type { Log, Store } from '../ports.ts';
import type { ExpectedLosses } from './expected-losses.ts';
import type { Troubles } from './troubles.ts';

/** What people were told of, by request: that it was approved, and how many refusals of its token. */
type Told = Record<string, number>;

const WORDS = {
  'grant.approved': 'people approved',
  'grant.refused': 'a one-time token was tried and refused',
  'grant.unended': 'a one-time token was used, and nobody said how it ended',
  'grant.unused': 'what people approved did not come',
  'grant.void': 'what people approved is void',
} as const;
type News = keyof typeof WORDS;

/** What became of a request: the next of it, the word for the ledger, and what people are told, under which name. */
interface Turned {
  readonly next: RequestRecord;
  readonly is: string;
  readonly tell?: News;
}

/** Follows the requests in the store: what time, another manifest or an expected loss makes of them, and what people are told. */
export class Approvals {
  readonly #store: Pick<Store, 'requests' | 'commit'>;
  readonly #troubles: Troubles;
  readonly #losses: ExpectedLosses;
  readonly #log: Log;
  readonly #told: Told;

  /** `saved`: what `save()` gave before a restart. */
  constructor(
    ports: { readonly store: Pick<Store, 'requests' | 'commit'>; readonly log: Log },
    troubles: Troubles,
    losses: ExpectedLosses,
    saved: string | undefined,
  ) {
    this.#store = ports.store;
    this.#log = ports.log;
    this.#troubles = troubles;
    this.#losses = losses;
    this.#told = saved === undefined ? {} : (JSON.parse(saved) as Told);
  }

  save(): string {
    return JSON.stringify(this.#told);
  }

  /** Once a second. `forMs`: how long what is only announced stands. */
  async follow(inForce: InForce, at: Instant, forMs: number): Promise<void> {
    const records = await this.#store.requests();
    this.#losses.learn(
      records.filter((record) => movedSince(record.document, inForce) === undefined),
      at,
    );
    const news = new Map<News, string[]>();
    const tell = (name: News, record: RequestRecord): void => void news.set(name, [...(news.get(name) ?? []), sayState(record)]);
    for (const record of records) {
      this.#hear(record, tell);
      const turned = isOpen(record) ? this.#turn(record, inForce, at) : undefined;
      if (turned && (await this.#write(record, turned, at)) && turned.tell) tell(turned.tell, turned.next);
    }
    for (const [name, lines] of news) this.#troubles.raise(name, `${WORDS[name]}: ${lines.join('; ')}`, 'warning', at, forMs);
    for (const id of Object.keys(this.#told)) if (!records.some((record) => record.id === id)) delete this.#told[id];
  }

  /** Silence that people agreed on is nobody's secret, and who tries a token that is refused is told of. */
  #hear(record: RequestRecord, tell: (name: News, record: RequestRecord) => void): void {
    const { id, status, execution, refused } = record;
    if (status === 'APPROVED' && execution === 'PENDING' && this.#told[id] === undefined) {
      this.#told[id] = 0;
      tell('grant.approved', record);
    }
    if (refused > (this.#told[id] ?? 0)) {
      this.#told[id] = refused;
      tell('grant.refused', record);
    }
  }

  #turn(record: RequestRecord, inForce: InForce, at: Instant): Turned | undefined {
    const { id, document, status, burned, exit, lost } = record;
    const over = at.wall >= endOf(record);
    const moved = movedSince(document, inForce);
    const executed = (): RequestRecord => ({ ...change(record), execution: 'EXECUTED' });
    if (status === 'PENDING') {
      if (over) return { next: fail(record, 'EXPIRED', 'nobody decided in time'), is: 'expired' };
      return moved === undefined ? undefined : { next: fail(record, 'CONFIGURATION_CHANGED', moved), is: 'void' };
    }
    if (changesManifest(document.action) && document.plan?.digest === inForce.manifest)
      return { next: { ...executed(), loaded: at.wall }, is: 'loaded' };
    const spent = this.#losses.spentAt(id);
    if (spent !== undefined && lost === undefined)
      return { next: { ...(document.action === 'expect-loss' ? executed() : change(record)), lost: spent }, is: 'executed' };
    if (record.execution !== 'PENDING') return undefined;
    if (burned !== undefined && exit === undefined) {
      if (!over) return undefined;
      const why = 'its token was used, and nobody said how the command ended';
      return { next: { ...change(record), execution: 'FAILED', why }, is: 'unended', tell: 'grant.unended' };
    }
    if (moved !== undefined) return { next: fail(record, 'CONFIGURATION_CHANGED', moved), is: 'void', tell: 'grant.void' };
    if (!over) return undefined;
    return { next: { ...change(record), execution: 'FAILED', why: 'not used within its window' }, is: 'unused', tell: 'grant.unused' };
  }

  /** False where somebody else changed it meanwhile, or the store cannot write: it is looked at again in a second. */
  async #write({ id }: RequestRecord, { next, is }: Turned, at: Instant): Promise<boolean> {
    try {
      await this.#store.commit({ requests: [next], ledger: [{ at, kind: 'request', about: id, body: { is, why: next.why ?? null } }] });
      return true;
    } catch (error) {
      this.#log.warn('a request could not be written', { id, error: error instanceof Error ? error.message : String(error) });
      return false;
    }
  }
}
