import { readFileSync } from 'node:fs';
import { Hono } from 'hono';
import { html } from 'hono/html';
import type { Incident } from '../../core/incident.ts';
import type { WatchStatus } from '../../loop/self.ts';
import type { Changes } from '../changes.ts';
import { incidentPage } from './incident.ts';
import { layout, type Frame } from './layout.ts';
import { overview, standing } from './overview.ts';
import type { Html } from './parts.ts';
import { resourcePage } from './resource.ts';

/** Readers that are kept up to date at the same time; one more is told to come back. */
const MOST_READERS = 500;
/** They stand beside this file, in the repository and in the package. */
const ASSETS = { 'style.css': 'text/css; charset=utf-8', 'live.js': 'text/javascript; charset=utf-8' } as const;

export interface PageOptions {
  readonly version: string;
  readonly status: () => WatchStatus;
  /** One that is open, or over and still kept. */
  readonly incident: (id: string) => Promise<Incident | undefined>;
  readonly changes: Changes;
}

/** The status page: read-only, whole without JavaScript, kept up to date with it by `/events`. */
export function createPages({ version, status, incident: find, changes }: PageOptions): Hono {
  const app = new Hono();
  const page = (title: (status: WatchStatus) => string, body: (status: WatchStatus, now: number) => Html) => {
    const now = Date.now();
    const current = status();
    const frame: Frame = { watchdog: current.watcher.name, version, at: new Date(now).toISOString() };
    return layout(frame, title(current), standing(current).sign, body(current, now));
  };

  app.get('/', async (context) => {
    const asked = {
      q: (context.req.query('q') ?? '').slice(0, 200),
      page: Math.max(1, Math.trunc(Number(context.req.query('page'))) || 1),
    };
    return context.html(
      page(
        (now) => standing(now).headline,
        (now, at) => overview(now, asked, at),
      ),
    );
  });
  app.get('/resources/:id', async (context) => {
    const id = context.req.param('id');
    const resource = status().resources.find((one) => one.id === id);
    if (!resource)
      return context.html(
        page(() => 'Not on the roll', missing),
        404,
      );
    return context.html(
      page(
        () => `${id}: ${resource.verdict}`,
        (now, at) => resourcePage(resource, now, at),
      ),
    );
  });
  app.get('/incidents/:id', async (context) => {
    const incident = await find(context.req.param('id'));
    if (!incident)
      return context.html(
        page(() => 'No such incident', missing),
        404,
      );
    // The link that pages carry: people get the page, and a program that asks for JSON the whole of it.
    const wanted = context.req.header('accept') ?? '';
    if (wanted.includes('application/json') && !wanted.includes('text/html')) return context.json(incident);
    return context.html(
      page(
        () => `Incident ${incident.class}`,
        (now, at) => incidentPage(incident, now, at),
      ),
    );
  });
  app.get('/events', (context) => {
    if (changes.readers >= MOST_READERS) return context.text('too many readers', 503, { 'retry-after': '30' });
    return context.body(changes.follow(), 200, {
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    });
  });
  for (const [name, type] of Object.entries(ASSETS)) {
    const body = readFileSync(new URL(`./${name}`, import.meta.url), 'utf8');
    app.get(`/assets/${name}`, (context) => context.body(body, 200, { 'content-type': type, 'cache-control': 'no-cache' }));
  }
  return app;
}

function missing(): Html {
  return html`<h1>There is none of that name</h1>
    <p>It may have left the roll, or the incident may be long over. <a href="/">Back to the roll</a></p>`;
}
