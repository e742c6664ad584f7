import { timingSafeEqual } from 'node:crypto';
import { serve, type ServerType } from '@hono/node-server';
import { Hono } from 'hono';
import { secureHeaders } from 'hono/secure-headers';
import type { Incident } from '../core/incident.ts';
import type { WatchStatus } from '../loop/self.ts';
import type { Secret } from '../values/secret.ts';
import { Changes } from './changes.ts';
import { createClaims, type ClaimsOptions } from './claims.ts';
import { EXPOSITION_TYPE } from './exposition.ts';
import { Metrics } from './metrics.ts';
import { createPages } from './page/routes.ts';
import { recently } from './recently.ts';
import { createWitness } from './witness.ts';
import type { Cosigning } from '../cosigning/cosigning.ts';
import { createRequests, readRequests, type RequestsOptions } from './requests.ts';

export interface WebOptions {
  readonly host: string;
  readonly port: number;
  /** Where people reach it, if that is elsewhere: through a proxy that keeps the name. */
  readonly url?: string | undefined;
  /** Asked for on every path but /healthz, where the daemon listens beyond loopback. */
  readonly token: Secret | undefined;
  readonly status: () => WatchStatus;
  /** An incident that is over, for as long as it is kept; undefined where none are. */
  readonly closed?: ((id: string) => Promise<Incident | undefined>) | undefined;
  readonly version: string;
  /** How claims come in; undefined where nobody may make any. */
  readonly claims?: ClaimsOptions | undefined;
  /** Who cosigns the heads of the ledger, and whose heads are cosigned here; undefined where there is no key for it. */
  readonly cosigning?: Pick<Cosigning, 'cosigned' | 'isWitness' | 'submit'> | undefined;
  /** How people approve what is asked for; undefined where nobody signs. */
  readonly requests?: RequestsOptions | undefined;
}

/** Nothing but what the daemon itself serves, and nobody may frame it. */
const POLICY = {
  defaultSrc: ["'none'"],
  styleSrc: ["'self'"],
  scriptSrc: ["'self'"],
  connectSrc: ["'self'"],
  imgSrc: ['data:'],
  formAction: ["'self'"],
  baseUri: ["'none'"],
  frameAncestors: ["'none'"],
};

export interface WebServer {
  readonly url: string;
  close(): Promise<void>;
}

/** The daemon over HTTP (CONTRACT §6). Nothing that is said here changes what is watched, judged or paged, but what enough people signed. */
export function createWeb(options: Omit<WebOptions, 'port'>): Hono {
  const app = new Hono();
  app.use(secureHeaders({ contentSecurityPolicy: POLICY, referrerPolicy: 'no-referrer', xFrameOptions: 'DENY' }));
  // Before the guard of what is read: a claim or a request comes with a token of its own, and an approval or a grant proves itself.
  if (options.claims) app.route('/', createClaims(options.claims));
  if (options.requests) app.route('/', createRequests(options.requests));
  if (options.cosigning?.isWitness) app.route('/', createWitness(options.cosigning));
  app.get('/healthz', (context) => context.json({ ok: true, version: options.version }));
  const status = recently(options.status);
  const incident = async (id: string): Promise<Incident | undefined> =>
    // A store that cannot be read is paged already; here it knows of none.
    options.status().incidents.find((one) => one.id === id) ?? (await options.closed?.(id).catch(() => undefined));
  app.use(async (context, next) => {
    if (options.token && !sameToken(context.req.header('authorization'), options.token))
      return context.json({ error: 'a bearer token is needed' }, 401);
    await next();
    return undefined;
  });
  const known = options.url === undefined ? undefined : new URL(options.url).hostname;
  if (!options.token)
    app.use(async (context, next) => {
      // Without a token only the address protects what is told here, and a page elsewhere can have its own name lead to loopback.
      const { hostname } = new URL(context.req.url);
      if (!isLocal(hostname) && hostname !== options.host && hostname !== known)
        return context.json({ error: 'ask by the address that watchdog.listen names' }, 421);
      await next();
      return undefined;
    });
  app.get('/readyz', (context) => {
    const { ready, why } = options.status();
    return context.json({ ready, why }, ready ? 200 : 503);
  });
  app.get('/api/v1/status', (context) => context.json(printStatus(options.status())));
  app.get('/api/v1/resources', (context) => context.json({ resources: options.status().resources }));
  app.get('/api/v1/resources/:id', (context) => {
    const resource = options.status().resources.find(({ id }) => id === context.req.param('id'));
    return resource ? context.json(resource) : context.json({ error: 'no such resource on the roll' }, 404);
  });
  app.get('/api/v1/incidents', (context) => context.json({ incidents: options.status().incidents }));
  app.get('/api/v1/incidents/:id', async (context) => {
    const found = await incident(context.req.param('id'));
    return found ? context.json(found) : context.json({ error: 'no such incident, or one long over' }, 404);
  });
  if (options.requests) app.route('/', readRequests(options.requests.office));
  const metrics = new Metrics(options.version);
  app.get('/metrics', (context) => context.body(metrics.expose(status()), 200, { 'content-type': EXPOSITION_TYPE }));
  app.get('/api/v1/ledger/head', (context) => context.json({ head: options.status().head, cosigned: options.cosigning?.cosigned ?? [] }));
  app.route('/', createPages({ version: options.version, status, incident, changes: new Changes(status) }));
  return app;
}

/** Listens; rejects where the address cannot be had. */
export async function listen(options: WebOptions): Promise<WebServer> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const server: ServerType = serve({ fetch: createWeb(options).fetch, hostname: options.host, port: options.port }, ({ port }) =>
    resolve(port),
  );
  server.once('error', reject);
  const port = await promise;
  const host = options.host.includes(':') ? `[${options.host}]` : options.host;
  return {
    url: `http://${host}:${port}`,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        // A reader that keeps its connection open must not keep the daemon from ending.
        if ('closeAllConnections' in server) server.closeAllConnections();
      }),
  };
}

/** The whole of 127.0.0.0/8 (RFC 1122 §3.2.1.3), ::1, and the name reserved for them (RFC 6761 §6.3). */
function isLocal(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
}

function printStatus(status: WatchStatus): Record<string, unknown> {
  const counts: Record<string, number> = {};
  for (const { verdict } of status.resources) counts[verdict] = (counts[verdict] ?? 0) + 1;
  const { name, manifest, version } = status.watcher;
  return {
    watchdog: name,
    manifest: {
      id: manifest,
      version,
      signing: status.standing?.state ?? 'unsigned',
      signed_by: status.standing?.approval?.people ?? [],
      tampering: status.standing?.tampering ?? null,
    },
    last_round: status.roundAge === null ? null : { ago_ms: Math.round(status.roundAge) },
    ready: status.ready,
    why: status.why,
    counts,
    incidents: status.incidents.length,
    windows: status.windows ?? [],
    pagers: Object.fromEntries([...status.pagers].map(([name, { at, error }]) => [name, { at: new Date(at.wall).toISOString(), error }])),
    inspections: Object.fromEntries([...status.stretch].map(([group, stretch]) => [group.split('\n', 1)[0] ?? group, stretch])),
    coverage: status.coverage ?? [],
    ledger_head: status.head,
  };
}

function sameToken(header: string | undefined, token: Secret): boolean {
  const given = Buffer.from(header ?? '');
  const wanted = Buffer.from(`Bearer ${token.reveal()}`);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}
