import { Hono, type Context } from 'hono';
import { secureHeaders } from 'hono/secure-headers';
import type { Incident } from '../core/incident.ts';
import type { Cosigning } from '../cosigning/cosigning.ts';
import type { WatchStatus } from '../loop/self.ts';
import type { Secret } from '../values/secret.ts';
import { createApi } from './api.ts';
import { Changes } from './changes.ts';
import { createClaims, type ClaimsOptions } from './claims.ts';
import { EXPOSITION_TYPE } from './exposition.ts';
import { Metrics } from './metrics.ts';
import { Guard, type GuardOptions } from './guard.ts';
import { createPages } from './page/routes.ts';
import type { PageSources } from './page/sources.ts';
import { problem } from './problem.ts';
import { recently } from './recently.ts';
import { createRequests, type RequestsOptions } from './requests.ts';
import { createWitness } from './witness.ts';

export interface WebOptions extends GuardOptions {
  /** The name or address that it listens on; `localhost` for a socket. */
  readonly host: string;
  /** Where people reach it, if that is elsewhere: through a proxy that keeps the name. */
  readonly url?: string | undefined;
  /** Lets its holder read everything, as a token with the scope `read` does. Where there is either, it is asked for on every path but /healthz. */
  readonly token: Secret | undefined;
  readonly status: () => WatchStatus;
  /** An incident that is over, for as long as it is kept; undefined where none are. */
  readonly closed?: ((id: string) => Promise<Incident | undefined>) | undefined;
  readonly version: string;
  /** What the pages tell beyond the status. */
  readonly sources?: Partial<Omit<PageSources, 'cosigned'>> | undefined;
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
  imgSrc: ["'self'", 'data:'],
  formAction: ["'self'"],
  baseUri: ["'none'"],
  frameAncestors: ["'none'"],
};

/** The daemon over HTTP (CONTRACT §6). Nothing that is said here changes what is watched, judged or paged, but what enough people signed. */
export function createWeb(options: WebOptions): Hono {
  const app = new Hono();
  const guard = new Guard(options);
  const token = options.token && new Map([['watchdog.token', options.token]]);
  const known = options.url === undefined ? undefined : new URL(options.url).hostname;
  const status = recently(options.status);
  const incident = async (id: string): Promise<Incident | undefined> =>
    // A store that cannot be read is paged already; here it knows of none.
    options.status().incidents.find((one) => one.id === id) ?? (await options.closed?.(id).catch(() => undefined));

  app.onError((error, context) => {
    options.log?.error('an answer over HTTP failed', { method: context.req.method, path: context.req.path, error });
    return problem(context, 'internal', 'a mistake of our own; the log says more');
  });
  app.notFound((context) => unknownPath(app, context));
  app.use(secureHeaders({ contentSecurityPolicy: POLICY, referrerPolicy: 'no-referrer', xFrameOptions: 'DENY' }));
  // Before the guard of what is read: a claim or a request comes with a token of its own, and an approval or a grant proves itself.
  if (options.claims) app.route('/', createClaims(options.claims, guard));
  if (options.requests) app.route('/', createRequests(options.requests, guard));
  if (options.cosigning?.isWitness) app.route('/', createWitness(options.cosigning, guard));
  app.get('/healthz', (context) => context.json({ ok: true, version: options.version }));
  app.use(async (context, next) => {
    const refusal = await mayRead(context);
    if (refusal) return refusal;
    await next();
    return undefined;
  });
  app.get('/readyz', (context) => {
    const { ready, why } = status();
    return context.json({ ready, why }, ready ? 200 : 503);
  });
  const cosigned = () => options.cosigning?.cosigned ?? [];
  app.route('/', createApi({ version: options.version, status, incident, cosigned, office: options.requests?.office }));
  const metrics = new Metrics(options.version);
  app.get('/metrics', (context) => context.body(metrics.expose(status()), 200, { 'content-type': EXPOSITION_TYPE }));
  const sources = { ...options.sources, cosigned };
  app.route('/', createPages({ version: options.version, status, incident, changes: new Changes(status), sources }));
  return app;

  async function mayRead(context: Context): Promise<Response | undefined> {
    if (token || guard.knows('read', 'metrics')) {
      const admitted = await guard.admit(
        context,
        context.req.path === '/metrics' ? ['read', 'metrics'] : ['read'],
        async () => token ?? new Map(),
      );
      return 'refusal' in admitted ? admitted.refusal : undefined;
    }
    // Without a token only the address protects what is told here, and a page elsewhere can have its own name lead to loopback.
    const { hostname } = new URL(context.req.url);
    if (isLocal(hostname) || hostname === options.host || hostname === known) return undefined;
    return problem(context, 'misdirected', 'ask by the address that watchdog.listen names');
  }
}

/** The whole of 127.0.0.0/8 (RFC 1122 §3.2.1.3), ::1, and the name reserved for them (RFC 6761 §6.3). */
function isLocal(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
}

/** What stands at this path for other methods only is not unknown. */
function unknownPath(app: Hono, context: Context): Response {
  const methods = new Set(
    app.routes.filter(({ method, path }) => method !== 'ALL' && isAt(path, context.req.path)).map(({ method }) => method),
  );
  if (methods.size === 0) return problem(context, 'not-found', 'nothing is here');
  context.header('allow', [...methods, ...(methods.has('GET') ? ['HEAD'] : [])].join(', '));
  return problem(context, 'wrong-method', `${context.req.method} cannot be done here`);
}

function isAt(pattern: string, path: string): boolean {
  const [wanted, given] = [pattern.split('/'), path.split('/')];
  return wanted.length === given.length && wanted.every((part, at) => (part.startsWith(':') ? given[at] !== '' : part === given[at]));
}
