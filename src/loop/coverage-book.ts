import { createHash } from 'node:crypto';
import { coverageOf, isUnmanaged, type Coverage, type Placed } from '../core/coverage.ts';
import type { Found, Unexplored } from '../core/found.ts';
import type { Instant } from '../core/report.ts';
import { formatInstant } from '../core/wording.ts';
import { clean } from '../values/text.ts';

/** How much of one connection is on the roll, as it was last seen whole. */
export interface ConnectionCoverage {
  readonly connection: string;
  /** When that was; null where it never was. */
  readonly at: Instant | null;
  /** Whether the latest attempt saw all of it. */
  readonly whole: boolean;
  readonly kinds: readonly Coverage[];
  /** Things that came to be there, or left the roll, since the first look, and are neither on it nor left out on purpose. */
  readonly newcomers: readonly Newcomer[];
  /** Listings that this credential may not make and nothing on the roll needs: of what they would show nothing is said. */
  readonly beyond: readonly Beyond[];
}

export interface Beyond {
  /** Of what. */
  readonly kind: string;
  /** `rds:DescribeDBClusters in eu-west-1`. */
  readonly on: string;
}

export interface Newcomer {
  readonly kind: string;
  readonly name: string;
}

/** What is remembered of a connection. */
interface Page extends ConnectionCoverage {
  /** Digests of what is not on the roll and was so from the first: that is known, and no news. */
  readonly known: readonly string[];
  /** Listings that were ever made. Absent of a page that an older version wrote, and where the probe names none. */
  readonly listed?: readonly string[];
}

/** An older version knew of no listings. */
type Saved = Omit<Page, 'beyond'> & Partial<Pick<Page, 'beyond'>>;

/** One look at a connection. */
interface Look {
  readonly placed: readonly Placed[];
  readonly whole: boolean;
  readonly listed: readonly string[];
  readonly beyond: readonly Beyond[];
}

/** Newcomers that are named; more are counted with these. */
const NAMED = 100;

/**
 * Remembers what was not on the roll when a connection was first seen whole, so that only what comes later is news. Whether it has to be on
 * the roll is for people to say: by the manifest, which names it or leaves it out.
 */
export class CoverageBook {
  readonly #pages = new Map<string, Page>();

  /** `saved`: what `save()` gave before a restart. */
  constructor(saved: string | undefined) {
    if (saved !== undefined) for (const page of JSON.parse(saved) as Saved[]) this.#pages.set(page.connection, { beyond: [], ...page });
  }

