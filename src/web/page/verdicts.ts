import { html } from 'hono/html';
import type { VerdictKind } from '../../core/outcome.ts';
import { formatDuration } from '../../values/duration.ts';
import { badge, isVerdict, toneOf, whenAt, type Html } from './parts.ts';
import type { Entry } from './sources.ts';

const DAY_MS = 86_400_000;
const WIDTH = 720;
const LEAST = 4;
const LISTED = 20;

interface Turn {
  readonly at: number;
  readonly verdict: VerdictKind;
  readonly summary: string;
}

/** How the verdicts of a resource followed one another, by the ledger: a band, and the same as a list. Undefined where none was ever told of. */
export function verdictHistory(story: readonly Entry[], current: VerdictKind, now: number): Html | undefined {
  const turns = turnsOf(story);
  const [first] = turns;
  if (!first) return undefined;
  const from = Math.min(first.at - (now - first.at) * 0.1, now - DAY_MS);
  return html`${band(turns, from, now)}
    <p>
      <small
        >${formatDuration(now - from)} until now; ${turns.length} ${turns.length === 1 ? 'verdict was' : 'verdicts were'} told of. Now:
        ${badge(current)}</small
      >
    </p>
    <ol class="timeline" reversed>
      ${turns
        .slice(-LISTED)
        .reverse()
        .map(({ at, verdict, summary }) => html`<li>${whenAt(at, now)} <span>${badge(verdict)} ${summary}</span></li>`)}
    </ol>`;
}

/** What an entry says is what the daemon wrote: but a store can be restored from anywhere, so nothing in it is taken for granted. */
function turnsOf(story: readonly Entry[]): Turn[] {
  const all = story.flatMap(({ kind, at, body: { verdict, summary } }): Turn[] =>
    kind === 'verdict' && isVerdict(verdict) ? [{ at: at.wall, verdict, summary: typeof summary === 'string' ? summary : '' }] : [],
  );
  return all.filter((turn, n) => turn.verdict !== all[n - 1]?.verdict || turn.summary !== all[n - 1]?.summary);
}

/** Before the first verdict that was told of nothing was wrong: it would have been told. */
function band(turns: readonly Turn[], from: number, now: number): Html {
  const parts = [{ at: from, verdict: 'present' as const }, ...turns].map(({ at, verdict }, n) => ({
    verdict,
    at,
    until: turns[n]?.at ?? now,
  }));
  const x = (at: number): number => Math.round(((Math.max(at, from) - from) / (now - from)) * WIDTH);
  const bad = parts.filter(({ verdict }) => verdict !== 'present').reduce((sum, { at, until }) => sum + until - at, 0);
  const about = `Not present for ${formatDuration(bad)} of ${formatDuration(now - from)}`;
  return html`<svg class="band" viewBox="0 0 ${WIDTH} 24" preserveAspectRatio="none" role="img" aria-label="${about}">
    ${parts.map(({ verdict, at, until }) => {
      const height = verdict === 'present' ? 8 : 24;
      // What is short, or has only just begun, is still to be seen.
      const width = Math.max(LEAST, x(until) - x(at));
      return html`<rect
        class="${toneOf(verdict)}"
        x="${Math.min(x(at), WIDTH - LEAST)}"
        y="${24 - height}"
        width="${width}"
        height="${height}"
      />`;
    })}
  </svg>`;
}
