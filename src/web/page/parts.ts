import { html } from 'hono/html';
import type { VerdictKind } from '../../core/outcome.ts';
import { formatDuration } from '../../values/duration.ts';

export type Html = ReturnType<typeof html>;

/** Gravest first: the order of every list. The sign and the word carry the verdict for whoever cannot tell the colours. */
const VERDICTS: Readonly<Record<VerdictKind, { readonly sign: string; readonly tone: Tone }>> = {
  absent: { sign: '✕', tone: 'lost' },
  impostor: { sign: '≠', tone: 'lost' },
  doomed: { sign: '⌛', tone: 'lost' },
  degraded: { sign: '!', tone: 'worse' },
  blind: { sign: '?', tone: 'blind' },
  present: { sign: '✓', tone: 'good' },
};
export type Tone = 'lost' | 'worse' | 'blind' | 'good';
export const VERDICT_ORDER = Object.keys(VERDICTS) as readonly VerdictKind[];

export function isVerdict(text: unknown): text is VerdictKind {
  return typeof text === 'string' && Object.hasOwn(VERDICTS, text);
}

export function toneOf(verdict: VerdictKind): Tone {
  return VERDICTS[verdict].tone;
}

export function badge(verdict: VerdictKind): Html {
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

/** The same of ms since 1970; a dash also where it is no time at all. */
export function whenAt(wall: number | null, now: number): Html {
  return when(wall !== null && isMoment(wall) ? new Date(wall).toISOString() : null, now);
}

/** Whether it can be told as a date, ms since 1970. */
export function isMoment(wall: number): boolean {
  return !Number.isNaN(new Date(wall).getTime());
}

export function resourceLink(id: string): Html {
  return html`<a href="/resources/${inPath(id)}">${id}</a>`;
}

/** As a part of a path; half a character, which a hostile name may hold, is no reason to fail. */
export function inPath(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

/** Only what a browser opens as a page: a runbook may not be a script. */
export function outsideLink(to: string): Html {
  return /^https?:\/\//i.test(to) ? html`<a href="${to}" rel="noreferrer noopener">${to}</a>` : html`${to}`;
}
