import { STS } from '@aws-sdk/client-sts';
import { AWS_KEY, AWS_SECRETS } from './watcher.ts';

/** An account of the emulator's that nobody else uses. */
export interface MotoAccount {
  /** What a client of the SDK is made with, to do what a watcher cannot. */
  readonly client: {
    readonly region: string;
    readonly endpoint: string;
    readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken: string };
  };
  /** What a connection of the watcher's says: its role is assumed by the very call that AWS has for it. */
  readonly connection: Readonly<Record<string, unknown>>;
}

let last = 300_000_000_000;

/** A new one: moto has as many as there are roles assumed. `region`: where the watcher looks. */
export async function motoAccount(endpoint: string, region = 'eu-west-1'): Promise<MotoAccount> {
  const account = String(++last);
  const role = `arn:aws:iam::${account}:role/rollcall`;
  const base = { region, endpoint, credentials: { accessKeyId: AWS_KEY.access_key_id, secretAccessKey: AWS_SECRETS[0] } };
  const sts = new STS(base);
  try {
    const { Credentials: got } = await sts.assumeRole({ RoleArn: role, RoleSessionName: 'maker' });
    const { AccessKeyId: accessKeyId = '', SecretAccessKey: secretAccessKey = '', SessionToken: sessionToken = '' } = got ?? {};
    return {
      client: { region, endpoint, credentials: { accessKeyId, secretAccessKey, sessionToken } },
      connection: { account, region, endpoint, role_arn: role, external_id: { env: 'EXTERNAL' }, ...AWS_KEY },
    };
  } finally {
    sts.destroy();
  }
}
