import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Folder } from '../folder.ts';
import { STUB_ACCOUNT } from './stub.ts';
import { AWS_KEY, AWS_SECRETS } from './watcher.ts';

/** A connection as a config has it, its secret in a file of `folder`. `more`: what is other than for a stub's account. */
export function awsConnection({ path }: Pick<Folder, 'path'>, endpoint: string, more: object = {}): Readonly<Record<string, unknown>> {
  const file = join(path, 'aws.secret');
  writeFileSync(file, AWS_SECRETS[0], { mode: 0o600 });
  return {
    probe: 'aws',
    account: STUB_ACCOUNT,
    region: 'eu-west-1',
    endpoint,
    access_key_id: AWS_KEY.access_key_id,
    secret_access_key: { file },
    ...more,
  };
}
