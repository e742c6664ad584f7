import { html } from 'hono/html';
import type { Html, Tone } from './parts.ts';

/** What every page of one answer says. */
export interface Frame {
  readonly watchdog: string;
  readonly version: string;
  /** When this answer was made, ISO 8601. */
  readonly at: string;
}

/**
 * The page around `body`. `sign` leads the title, so that a tab says how things stand. Without JavaScript the page reloads itself;
 * with it, `live.js` puts in what has changed.
 */
export function layout(frame: Frame, title: string, sign: string, body: Html): Html {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${sign} ${title} – ${frame.watchdog}</title>
        <link rel="icon" href="data:," />
        <link rel="stylesheet" href="/assets/style.css" />
        <script type="module" src="/assets/live.js"></script>
        <noscript><meta http-equiv="refresh" content="10" /></noscript>
      </head>
      <body>
        <a class="skip" href="#main">To the contents</a>
        <header>
          <nav aria-label="Main"><a href="/">${frame.watchdog}</a></nav>
          <p id="live" role="status">As of <time datetime="${frame.at}">${frame.at.slice(11, 19)} UTC</time></p>
        </header>
        <main id="main">${body}</main>
        <footer>
          <p>rollcall ${frame.version}. This page can only be read: nothing here acknowledges, silences or approves.</p>
        </footer>
      </body>
    </html>`;
}

/** The first glance: the tone fills the banner, the words can be read from across the room. */
export function banner(tone: Tone, headline: string, rest: string): Html {
  return html`<section class="banner ${tone}" aria-labelledby="headline">
    <h1 id="headline">${headline}</h1>
    <p>${rest}</p>
  </section>`;
}
