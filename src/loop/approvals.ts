import type { Instant } from '../core/report.ts';
import { changesManifest } from '../core/request.ts';
import { change, endOf, fail, isOpen, movedSince, type InForce, type RequestRecord } from '../core/request-state.ts';
import { sayState } from '../core/request-words.ts';
import type { Log, Store } from '../ports.ts';
import type { WatchPorts } from './watch-ports.ts';
import type { ExpectedLosses } from './expected-losses.ts';
import type { Troubles } from './troubles.ts';

const ID_LENGTH = 26;

/** What people were told of, by request and name: once, or how many refusals of its token. */
type Told = Record<string, number>;

const WORDS = {
  'signers.cloned': 'a security key that signed this counts backwards, as if there were two of it',
  'grant.approved': 'people approved',
  'grant.forged': 'the store says that people approved this, and their signatures are not there',
  'grant.refused': 'a one-time token was tried and refused',
  'grant.unended': 'a one-time token was used, and nobody said how it ended',
  'grant.unused': 'what people approved did not come',
  'grant.void': 'what people approved is void',
} as const;
type News = keyof typeof WORDS;
type Tell = (name: News, record: RequestRecord) => void;

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
  readonly #isProven: (record: RequestRecord) => boolean;
  /** Requests whose signatures have been verified, by what was verified: each of them once. */
  readonly #proven = new Map<string, number>();
  readonly #told: Told;

  /** `saved`: what `save()` gave before a restart. */
  constructor(
    ports: Pick<WatchPorts, 'store' | 'log' | 'isProven'>,
    troubles: Troubles,
    losses: ExpectedLosses,
    saved: string | undefined,
  ) {
    this.#store = ports.store;
    this.#log = ports.log;
    this.#isProven = ports.isProven ?? (() => false);
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
    const standing = records.filter((record) => movedSince(record.document, inForce) === undefined);
    const proven = standing.filter((record) => this.#proves(record));
    this.#losses.learn(proven, at);
    const news = new Map<News, string[]>();
    const tell: Tell = (name, record) => void news.set(name, [...(news.get(name) ?? []), sayState(record)]);
    for (const record of proven) this.#tellOnce(record, 'grant.approved', tell);
    for (const record of standing) if (isApproved(record) && !this.#proves(record)) this.#tellOnce(record, 'grant.forged', tell);
    for (const record of records) {
      this.#hear(record, tell);
      const turned = isOpen(record) ? this.#turn(record, inForce, at) : undefined;
      if (turned && (await this.#write(record, turned, at)) && turned.tell) tell(turned.tell, turned.next);
    }
    for (const [name, lines] of news)
      this.#troubles.raise(name, `${WORDS[name]}: ${lines.join('; ')}`, name === 'grant.forged' ? 'critical' : 'warning', at, forMs);
    const known = new Set(records.map(({ id }) => id));
    for (const key of Object.keys(this.#told)) if (!known.has(key.slice(0, ID_LENGTH))) delete this.#told[key];
    for (const id of this.#proven.keys()) if (!known.has(id)) this.#proven.delete(id);
  }

  #hear(record: RequestRecord, tell: Tell): void {
    const { id, refused, cloned = [] } = record;
    if (cloned.length > 0) this.#tellOnce(record, 'signers.cloned', tell);
    const key = `${id} grant.refused`;
    if (refused > (this.#told[key] ?? 0)) {
      this.#told[key] = refused;
      tell('grant.refused', record);
    }
  }

  #tellOnce(record: RequestRecord, name: News, tell: Tell): void {
    const key = `${record.id} ${name}`;
    if (this.#told[key] !== undefined) return;
    this.#told[key] = 1;
    tell(name, record);
  }

  /** Verified once for each approval: the bytes of a record change with its revision. */
  #proves(record: RequestRecord): boolean {
    const { id, revision } = record;
    if (!isApproved(record)) return false;
    if (this.#proven.get(id) === revision) return true;
    if (!this.#isProven(record)) return false;
    this.#proven.set(id, revision);
    return true;
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
    const why = lost === undefined ? 'not used within its window' : 'the loss came, and the next manifest did not';
    return { next: { ...change(record), execution: 'FAILED', why }, is: 'unused', tell: 'grant.unused' };
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

const isApproved = ({ status, execution }: RequestRecord): boolean => status === 'APPROVED' && execution === 'PENDING';
