import { createS3Anchor } from './adapters/anchor-s3.ts';
import type { AnchorConfig } from './config/types.ts';
import type { Anchor } from './ports.ts';
import type { Secret, SecretRef } from './values/secret.ts';

const TIMEOUT_MS = 20_000;

/** The anchor that config.yaml describes. Nothing is contacted yet; secrets are read anew at each attempt. */
export function makeAnchor(config: AnchorConfig, secret: (ref: SecretRef) => Promise<Secret>): Anchor {
  const { key, bucket, region, endpoint, pathStyle, account, lock } = config;
  const source = (ref: SecretRef) => () => secret(ref);
  return createS3Anchor({
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
}
