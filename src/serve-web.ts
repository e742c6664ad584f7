/** A part of `app`: what listens. */
import type { Config } from './config/types.ts';
import type { Watch } from './loop/watch.ts';
import type { Clock, Log } from './ports.ts';
import type { RequestOffice } from './request-office.ts';
import type { Secret, SecretRef } from './values/secret.ts';
import type { Certificate } from './web/certificate.ts';
import type { ListenOptions, WebServer } from './web/listen.ts';

type ReadSecret = (ref: SecretRef) => Promise<Secret>;

/** How often it is looked whether the certificate was renewed, ms. */
const RENEWED_EVERY_MS = 60_000;

export interface Serving {
  /** As it is now: a reload brings other tokens. */
  readonly config: () => Config;
  readonly watch: Watch;
  readonly office: RequestOffice;
  readonly secret: ReadSecret;
  readonly clock: Clock;
  readonly log: Log;
  readonly more: Pick<ListenOptions, 'closed' | 'cosigning' | 'sources' | 'version'>;
}

export type Served = WebServer & {
  /** Takes up a renewed certificate at once. Never rejects. */
  renew(): Promise<void>;
};

/** Listens where config.yaml says; undefined where it says `off`. */
export async function serveWeb({ config, watch, office, secret, clock, log, more }: Serving): Promise<Served | undefined> {
  const { watchdog, claims, requests, signers } = config();
  const { listen: at, token, url, tls, behindProxy } = watchdog;
  const tell: TellEnd = (what) => watch.trouble('certificate.ends', what, 'warning');
  // What was told of one that is no longer used is over.
  if (!tls) await tell(null);
  if (at === 'off') return undefined;
  try {
    const [{ listen }, { Certificate }] = [await import('./web/listen.ts'), await import('./web/certificate.ts')];
    const certificate = tls && (await Certificate.read(tls.cert, () => secret(tls.key)));
    const asking = new Map([...requests.requesters].map(([name, one]) => [name, one.token]));
    const requesters = () => readTokens(asking, secret);
    const kindOf = (name: string) => requests.requesters.get(name)?.kind ?? 'agent';
    const server = await listen({
      ...more,
      at,
      certificate,
      log,
      behindProxy,
      tokens: () => config().tokens,
      token: token && (await secret(token)),
      status: () => watch.status(),
      url,
      claims: { claimants: () => readTokens(claims, secret), claim: (given) => watch.claim(given) },
      requests: signers && { office, requesters, kindOf, now: () => office.now() },
    });
    const renewing = certificate && keepRenewed(certificate, { clock, log, tell });
    return {
      url: server.url,
      renew: async () => renewing?.now(),
      close: async () => {
        renewing?.stop();
        await server.close();
      },
    };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new StartError(`cannot listen on ${'socket' in at ? at.socket : `${at.host}:${at.port}`} (watchdog.listen): ${why}`);
  }
}

/** What is to be said of the certificate's end; null where it is far. */
type TellEnd = (what: string | null) => Promise<void>;

/**
 * Looks once a minute; what cannot be used is said, once, and the old one stays. Its near end is told to people: a status page that no browser
 * opens any more, and peers that no longer reach this watcher, are found out when they are needed.
 */
function keepRenewed(
  certificate: Certificate,
  { clock, log, tell }: Pick<Serving, 'clock' | 'log'> & { readonly tell: TellEnd },
): { readonly now: () => Promise<void>; readonly stop: () => void } {
  const stopped = new AbortController();
  let [said, told]: [string, string | null | undefined] = ['', undefined];
  const renew = async (): Promise<string> => {
    try {
      if (await certificate.renew()) log.info('a renewed certificate is in use', { until: new Date(certificate.term.until).toISOString() });
      return '';
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  };
  const now = async (): Promise<void> => {
    const wrong = await renew();
    const [{ until }, { wall }] = [certificate.term, clock.now()];
    const end = wall < certificate.due ? '' : `it ${wall > until ? 'ended' : 'ends'} on ${new Date(until).toISOString()}`;
    const why = [wrong, end].filter(Boolean).join('; ');
    if (why !== '' && why !== said) log.error('the certificate is not as it should be', { why });
    said = why;
    const what = end === '' ? null : `the certificate of watchdog.tls is to be renewed: ${why}`;
    if (what !== told) await tell(what);
    told = what;
  };
  const run = async (): Promise<void> => {
    while (!stopped.signal.aborted) {
      await now();
      await clock.sleep(RENEWED_EVERY_MS, stopped.signal).catch(() => {});
    }
  };
  void run();
  return { now, stop: () => stopped.abort() };
}

/** The tokens that can be had; one that cannot be read lets nobody in and keeps nobody out. */
async function readTokens(
  refs: ReadonlyMap<string, SecretRef>,
  secret: (ref: SecretRef) => Promise<Secret>,
): Promise<ReadonlyMap<string, Secret>> {
  const read = await Promise.allSettled([...refs].map(async ([name, ref]) => [name, await secret(ref)] as const));
  return new Map(read.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : [])));
}

/** The files are well-formed, but this machine does not allow what they say. */
export class StartError extends Error {
  override readonly name = 'StartError';
}
