import type { Page, PrintedResource } from '../../src/core/page.ts';
import type { PostgresVersion } from '../support/postgres.ts';
import type { Recorded } from './recording-pager.ts';
import type { Paged, Row } from './row.ts';

/** What came of one row on one version. */
export interface Cell {
  readonly row: string;
  readonly version: PostgresVersion;
  /** The verdict that was paged, with its breaches; or that nothing was. */
  readonly verdict: string;
  /** Seconds from the operation's return to the page; undefined where none came. */
  readonly observed: number | undefined;
  /** Seconds allowed; undefined where no page may come at all. */
  readonly allowed: number | undefined;
  /** Why it is wrong; undefined where it is right. */
  readonly wrong: string | undefined;
}

/** What was heard and when the operation began and returned, ms on one clock. */
export interface Heard {
  readonly pages: readonly Recorded[];
  readonly began: number;
  readonly returned: number;
  /** What the watch says of the resource at the end. */
  readonly resource: PrintedResource | undefined;
}

/** Holds what was heard against what the row says. */
export function judgeCell(row: Row, version: PostgresVersion, heard: Heard): Cell {
  return { row: row.name, version, ...(row.paged === 'nothing' ? judgeSilence(heard) : judgeAlarm(row.paged, heard)) };
}

type Judged = Omit<Cell, 'row' | 'version'>;

function judgeSilence({ pages, returned, resource }: Heard): Judged {
  const [first] = pages;
  const verdict = first ? saidBy(first.page) : (resource?.verdict ?? 'unknown');
  const observed = first && secondsAfter(returned, first);
  const wrong = first
    ? `paged: ${first.page.summary}`
    : resource?.verdict === 'present'
      ? undefined
      : `nothing paged, but at the end it is ${standing(resource)}`;
  return { verdict, observed, allowed: undefined, wrong };
}

function judgeAlarm(paged: Paged, { pages, began, returned, resource }: Heard): Judged {
  const right = pages.find(({ page }) => isRight(paged, page));
  const shown = right ?? pages.at(-1);
  const observed = right && secondsAfter(returned, right);
  const judged = { verdict: shown ? saidBy(shown.page) : 'nothing paged', observed, allowed: paged.within };
  const early = pages.find(({ at }) => at < began);
  const stray = pages.find(({ page }) => !isRight(paged, page) && !(paged.meanwhile ?? []).some((verdict) => verdict === verdictOf(page)));
  if (early) return { ...judged, wrong: `paged before anything was done: ${early.page.summary}` };
  if (!right || observed === undefined)
    return { ...judged, wrong: `not paged as ${describe(paged)}; at the end it is ${standing(resource)}` };
  if (observed > paged.within) return { ...judged, wrong: 'too late' };
  if (paged.verdict === 'watchdog' && resource?.verdict !== 'present')
    return { ...judged, wrong: `told of as announced, but at the end it is ${standing(resource)}` };
  return { ...judged, wrong: stray && `paged besides: ${saidBy(stray.page)}: ${stray.page.summary}` };
}

function standing(resource: PrintedResource | undefined): string {
  return resource ? `${resource.verdict}: ${resource.summary}` : 'unknown';
}

/** True where a page says exactly what the row expects. */
export function isRight(paged: Paged, page: Page): boolean {
  return page.event !== 'resolve' && saidBy(page) === describe(paged);
}

function describe({ verdict, breaches = [] }: Paged): string {
  return [verdict, ...breaches.toSorted()].join(' ');
}

function saidBy(page: Page): string {
  const [resource] = page.resources;
  const verdict = verdictOf(page);
  return verdict === 'degraded'
    ? [verdict, ...(resource?.breaches ?? []).map(({ kind, path }) => `${kind} ${path}`).toSorted()].join(' ')
    : verdict;
}

/** By the class in its key: on the track of blindness a page is about what cannot be seen, whatever else is wrong. */
function verdictOf(page: Page): string {
  const [resource] = page.resources;
  if (page.event === 'resolve') return 'resolved';
  if (resource?.id === '@watchdog') return 'watchdog';
  return page.dedup_key.split('/').at(-2) === 'blind' ? 'blind' : (resource?.verdict ?? 'unknown');
}

function secondsAfter(returned: number, { at }: Recorded): number {
  return Math.max(0, at - returned) / 1000;
}
