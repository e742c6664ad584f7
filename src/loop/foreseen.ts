import type { Resource } from '../core/expectation.ts';
import { remember } from '../core/remember.ts';
import type { Instant, ResourceReport } from '../core/report.ts';
import { step, type StateEffect, type Stepped } from '../core/state.ts';
import { judge, type LookMade } from '../core/verdict.ts';
import type { ResourceRecord } from '../ports.ts';
import type { Calm } from './calm-look.ts';

/** What one look at one resource led to. */
export interface Outcomes {
  readonly resource: Resource;
  readonly effects: readonly StateEffect[];
  /** True once, when an identity was taken on first use. */
  readonly adopted: boolean;
  /** True where something other than the time of the last look changed: worth writing down at once. */
  readonly changed: boolean;
}

/** What a judgment turns a record into. */
export interface Judged {
  /** The very record that was judged: of another it says nothing. */
  readonly from: ResourceRecord;
  readonly to: ResourceRecord;
  readonly outcomes: Outcomes;
}

/** What one look will lead to, once it is taken in. Nobody is told of it before, and nothing known has changed. */
export interface Foreseen {
  readonly id: string;
  readonly at: Instant;
  readonly tookMs: number;
  /** The row of looks that say the same which it goes on with, and when it saw it; else what judging it came to: the row that begins with it, if one does, and whether there is anything that cannot be seen. */
  readonly is: { readonly calm: Calm; readonly seenAt: Instant } | (Judged & { readonly next: Calm | undefined; readonly dim: boolean });
}

/** Judges one look and advances the resource's machine by it. `adopts`: whether an identity may be taken on first use. */
export function judgeLook(
  resource: Resource,
  reports: readonly ResourceReport[],
  from: ResourceRecord,
  look: LookMade,
  at: Instant,
  adopts: boolean,
): Judged {
  const { next, effects, after } = advanceReadable(resource, reports, from, look, at);
  const adopted = after.adopted && adopts;
  const memory = after.adopted && !adopted ? { ...after.memory, adopted } : after.memory;
  const changed = effects.length > 0 || adopted || memory.tainted !== from.memory.tainted || !standAlike(next, from.state);
  return { from, to: { state: next, memory }, outcomes: { resource, effects, adopted, changed } };
}

interface Advanced extends Stepped {
  readonly after: ReturnType<typeof remember>;
}

/** What cannot even be read as a report counts as not said (law 6): one probe's nonsense about one resource must not cost the others their look. */
function advanceReadable(
  resource: Resource,
  reports: readonly ResourceReport[],
  record: ResourceRecord,
  look: LookMade,
  at: Instant,
): Advanced {
  try {
    return advance(resource, reports, record, look, at);
  } catch {
    return advance(resource, [], record, look, at);
  }
}

function advance(
  resource: Resource,
  reports: readonly ResourceReport[],
  { state, memory }: ResourceRecord,
  look: LookMade,
  at: Instant,
): Advanced {
  const judgments = judge(resource, reports, memory, look);
  const stepped = step(resource, state, { type: 'looked', at, ...look, judgments });
  return { ...stepped, after: remember(resource, memory, stepped.next, reports, judgments) };
}

/** True where nothing changed but when it was last looked at. */
function standAlike({ facets: a }: ResourceRecord['state'], { facets: b }: ResourceRecord['state']): boolean {
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => a[name]?.standing === b[name]?.standing && a[name]?.sight.blindNow === b[name]?.sight.blindNow)
  );
}
