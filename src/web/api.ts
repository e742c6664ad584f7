import { Hono } from 'hono';
import type { Incident } from '../core/incident.ts';
import type { PrintedResource } from '../core/page.ts';
import type { Cosigning } from '../cosigning/cosigning.ts';
import type { WatchStatus } from '../loop/self.ts';
import type { RequestOffice } from '../request-office.ts';
import { byId, sendPage } from './lists.ts';
import { printStatus } from './print-status.ts';
import { problem } from './problem.ts';
import { QUERIES } from './queries.ts';
import { readQuery } from './read-query.ts';
import { reply, type Body } from './reply.ts';

export interface ApiOptions {
  readonly version: string;
  /** Asked anew at most twice a second: two answers in the same moment are the same object. */
  readonly status: () => WatchStatus;
  readonly incident: (id: string) => Promise<Incident | undefined>;
  readonly cosigned: () => Cosigning['cosigned'];
  readonly office?: Pick<RequestOffice, 'list' | 'find'> | undefined;
}

/** What is read as JSON, under /api/v1. */
export function createApi({ version, status, incident, cosigned, office }: ApiOptions): Hono {
  const app = new Hono();
  const sorted = new WeakMap<readonly PrintedResource[], readonly PrintedResource[]>();
  const whole = new WeakMap<readonly PrintedResource[], Promise<Body>>();
  const resources = (): readonly PrintedResource[] => {
    const { resources: all } = status();
    const known = sorted.get(all) ?? byId(all, idOf);
    sorted.set(all, known);
    return known;
  };

  app.get('/api/v1/status', (context) => reply(context, printStatus(status())));
  app.get('/api/v1/resources', async (context) => {
    const query = readQuery(context, QUERIES.resources);
    if (query instanceof Response) return query;
    const { verdict, kind, connection, ...page } = query;
    const all = resources();
    const items =
      verdict || kind || connection
        ? all.filter((one) => has(verdict, one.verdict) && has(kind, one.kind) && has(connection, one.connection))
        : all;
    return sendPage(context, { name: 'resources', items, idOf }, page, (make) => {
      // However many ask for all of it at the same moment, it is made once.
      const made = (items === all && whole.get(all)) || make();
      if (items === all) whole.set(all, made);
      return made;
    });
  });
  app.get('/api/v1/resources/:id', (context) => {
    const found = status().print(context.req.param('id'));
    return found ? reply(context, found) : problem(context, 'not-found', 'no such resource on the roll');
  });
  app.get('/api/v1/incidents', async (context) => {
    const query = readQuery(context, QUERIES.incidents);
    if (query instanceof Response) return query;
    const { class: which, connection, ...page } = query;
    const items = status().incidents.filter((one) => has(which, one.class) && has(connection, one.connection));
    return sendPage(context, { name: 'incidents', items: byId(items, idOf), idOf }, page);
  });
  app.get('/api/v1/incidents/:id', async (context) => {
    const found = await incident(context.req.param('id'));
    return found ? reply(context, found) : problem(context, 'not-found', 'no such incident, or one long over');
  });
  app.get('/api/v1/ledger/head', (context) => reply(context, { head: status().head, cosigned: cosigned() }));
  app.get('/api/v1/openapi.json', async (context) => {
    const { openapi } = await import('./openapi/document.ts');
    return reply(context, openapi(version));
  });
  if (!office) return app;
  app.get('/api/v1/requests', async (context) => {
    const query = readQuery(context, QUERIES.requests);
    if (query instanceof Response) return query;
    const { status: state, ...page } = query;
    const items = (await office.list()).filter((one) => has(state, one.status));
    return sendPage(context, { name: 'requests', items: byId(items, idOf), idOf }, page);
  });
  app.get('/api/v1/requests/:id', async (context) => {
    const found = await office.find(context.req.param('id'));
    return found ? reply(context, found) : problem(context, 'not-found', 'no such request');
  });
  return app;
}

const idOf = ({ id }: { readonly id: string }): string => id;
const has = (wanted: readonly string[] | undefined, value: string): boolean => wanted?.includes(value) ?? true;
