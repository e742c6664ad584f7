import { placeFound, sightOf } from '../core/coverage.ts';
import type { Unexplored } from '../core/found.ts';
import type { Clock } from '../ports.ts';
import type { CoverageBook } from './coverage-book.ts';
import { discoverAll } from './discovery-round.ts';
import type { Plan } from './plan.ts';

/** How long one connection may say nothing, ms. */
const PATIENCE_MS = 60_000;

/** Connections that could not be listed whole, and why. */
export type Hidden = readonly { readonly connection: string; readonly why: readonly Unexplored[] }[];

/** Asks every connection what is there, by name only, holds it against the roll and enters it into the book, unless `isOver` by then. Never rejects. */
export async function coverageRound(
  { sources = [], leftOut = [], resources }: Pick<Plan, 'sources' | 'leftOut' | 'resources'>,
  book: CoverageBook,
  { clock, signal, isOver }: { readonly clock: Clock; readonly signal: AbortSignal; readonly isOver: () => boolean },
): Promise<Hidden> {
  const discovered = await discoverAll(sources, resources, { depth: 'names', patience: PATIENCE_MS, clock, signal });
  if (isOver()) return [];
  const coversOf = (connection: string, kind: string) => sources.find((one) => one.connection === connection)?.coversOf(kind);
  const placed = Map.groupBy(placeFound(discovered, resources, leftOut, coversOf), ({ connection }) => connection);
  const asked = discovered.filter((one) => one.asked);
  book.keepOnly(new Set(asked.map(({ connection }) => connection)));
  return asked.flatMap((one) => {
    const { connection, listed } = one;
    const { hidden, beyond } = sightOf(one, leftOut);
    // What was listed once and is refused now is sight that was lost: what it showed may have changed since.
    const why = [...hidden, ...beyond.filter((each) => book.hasListed(connection, each))];
    const refused = beyond.filter((each) => !why.includes(each)).map(({ beyond: kind = '', on }) => ({ kind, on }));
    book.enter(connection, { placed: placed.get(connection) ?? [], whole: why.length === 0, listed, beyond: refused }, clock.now());
    return why.length > 0 ? [{ connection, why }] : [];
  });
}
