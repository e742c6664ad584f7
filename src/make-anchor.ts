import { createS3Anchor } from './adapters/anchor-s3.ts';
import type { AnchorConfig } from './config/types.ts';
import type { Anchor } from './ports.ts';
import type { Secret, SecretRef } from './values/secret.ts';

const TIMEOUT_MS = 20_000;

/** Where heads of the ledger are put, below what, and what may be done there by people's word. */
interface Anchored {
  readonly anchor: Anchor;
  readonly prefix: string;
  readonly accept: readonly string[];
}

/** The anchor that config.yaml describes; `watchdog`: its name. Nothing is contacted yet; secrets are read anew at each attempt. */
export function makeAnchor(config: AnchorConfig, watchdog: string, secret: (ref: SecretRef) => Promise<Secret>): Anchored {
  const { key, bucket, region, endpoint, pathStyle, account, lock, prefix = `${encodeURIComponent(watchdog)}/`, accept = [] } = config;
  const source = (ref: SecretRef) => () => secret(ref);
  const anchor = createS3Anchor({
    bucket,
    region,
    endpoint,
    pathStyle,
    account,
    lock,
    timeout: TIMEOUT_MS,
    key: key && {
      id: typeof key.id === 'string' ? key.id : source(key.id),
      secret: source(key.secret),
      session: key.session && source(key.session),
    },
  });
  return { anchor, prefix, accept };
}
