import type { ProbeContext } from '../../src/probe.ts';
import { bounded } from './bounded.ts';
import { makeClient } from './clients.ts';
import { resolveCredentials } from './credentials.ts';
import { BadAnswer, failureOf, type Failure } from './errors.ts';
import { homeRegion, type Connection } from './schema.ts';

/** Who the watcher is before it becomes a role. */
export interface Home {
  readonly account: string;
  /** As STS tells it. */
  readonly arn: string;
}

/** Whose the credentials are that a role is assumed with, or that are used as they are: where the watcher itself is at home. */
export async function baseIdentity(
  asked: Connection,
  { clock, secret }: Pick<ProbeContext, 'clock' | 'secret'>,
  signal: AbortSignal,
): Promise<Home | Failure> {
  const secrets: string[] = [];
  const connection = { ...asked, role_arn: undefined, external_id: undefined };
  try {
    return await bounded(connection.timeout, clock, signal, 'sts:GetCallerIdentity', async (abortSignal) => {
      const credentials = await resolveCredentials(connection, secret, secrets, abortSignal);
      const sts = await makeClient('sts', homeRegion(connection), connection, credentials);
      try {
        const { Account: account, Arn: arn } = await sts.getCallerIdentity({}, { abortSignal });
        if (account === undefined || arn === undefined) throw new BadAnswer('sts:GetCallerIdentity says neither account nor ARN');
        return { account, arn };
      } finally {
        sts.destroy();
      }
    });
  } catch (error) {
    return failureOf(error, secrets);
  }
}