  save(): string {
    return JSON.stringify([...this.#pages.values()]);
  }

  get coverage(): readonly ConnectionCoverage[] {
    return [...this.#pages.values()].map(({ known: _known, listed: _listed, ...page }) => page);
  }

  /** Connections that config.yaml no longer has are forgotten. */
  keepOnly(connections: ReadonlySet<string>): void {
    for (const name of this.#pages.keys()) if (!connections.has(name)) this.#pages.delete(name);
  }

  /** Whether a listing that is refused now was made before. */
  hasListed(connection: string, { on, beyond }: Pick<Unexplored, 'on' | 'beyond'>): boolean {
    const { listed, kinds = [] } = this.#pages.get(connection) ?? {};
    return listed?.includes(on) ?? kinds.some(({ kind, found }) => kind === beyond && found > 0);
  }

  /**
   * What a look that was not whole did not see stays as it was. What a listing shows the first time that it may be made was there before, for all
   * that anybody knows: it is no news either.
   */
  enter(connection: string, { placed, whole, listed: seenNow, beyond }: Look, at: Instant): void {
    const before = this.#pages.get(connection) ?? { connection, at: null, whole, kinds: [], newcomers: [], beyond: [], known: [] };
    const unmanaged = placed.filter(isUnmanaged);
    const digests = new Map(unmanaged.map((one) => [digest(one.found.of, one.found.label), one]));
    if (before.at === null) {
      const known = whole ? [...digests.keys()] : [];
      const first = whole && { at, kinds: coverageOf(placed), ...(seenNow.length > 0 && { listed: seenNow }) };
      this.#pages.set(connection, { ...before, whole, known, beyond, ...first });
      return;
    }
    const isFirstSight = ({ listing, of }: Found): boolean =>
      listing !== undefined && !(before.listed?.includes(listing) ?? before.kinds.some(({ kind }) => kind === of));
    const known = new Set([...before.known, ...[...digests].flatMap(([key, { found }]) => (isFirstSight(found) ? [key] : []))]);
    const seen = [...digests].flatMap(([key, { found }]) => (known.has(key) ? [] : [{ kind: found.of, name: clean(found.label, 200) }]));
    const listed = [...new Set([...(before.listed ?? []), ...seenNow])];
    const page = { ...before, whole, beyond, known: [...known], ...(listed.length > 0 && { listed }) };
    if (whole) {
      this.#pages.set(connection, { ...page, at, kinds: coverageOf(placed), newcomers: seen.slice(0, NAMED) });
      return;
    }
    const settled = new Set(placed.filter((one) => !isUnmanaged(one)).map(({ found }) => nameOf(found.of, clean(found.label, 200))));
    const kept = before.newcomers.filter(({ kind, name }) => !settled.has(nameOf(kind, name)));
    const all = new Map([...kept, ...seen].map((one) => [nameOf(one.kind, one.name), one]));
    this.#pages.set(connection, { ...page, newcomers: [...all.values()].slice(0, NAMED) });
  }
}

/** One line of it, as JSON has it everywhere. `kind` is null where a connection was never seen whole, or has nothing at all. */
export interface PrintedCoverage {
  readonly connection: string;
  readonly kind: string | null;
  readonly found: number;
  /** Of those, on the roll. */
  readonly managed: number;
  /** Besides those, there on purpose without being on the roll. */
  readonly left_out: number;
  /** Names of what came since the first look, at most a hundred. */
  readonly newcomers: readonly string[];
  /** When all of it was last seen. */
  readonly at: string | null;
  /** Whether the latest look saw all of it. */
  readonly whole: boolean;
  /** What the connection's credential may not list, so that no figure speaks of it: `aws.rds.cluster (rds:DescribeDBClusters in eu-west-1)`. */
  readonly not_listed: readonly string[];
}

export function printCoverage(coverage: readonly ConnectionCoverage[]): PrintedCoverage[] {
  return coverage.flatMap(({ connection, at, whole, kinds, newcomers, beyond }): PrintedCoverage[] => {
    const when = { at: at && formatInstant(at.wall), whole, not_listed: beyond.map(({ kind, on }) => `${kind} (${on})`) };
    if (kinds.length === 0)
      return [{ connection, kind: null, found: 0, managed: 0, left_out: 0, newcomers: newcomers.map(({ name }) => name), ...when }];
    return kinds.map(({ kind, found, managed, leftOut }) => {
      const own = newcomers.flatMap((one) => (one.kind === kind ? [one.name] : []));
      return { connection, kind, found, managed, left_out: leftOut, newcomers: own, ...when };
    });
  });
}

/** What fell, in a sentence for people; undefined where nothing did. */
export function wordFall(coverage: readonly ConnectionCoverage[]): string | undefined {
  const parts = coverage.flatMap(({ connection, kinds, newcomers }) =>
    [...Map.groupBy(newcomers, ({ kind }) => kind)].map(([kind, own]) => {
      const { found, managed } = kinds.find((one) => one.kind === kind) ?? { found: own.length, managed: 0 };
      const shown = own.slice(0, 5).map(({ name }) => clean(name, 60));
      const more = own.length > shown.length ? ` and ${own.length - shown.length} more` : '';
      return `${connection}: ${managed} of ${found} ${kind} on the roll, newly not: ${shown.join(', ')}${more}`;
    }),
  );
  if (parts.length === 0) return undefined;
  return clean(`coverage has fallen: ${parts.join('; ')} (rollcall discover --unmanaged)`, 600);
}

/** Of what the figures do not speak, in a sentence for people; undefined where they speak of all. */
export function wordBeyond(beyond: readonly Beyond[]): string | undefined {
  if (beyond.length === 0) return undefined;
  const kinds = [...new Set(beyond.map(({ kind }) => kind))];
  const calls = beyond.map(({ on }) => on);
  const more = calls.length > 4 ? ` and ${calls.length - 4} more` : '';
  return clean(
    `does not speak of all of ${kinds.join(', ')}: its credential may not ${calls.slice(0, 4).join(', ')}${more} (rollcall grants --coverage)`,
    600,
  );
}

function nameOf(kind: string, name: string): string {
  return `${kind}\n${name}`;
}

function digest(kind: string, label: string): string {
  return createHash('sha256').update(nameOf(kind, label)).digest('base64url').slice(0, 16);
}
