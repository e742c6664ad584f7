import type { ProbeContext } from '../../src/probe.ts';
import { bounded } from './bounded.ts';
import { makeClient } from './clients.ts';
import { resolveCredentials } from './credentials.ts';
import { homeRegion, type Connection } from './schema.ts';

/**
 * The account of the credentials that a role is assumed with, or that are used as they are: where the watcher itself is at home. Undefined where
 * nobody tells.
 */
export async function baseAccount(
  { role_arn: _, external_id: __, ...connection }: Connection,
  { clock, secret }: Pick<ProbeContext, 'clock' | 'secret'>,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (connection.sts === 'off') return undefined;
  try {
    return await bounded(connection.timeout, clock, signal, 'sts:GetCallerIdentity', async (abortSignal) => {
      const { credentials } = await resolveCredentials(connection, secret, abortSignal);
      const sts = await makeClient('sts', homeRegion(connection), connection, credentials);
      try {
        return (await sts.getCallerIdentity({}, { abortSignal })).Account;
      } finally {
        sts.destroy();
      }
    });
  } catch {
    return undefined;
  }
}
