import { createHash } from 'node:crypto';
import { coverageOf, isUnmanaged, type Coverage, type Placed } from '../core/coverage.ts';
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
}

export interface Newcomer {
  readonly kind: string;
  readonly name: string;
}

/** What is remembered of a connection. */
interface Page extends ConnectionCoverage {
  /** Digests of what is not on the roll and was so from the first: that is known, and no news. */
  readonly known: readonly string[];
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
    if (saved !== undefined) for (const page of JSON.parse(saved) as Page[]) this.#pages.set(page.connection, page);
  }

  save(): string {
    return JSON.stringify([...this.#pages.values()]);
  }

  get coverage(): readonly ConnectionCoverage[] {
    return [...this.#pages.values()].map(({ known: _known, ...page }) => page);
  }

  /** Connections that config.yaml no longer has are forgotten. */
  keepOnly(connections: ReadonlySet<string>): void {
    for (const name of this.#pages.keys()) if (!connections.has(name)) this.#pages.delete(name);
  }

  /** One look at a connection. What a look that was not whole did not see stays as it was. */
  enter(connection: string, placed: readonly Placed[], whole: boolean, at: Instant): void {
    const before = this.#pages.get(connection) ?? { connection, at: null, whole, kinds: [], newcomers: [], known: [] };
    const unmanaged = placed.filter(isUnmanaged);
    const digests = new Map(unmanaged.map((one) => [digest(one.found.of, one.found.label), one]));
    if (before.at === null) {
      const known = whole ? [...digests.keys()] : [];
      this.#pages.set(connection, { ...before, whole, known, ...(whole && { at, kinds: coverageOf(placed) }) });
      return;
    }
    const known = new Set(before.known);
    const seen = [...digests].flatMap(([key, { found }]) => (known.has(key) ? [] : [{ kind: found.of, name: clean(found.label, 200) }]));
    if (whole) {
      this.#pages.set(connection, { ...before, at, whole, kinds: coverageOf(placed), newcomers: seen.slice(0, NAMED) });
      return;
    }
    const settled = new Set(placed.filter((one) => !isUnmanaged(one)).map(({ found }) => nameOf(found.of, clean(found.label, 200))));
    const kept = before.newcomers.filter(({ kind, name }) => !settled.has(nameOf(kind, name)));
    const all = new Map([...kept, ...seen].map((one) => [nameOf(one.kind, one.name), one]));
    this.#pages.set(connection, { ...before, whole, newcomers: [...all.values()].slice(0, NAMED) });
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
}

export function printCoverage(coverage: readonly ConnectionCoverage[]): PrintedCoverage[] {
  return coverage.flatMap(({ connection, at, whole, kinds, newcomers }): PrintedCoverage[] => {
    const when = { at: at && formatInstant(at.wall), whole };
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

function nameOf(kind: string, name: string): string {
  return `${kind}\n${name}`;
}

function digest(kind: string, label: string): string {
  return createHash('sha256').update(nameOf(kind, label)).digest('base64url').slice(0, 16);
}
