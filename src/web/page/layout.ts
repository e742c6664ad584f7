import { html } from 'hono/html';
import type { Html, Tone } from './parts.ts';

/** What every page of one answer says. */
export interface Frame {
  readonly watchdog: string;
  readonly version: string;
  /** When this answer was made, ISO 8601. */
  readonly at: string;
  /** Leads the title, so that a tab says how things stand whatever page it shows. */
  readonly sign: string;
}

const PLACES = { '/': 'Roll', '/incidents': 'Incidents', '/protection': 'Protection', '/watcher': 'Watcher' } as const;
export type Place = keyof typeof PLACES;

/**
 * The page around `body`. Without JavaScript the page reloads itself; with it, `live.js` puts in what has changed. What is said aloud stands
 * apart from the clock, which would be read out every ten seconds.
 */
export function layout(frame: Frame, title: string, place: Place, body: Html): Html {
  const { watchdog, version, at, sign } = frame;
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${sign} ${title} – ${watchdog}</title>
        <link rel="icon" href="data:," />
        <link rel="stylesheet" href="/assets/style.css" />
        <script type="module" src="/assets/live.js"></script>
        <noscript><meta http-equiv="refresh" content="30" /></noscript>
      </head>
      <body>
        <a class="skip" href="#main">To the contents</a>
        <header>
          <a href="/" class="home">${watchdog}</a>
          <nav aria-label="Main">
            ${Object.entries(PLACES).map(([to, name]) => html`<a href="${to}" ${to === place ? html`aria-current="page"` : ''}>${name}</a> `)}
          </nav>
          <p id="live">As of <time datetime="${at}">${at.slice(11, 19)} UTC</time></p>
          <p id="said" class="hidden" role="status"></p>
        </header>
        <main id="main">${body}</main>
        <footer>
          <p>rollcall ${version}. This page can only be read: nothing here acknowledges, silences or approves.</p>
        </footer>
      </body>
    </html>`;
}

/** Characters beyond which a headline is set smaller. */
const LONG = 24;

/** The first glance: the tone fills the banner, the words can be read from across the room. */
export function banner(tone: Tone, headline: string, rest: Html | string): Html {
  return html`<section class="banner ${tone}${headline.length > LONG ? ' long' : ''}" aria-labelledby="headline">
    <h1 id="headline">${headline}</h1>
    <p>${rest}</p>
  </section>`;
}

/** A part of a page under its heading; nothing where there is nothing to say. `id` is its own on its page. */
export function part(id: string, heading: string, body: Html | undefined): Html | string {
  if (body === undefined) return '';
  return html`<section aria-labelledby="${id}">
    <h2 id="${id}">${heading}</h2>
    ${body}
  </section>`;
}
