import type { Claim } from '../../core/claim.ts';
import type { Incident } from '../../core/incident.ts';
import type { PrintedResource } from '../../core/page.ts';
import { formatDuration } from '../../values/duration.ts';
import { isMoment, isVerdict } from './parts.ts';
import type { Entry } from './sources.ts';

/** One thing that happened. `claimed`: somebody says so, and nothing here believes it. */
export interface Happening {
  /** Ms since 1970. */
  readonly at: number;
  readonly what: string;
  readonly by: 'looked' | 'paged' | 'people' | 'claimed';
}

interface Member {
  readonly id: string;
  readonly entries: readonly Entry[];
  /** As it stands now; where the incident is over that may be another story. */
  readonly now?: Pick<PrintedResource, 'last_seen_healthy' | 'first_seen_bad'> | undefined;
}

/** What of the world an incident's story is told from. */
export interface Told {
  /** Of the incident itself. */
  readonly entries: readonly Entry[];
  /** Of its first members, each with its name. */
  readonly members: readonly Member[];
  readonly claims: readonly Claim[];
}

const MINUTE_MS = 60_000;
/** As `core/claim.ts` shows them beside an incident: from so long before it. */
const CLAIMED_BEFORE_MS = 10 * MINUTE_MS;
const LEAVERS = 20;
const text = (of: unknown): string | undefined => (typeof of === 'string' && of !== '' ? of : undefined);

/** The story of an incident in order of time: last healthy, first look, confirmation, pages, receipts, acknowledgements, claims, end. */
export function timeline(incident: Incident, told: Told): Happening[] {
  // Then what the state remembers of it adds nothing.
  const receipts = told.entries.some(({ kind }) => kind === 'receipt');
  const all = [
    ...opening(incident, receipts),
    ...looks(incident, told),
    ...pages(told.entries, incident),
    ...people(told.entries),
    ...claimed(incident, told.claims),
  ];
  // A time that is none comes from a store that somebody else wrote.
  const known = new Map(all.filter(({ at }) => isMoment(at)).map((one) => [`${one.at} ${one.what}`, one]));
  return [...known.values()].sort((a, b) => a.at - b.at);
}

/** `receipts`: the record says who accepted what when. */
function opening({ opened, members, class: kind, ending, phase, pagedAt, ackedUntil }: Incident, receipts: boolean): Happening[] {
  const wall = (steady: number): number => opened.wall + (steady - opened.steady);
  const left = Object.entries(members).flatMap(([id, one]) => (one.left === null ? [] : [{ id, at: one.left.wall }]));
  const many =
    left.length > LEAVERS ? [{ at: left.at(-1)?.at ?? 0, what: `${left.length} were no longer part of it`, by: 'looked' as const }] : [];
  return [
    { at: opened.wall, what: `Confirmed (${kind}): the incident was opened and its pages were written`, by: 'looked' },
    ...(many.length > 0 ? many : left.map(({ id, at }): Happening => ({ at, what: `${id} was no longer part of it`, by: 'looked' }))),
    ...(pagedAt === null || receipts ? [] : [{ at: wall(pagedAt), what: 'A pager last accepted the page', by: 'paged' as const }]),
    ...(ackedUntil === null || phase === 'closed' || ending !== null
      ? []
      : [{ at: wall(ackedUntil), what: 'The acknowledgement ends: repeats begin again', by: 'people' as const }]),
  ];
}

function looks(incident: Incident, { members }: Told): Happening[] {
  const [from, until] = [incident.opened.wall - MINUTE_MS, endOf(incident) + MINUTE_MS];
  return members.flatMap(({ id, entries, now }) => {
    const verdicts = entries.filter(
      ({ kind, at, body }) => kind === 'verdict' && at.wall >= from && at.wall <= until && isVerdict(body['verdict']),
    );
    const bad = verdicts.filter(({ body }) => body['verdict'] !== 'present').map(({ body }) => body);
    return [
      ...[...bad, ...(now ? [now] : [])].flatMap((one) => beforeIt(id, text(one['last_seen_healthy']), text(one['first_seen_bad']))),
      ...verdicts.map(({ at, body }): Happening => {
        const say = text(body['summary']);
        return { at: at.wall, what: `${id}: ${String(body['verdict'])}${say === undefined ? '' : `: ${say}`}`, by: 'looked' };
      }),
    ];
  });
}

function beforeIt(id: string, healthy: string | undefined, bad: string | undefined): Happening[] {
  return [
    ...(healthy === undefined ? [] : [{ at: Date.parse(healthy), what: `${id} was last seen healthy`, by: 'looked' as const }]),
    ...(bad === undefined ? [] : [{ at: Date.parse(bad), what: `First look that found ${id} otherwise`, by: 'looked' as const }]),
  ];
}

/** When its last member left; never, where it is open. */
function endOf({ phase, members }: Incident): number {
  return phase === 'closed' ? Math.max(...Object.values(members).map(({ left }) => left?.wall ?? Infinity)) : Infinity;
}

function pages(entries: readonly Entry[], { opened }: Incident): Happening[] {
  let phase: unknown;
  return entries.flatMap(({ kind, at, body }): Happening[] => {
    const [pager, event, reason, sent] = [
      text(body['pager']) ?? '',
      text(body['event']) ?? '',
      text(body['reason']) ?? '',
      text(body['sent']),
    ];
    const page = event === reason ? event : `${event}, ${reason}`;
    if (kind === 'receipt') {
      const leaving = sent === undefined ? [] : [{ at: Date.parse(sent), what: `Sent to ${pager} (${page})`, by: 'paged' as const }];
      const after = event === 'trigger' ? `, ${formatDuration(at.wall - opened.wall)} after the confirmation` : '';
      return [...leaving, { at: at.wall, what: `${pager} accepted it (${page})${after}`, by: 'paged' }];
    }
    if (kind === 'page') return [{ at: at.wall, what: `${pager} did not accept it (${page}): ${text(body['failed']) ?? ''}`, by: 'paged' }];
    if (kind !== 'incident' || body['phase'] === phase) return [];
    phase = body['phase'];
    if (phase === 'resolving') return [{ at: at.wall, what: 'Over: the resolve was written', by: 'looked' }];
    return phase === 'closed' ? [{ at: at.wall, what: 'Closed: every pager knows of its end', by: 'paged' }] : [];
  });
}

function people(entries: readonly Entry[]): Happening[] {
  return entries.flatMap(({ kind, at, body }): Happening[] => {
    if (kind !== 'acknowledged') return [];
    const lasts = typeof body['for_ms'] === 'number' ? ` for ${formatDuration(body['for_ms'])}` : '';
    const through = text(body['through']);
    return [
      {
        at: at.wall,
        what: `${text(body['by']) ?? 'Somebody'} acknowledged it${lasts}${through === undefined ? '' : `, through ${through}`}`,
        by: 'people',
      },
    ];
  });
}

function claimed(incident: Incident, claims: readonly Claim[]): Happening[] {
  const [from, until] = [incident.opened.wall - CLAIMED_BEFORE_MS, endOf(incident)];
  return claims
    .filter(({ at, about }) => at.wall >= from && at.wall <= until && concerns(about, incident.members))
    .map(({ at, by, text: say }) => ({ at: at.wall, what: `${by} claimed: “${say}”`, by: 'claimed' }));
}

function concerns(about: readonly string[], members: Incident['members']): boolean {
  return about.length === 0 || about.some((id) => Object.hasOwn(members, id));
}
