import { readFileSync } from 'node:fs';
import { Hono, type Context } from 'hono';
import { html } from 'hono/html';
import type { Incident } from '../../core/incident.ts';
import { radiusSvg } from '../../core/radius-svg.ts';
import type { WatchStatus } from '../../loop/self.ts';
import type { Changes } from '../changes.ts';
import { incidentPage } from './incident.ts';
import { incidentsPage } from './incidents.ts';
import { Kept } from './kept.ts';
import { banner, layout, type Place } from './layout.ts';
import { overview, standing } from './overview.ts';
import type { Html } from './parts.ts';
import { protectionPage } from './protection.ts';
import { resourcePage } from './resource.ts';
import { readAsked } from './roll.ts';
import { wholeSources, type PageSources, type Surveyed } from './sources.ts';
import { watcherPage } from './watcher.ts';

/** Readers that are kept up to date at the same time; one more is told to come back. */
const MOST_READERS = 500;
const STORY = 200;
const TOLD_MEMBERS = 5;
const CLOSED = 50;
/** They stand beside this file, in the repository and in the package. */
const ASSETS = { 'style.css': 'text/css; charset=utf-8', 'live.js': 'text/javascript; charset=utf-8' } as const;

export interface PageOptions {
  readonly version: string;
  readonly status: () => WatchStatus;
  /** One that is open, or over and still kept. */
  readonly incident: (id: string) => Promise<Incident | undefined>;
  readonly changes: Changes;
  readonly sources?: Partial<PageSources>;
}

/** One page: where it hangs, its title and what stands in it. */
interface Shown {
  readonly place: Place;
  readonly title: string;
  readonly body: Html;
}

/** The status page: read-only, whole without JavaScript, kept up to date with it by `/events`. */
export function createPages({ version, status, incident: find, changes, sources: given = {} }: PageOptions): Hono {
  const app = new Hono();
  const sources = wholeSources(given);
  const kept = new Kept();

  /** Answers with a page, made once for all who ask for it meanwhile. */
  const show = async (context: Context, make: (now: WatchStatus, at: number) => Shown | Promise<Shown>, code: 200 | 404 = 200) => {
    const current = status();
    const { pathname, search } = new URL(context.req.url);
    const text = await kept.page(`${code} ${pathname}${search}`, current, async () => {
      const now = Date.now();
      const { place, title, body } = await make(current, now);
      const frame = { watchdog: current.watcher.name, version, at: new Date(now).toISOString(), sign: standing(current).sign };
      return String(await layout(frame, title, place, body));
    });
    return context.html(text, code);
  };
  const missing = (context: Context, place: Place, title: string) => show(context, () => ({ place, title, body: nothing() }), 404);

  app.get('/', (context) =>
    show(context, (now, at) => {
      const asked = readAsked((name) => context.req.query(name));
      return { place: '/', title: standing(now).headline, body: overview(now, asked, at) };
    }),
  );
  app.get('/resources/:id', async (context) => {
    const id = context.req.param('id');
    const resource = status().print(id);
    if (!resource) return missing(context, '/', 'Not on the roll');
    return show(context, async (now, at) => {
      const [measured, story] = await Promise.all([sources.measured(id), sources.story(id, STORY)]);
      return { place: '/', title: `${id}: ${resource.verdict}`, body: resourcePage(resource, now, { measured, story }, at) };
    });
  });
  app.get('/incidents', (context) =>
    show(context, async (now, at) => {
      return { place: '/incidents', title: 'Incidents', body: incidentsPage(now, await sources.history(CLOSED), at) };
    }),
  );
  app.get('/incidents/:id', async (context) => {
    const incident = await find(context.req.param('id'));
    if (!incident) return missing(context, '/incidents', 'No such incident');
    // The link that pages carry: people get the page, and a program that asks for JSON the whole of it.
    const wanted = context.req.header('accept') ?? '';
    if (wanted.includes('application/json') && !wanted.includes('text/html')) return context.json(incident);
    return show(context, async (now, at) => {
      const names = Object.keys(incident.members).slice(0, TOLD_MEMBERS);
      const open = incident.phase !== 'closed';
      const stories = names.map(async (id) => ({ id, entries: await sources.story(id, STORY), now: open ? now.print(id) : undefined }));
      const [entries, members] = await Promise.all([sources.story(incident.id, STORY), Promise.all(stories)]);
      const body = incidentPage(incident, now, { entries, members, claims: now.claims }, at);
      return { place: '/incidents', title: `Incident ${incident.class}`, body };
    });
  });
  // An id with a slash in it, which people type or which a link broke: there is no such one, and they are told so as of any other.
  app.get('/resources/*', (context) => missing(context, '/', 'Not on the roll'));
  app.get('/incidents/*', (context) => missing(context, '/incidents', 'No such incident'));
  app.get('/protection', (context) =>
    show(context, (now, at) => {
      const { page } = readAsked((name) => context.req.query(name));
      return { place: '/protection', title: 'Protection', body: protectionPage(now, sources.survey(), page, at) };
    }),
  );
  app.get('/watcher', (context) =>
    show(context, (now, at) => ({
      place: '/watcher',
      title: 'The watcher',
      body: watcherPage(now, sources.survey(), sources.cosigned(), at),
    })),
  );
  let drawn: { readonly of: Surveyed; readonly svg: string } | undefined;
  app.get('/blast-radius.svg', (context) => {
    const surveyed = sources.survey();
    if (!surveyed) return context.text('the first audit has not ended', 404);
    const { name, manifest } = status().watcher;
    if (drawn?.of !== surveyed) drawn = { of: surveyed, svg: radiusSvg(surveyed.radius, `${name}, ${manifest}, ${surveyed.at}`) };
    return context.body(drawn.svg, 200, { 'content-type': 'image/svg+xml; charset=utf-8' });
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

function nothing(): Html {
  return html`${banner('blind', 'There is none of that name', 'It may have left the roll, or the incident may be long over.')}
    <p><a href="/">Back to the roll</a></p>`;
}
