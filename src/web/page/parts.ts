import { html } from 'hono/html';
import type { PrintedResource } from '../../core/page.ts';
import { formatDuration } from '../../values/duration.ts';

export type Html = ReturnType<typeof html>;
type Verdict = PrintedResource['verdict'];

/** Gravest first: the order of every list. The sign and the word carry the verdict for whoever cannot tell the colours. */
const VERDICTS: Readonly<Record<Verdict, { readonly sign: string; readonly tone: Tone }>> = {
  absent: { sign: '✕', tone: 'lost' },
  impostor: { sign: '≠', tone: 'lost' },
  doomed: { sign: '⌛', tone: 'lost' },
  degraded: { sign: '!', tone: 'worse' },
  blind: { sign: '?', tone: 'blind' },
  present: { sign: '✓', tone: 'good' },
};
export type Tone = 'lost' | 'worse' | 'blind' | 'good';
export const VERDICT_ORDER = Object.keys(VERDICTS) as readonly Verdict[];

export function toneOf(verdict: Verdict): Tone {
  return VERDICTS[verdict].tone;
}

export function badge(verdict: Verdict): Html {
  const { sign, tone } = VERDICTS[verdict];
  return html`<span class="badge ${tone}"><span aria-hidden="true">${sign}</span> ${verdict}</span>`;
}

/** A moment (ISO 8601) with how long ago it was at `now` (ms since 1970); a dash where there was none. */
export function when(iso: string | null, now: number): Html {
  if (iso === null) return html`<span class="none">–</span>`;
  const ago = now - Date.parse(iso);
  const distance = ago < 0 ? `in ${formatDuration(-ago)}` : `${formatDuration(ago)} ago`;
  return html`<time datetime="${iso}">${iso.replace('T', ' ').replace(/\.\d+Z$/, ' UTC')}</time> <small>${distance}</small>`;
}

export function resourceLink(id: string): Html {
  return html`<a href="/resources/${encodeURIComponent(id)}">${id}</a>`;
}

/** A value of `expected` or `actual`: text as it is, anything else as JSON. */
export function value(of: unknown): string {
  return typeof of === 'string' ? of : JSON.stringify(of);
}
