/** A part of `app`: what listens. */
import type { Config } from './config/types.ts';
import type { Watch } from './loop/watch.ts';
import type { RequestOffice } from './request-office.ts';
import type { Secret, SecretRef } from './values/secret.ts';
import type { WebOptions, WebServer } from './web/server.ts';

type ReadSecret = (ref: SecretRef) => Promise<Secret>;

/** Listens where config.yaml says; undefined where it says `off`. */
export async function serveWeb(
  config: Config,
  watch: Watch,
  office: RequestOffice,
  secret: ReadSecret,
  more: Pick<WebOptions, 'closed' | 'cosigning' | 'sources' | 'version'>,
): Promise<WebServer | undefined> {
  const { listen: address, token, url } = config.watchdog;
  if (address === 'off') return undefined;
  try {
    const { listen } = await import('./web/server.ts');
    const { claims, requests, signers } = config;
    const tokens = new Map([...requests.requesters].map(([name, one]) => [name, one.token]));
    const requesters = () => readTokens(tokens, secret);
    const kindOf = (name: string) => requests.requesters.get(name)?.kind ?? 'agent';
    return await listen({
      ...address,
      ...more,
      token: token && (await secret(token)),
      status: () => watch.status(),
      url,
      claims: claims.size === 0 ? undefined : { claimants: () => readTokens(claims, secret), claim: (given) => watch.claim(given) },
      requests: signers && { office, requesters, kindOf, now: () => office.now() },
    });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new StartError(`cannot listen on ${address.host}:${address.port} (watchdog.listen): ${why}`);
  }
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
