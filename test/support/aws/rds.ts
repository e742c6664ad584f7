import type { RDS } from '@aws-sdk/client-rds';
import { Fault, query, startAwsStub, type AwsStub, type StubCall } from './stub.ts';

export const DAY_MS = 86_400_000;

/** How RDS says that it is asked too often. */
export const THROTTLED = new Fault('Throttling', 400, 'Rate exceeded');

/** A stub of an account that has had an instance once. */
export async function startRdsStub(): Promise<AwsStub> {
  const stub = await startAwsStub();
  const DBParameterGroup = [{ DBParameterGroupName: 'default.postgres18' }];
  stub.on('rds:DescribeDBParameterGroups', query('DescribeDBParameterGroups', { DBParameterGroups: { DBParameterGroup } }));
  return stub;
}

/** The value of the filter of that name, where the call has it. */
export function filterOf({ params }: StubCall, name: string): string | undefined {
  return params['Filters.Filter.1.Name'] === name ? params['Filters.Filter.1.Values.Value.1'] : undefined;
}

/** Makes an instance on the emulator; `more`: what is not as usual. */
export async function makeInstance(client: RDS, name: string, more: object = {}): Promise<void> {
  await client.createDBInstance({
    DBInstanceIdentifier: name,
    DBInstanceClass: 'db.t4g.small',
    Engine: 'postgres',
    MasterUsername: 'master',
    MasterUserPassword: 'password-of-the-master',
    AllocatedStorage: 20,
    BackupRetentionPeriod: 7,
    ...more,
  });
}
