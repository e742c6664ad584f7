import type { ProbeContext } from '../../src/probe.ts';
import { bounded } from './bounded.ts';
import { makeClient } from './clients.ts';
import { resolveCredentials } from './credentials.ts';
import { BadAnswer, failureOf, type Failure } from './errors.ts';
import { homeRegion, type Connection } from './schema.ts';

/** The account of the credentials that a role is assumed with, or that are used as they are: where the watcher itself is at home. */
export async function baseAccount(
  asked: Connection,
  { clock, secret }: Pick<ProbeContext, 'clock' | 'secret'>,
  signal: AbortSignal,
): Promise<string | Failure> {
  const secrets: string[] = [];
  const connection = { ...asked, role_arn: undefined, external_id: undefined };
  try {
    return await bounded(connection.timeout, clock, signal, 'sts:GetCallerIdentity', async (abortSignal) => {
      const credentials = await resolveCredentials(connection, secret, secrets, abortSignal);
      const sts = await makeClient('sts', homeRegion(connection), connection, credentials);
      try {
        const { Account } = await sts.getCallerIdentity({}, { abortSignal });
        if (Account === undefined) throw new BadAnswer('sts:GetCallerIdentity says no account');
        return Account;
      } finally {
        sts.destroy();
      }
    });
  } catch (error) {
    return failureOf(error, secrets);
  }
}
