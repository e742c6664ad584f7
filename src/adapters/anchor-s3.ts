import { randomUUID } from 'node:crypto';
import type { S3 } from '@aws-sdk/client-s3';
import type { Strong, Unaudited } from '../core/audit-report.ts';
import type { Anchor } from '../ports.ts';
import { clean } from '../values/text.ts';
import { readSecret, type SecretSource } from './secret-source.ts';

export interface S3AnchorOptions {
  readonly bucket: string;
  readonly region: string;
  /** Of an emulator, or of another store that speaks S3. */
  readonly endpoint?: string | undefined;
  /** `endpoint/bucket/key` instead of `bucket.endpoint/key`. */
  readonly pathStyle: boolean;
  /** The account that owns the bucket: one of that name that somebody else has registered since is refused. */
  readonly account?: string | undefined;
  /** Without one the SDK finds its own: the host's role, a profile, the environment. */
  readonly key?:
    | { readonly id: SecretSource | string; readonly secret: SecretSource; readonly session?: SecretSource | undefined }
    | undefined;
  /** What each object is locked with, beyond the bucket's own default; `forMs` from the moment it is written. */
  readonly lock?: { readonly mode: 'compliance' | 'governance'; readonly forMs: number } | undefined;
  /** One attempt, ms. */
  readonly timeout: number;
}

const CONTENT_TYPE = 'text/plain; charset=utf-8';

/**
 * Puts objects into a bucket, by `PutObject` alone: the credential needs `s3:PutObject`, and `s3:PutObjectRetention` where `lock` is set. Nothing is read and nothing
 * deleted (an audit rehearses that it could not be), and an object of the same key becomes an older version of it. The SDK is loaded by the first put.
 */
export function createS3Anchor(options: S3AnchorOptions): Anchor {
  const { bucket, account, lock, timeout } = options;
  return {
    name: `s3://${bucket}`,
    audit: (prefix, signal) => rehearseDeletion(options, prefix, signal),
    put: async (key, body, at, signal) => {
      const secrets: string[] = [];
      let client: S3 | undefined;
      try {
        // Anew for each: a credential that was rotated counts at once, and a put every few minutes keeps no connection open.
        client = await makeClient(options, secrets);
        await client.putObject(
          {
            Bucket: bucket,
            Key: key,
            Body: body,
            ContentType: CONTENT_TYPE,
            ...(account !== undefined && { ExpectedBucketOwner: account }),
            ...(lock && {
              ObjectLockMode: lock.mode === 'compliance' ? ('COMPLIANCE' as const) : ('GOVERNANCE' as const),
              ObjectLockRetainUntilDate: new Date(at + lock.forMs),
            }),
          },
          { abortSignal: AbortSignal.any([signal, AbortSignal.timeout(timeout)]) },
        );
        return null;
      } catch (error) {
        return failure(error, secrets);
      } finally {
        client?.destroy();
      }
    },
  };
}

/**
 * Deletes a version that cannot be there, of a name that nobody has: S3 decides who may before it looks for anything, and makes no delete marker
 * where a version is named. Refused, the credential may not take back what it put.
 */
async function rehearseDeletion(options: S3AnchorOptions, prefix: string, signal: AbortSignal): Promise<readonly (Strong | Unaudited)[]> {
  const { bucket, account, lock, timeout } = options;
  const on = clean(`s3://${bucket}/${prefix}*`, 200);
  const secrets: string[] = [];
  let client: S3 | undefined;
  try {
    client = await makeClient(options, secrets);
    await client.deleteObject(
      {
        Bucket: bucket,
        Key: `${prefix}rollcall-audit-${randomUUID()}`,
        VersionId: 'null',
        ...(account !== undefined && { ExpectedBucketOwner: account }),
      },
      { abortSignal: AbortSignal.any([signal, AbortSignal.timeout(timeout)]) },
    );
    const held = lock?.mode === 'compliance';
    const what = `the credential of ledger.anchor may s3:DeleteObjectVersion on ${on}: a rehearsal was let through${held ? '; what is locked in compliance mode it cannot delete all the same' : ''}`;
    const fix = ['# let it s3:PutObject (and s3:PutObjectRetention) there and nothing else: docs/ledger.md'];
    return [{ kind: 'strong', right: 'delete', on, severity: held ? 'warning' : 'critical', what, fix }];
  } catch (error) {
    if (isRefusal(error)) return [];
    const say = `could not prove that it deletes nothing: ${failure(error, secrets)}`;
    return [{ kind: 'unaudited', on, reason: 'protocol', say: clean(say, 400) }];
  } finally {
    client?.destroy();
  }
}

/** What says that this credential may not, and not that nobody knows it, or that another's bucket was asked. */
function isRefusal(error: unknown): boolean {
  return error instanceof Error && /^(?:AccessDenied|AllAccessDisabled|Forbidden)$/.test(error.name);
}

async function makeClient({ region, endpoint, pathStyle, key, timeout }: S3AnchorOptions, secrets: string[]): Promise<S3> {
  const given = key && {
    accessKeyId: typeof key.id === 'string' ? key.id : await readSecret(key.id),
    secretAccessKey: await readSecret(key.secret),
    ...(key.session && { sessionToken: await readSecret(key.session) }),
  };
  secrets.push(...(given ? [given.secretAccessKey, given.sessionToken ?? ''] : []).filter((text) => text !== ''));
  const sdk = await import('@aws-sdk/client-s3');
  return new sdk.S3({
    region,
    // The pace is ours.
    maxAttempts: 1,
    forcePathStyle: pathStyle,
    requestHandler: { connectionTimeout: timeout, requestTimeout: timeout },
    ...(endpoint !== undefined && { endpoint }),
    ...(given && { credentials: given }),
  });
}

/** A sentence without a secret. */
function failure(error: unknown, secrets: readonly string[]): string {
  const { name, message } = error instanceof Error ? error : { name: '', message: String(error) };
  const said = name === '' || name === 'Error' || message.startsWith(name) ? message : `${name}: ${message}`;
  return clean(
    secrets.reduce((text, secret) => text.replaceAll(secret, '…'), said === '' ? 'no reason was given' : said),
    300,
  );
}
