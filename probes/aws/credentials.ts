import type { ProbeContext } from '../../src/probe.ts';
import { homeRegion, type Connection } from './schema.ts';
import { makeClient, type Credentials } from './clients.ts';
import { BadAnswer } from './errors.ts';

const SESSION_NAME = 'rollcall';
/** The shortest that AWS grants: a session that leaks is good for little. */
const SESSION_SECONDS = 900;

/**
 * Finds the credentials anew: the access key that is given, else the SDK's chain; then the role. Bounded by the caller. Every text in them that
 * must appear nowhere is added to `secrets` as soon as it is known.
 */
export async function resolveCredentials(
  connection: Connection,
  secret: ProbeContext['secret'],
  secrets: string[],
  signal: AbortSignal,
): Promise<Credentials> {
  const own = (await given(connection, secret)) ?? (await chained(connection));
  secrets.push(...secretsOf(own));
  const { role_arn: RoleArn, external_id } = connection;
  if (RoleArn === undefined) return own;
  const ExternalId = external_id && (await secret(external_id)).reveal();
  if (ExternalId !== undefined) secrets.push(ExternalId);
  const sts = await makeClient('sts', homeRegion(connection), connection, own);
  try {
    const { Credentials: got } = await sts.assumeRole(
      { RoleArn, RoleSessionName: SESSION_NAME, DurationSeconds: SESSION_SECONDS, ...(ExternalId !== undefined && { ExternalId }) },
      { abortSignal: signal },
    );
    if (!got?.AccessKeyId || !got.SecretAccessKey) throw new BadAnswer('sts:AssumeRole gave no credentials');
    const credentials: Credentials = {
      accessKeyId: got.AccessKeyId,
      secretAccessKey: got.SecretAccessKey,
      ...(got.SessionToken !== undefined && { sessionToken: got.SessionToken }),
      ...(got.Expiration && { expiration: got.Expiration }),
    };
    secrets.push(...secretsOf(credentials));
    return credentials;
  } finally {
    sts.destroy();
  }
}

async function given(connection: Connection, secret: ProbeContext['secret']): Promise<Credentials | undefined> {
  const { access_key_id: id, secret_access_key: key, session_token: token } = connection;
  if (id === undefined || key === undefined) return undefined;
  return {
    accessKeyId: typeof id === 'string' ? id : (await secret(id)).reveal(),
    secretAccessKey: (await secret(key)).reveal(),
    ...(token && { sessionToken: (await secret(token)).reveal() }),
  };
}

/** What a client that is given none finds for itself, past every cache. */
async function chained(connection: Connection): Promise<Credentials> {
  const sts = await makeClient('sts', homeRegion(connection), connection);
  try {
    const { accessKeyId, secretAccessKey, sessionToken, expiration } = await sts.config.credentials({ forceRefresh: true });
    return { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }), ...(expiration && { expiration }) };
  } finally {
    sts.destroy();
  }
}

function secretsOf({ secretAccessKey, sessionToken }: Credentials): string[] {
  return [secretAccessKey, ...(sessionToken === undefined ? [] : [sessionToken])];
}
