import { DynamoDB } from '@aws-sdk/client-dynamodb';
import { motoAccount } from '../moto-account.ts';
import { Scene } from '../scene.ts';
import { ec2, Fault, startAwsStub, STUB_ACCOUNT, type AwsStub } from '../stub.ts';
import type { KindWorlds, World } from '../world.ts';
import { nextSecond } from './s3-bucket.ts';

const NAMES = ['orders', 'ledger', 'users'];
const entry = (table: string, expect?: object) => ({ table, ...(expect && { expect }) });

/** A table as the API tells of it; moments are in seconds. */
export const tableOf = (TableName: string, at = 0) => ({
  TableName,
  TableId: `00000000-0000-4000-8000-${String(at).padStart(12, '0')}`,
  TableArn: `arn:aws:dynamodb:eu-west-1:${STUB_ACCOUNT}:table/${TableName}`,
  TableStatus: 'ACTIVE',
  CreationDateTime: Date.UTC(2024, 2, 1, 10, 0, at) / 1000,
  DeletionProtectionEnabled: true,
  ItemCount: 1000,
  TableSizeBytes: 1_000_000,
});
export type StubTable = ReturnType<typeof tableOf>;

/** The answer of DescribeContinuousBackups. */
export const continuous = (PointInTimeRecoveryStatus: string, RecoveryPeriodInDays?: number) => ({
  body: {
    ContinuousBackupsDescription: {
      ContinuousBackupsStatus: 'ENABLED',
      PointInTimeRecoveryDescription: { PointInTimeRecoveryStatus, RecoveryPeriodInDays },
    },
  },
});

/** Tables of those names on the stub, two on a page of the listing; all can be restored to any moment of 35 days. */
export function stubTables(stub: AwsStub, names: readonly string[]): Scene<StubTable> {
  const scene = new Scene<StubTable>({
    items: names.map(tableOf),
    nameOf: ({ TableName }) => TableName,
    page: (tables, token) => ({ body: { TableNames: tables.map(({ TableName }) => TableName), LastEvaluatedTableName: token } }),
    throttled: new Fault('ThrottlingException'),
    none: new Fault('ResourceNotFoundException'),
  });
  stub.on('ec2:DescribeRegions', ec2('DescribeRegions', { regionInfo: { item: [{ regionName: 'eu-west-1' }] } }));
  stub.on('dynamodb:ListTables', ({ params: { ExclusiveStartTableName: from } }) => scene.answer(from));
  stub.on('dynamodb:DescribeTable', ({ params: { TableName: name } }) => {
    const table = scene.items.find(({ TableName }) => TableName === name);
    return table ? { body: { Table: table } } : scene.answer(undefined, () => false);
  });
  stub.on('dynamodb:DescribeContinuousBackups', continuous('ENABLED', 35));
  return scene;
}

async function onStub(): Promise<World> {
  const stub = await startAwsStub();
  const scene = stubTables(stub, NAMES);
  return scene.world(stub, {
    names: NAMES,
    entry,
    can: {
      recreate: async (name) => scene.change(name, { TableId: 'another', CreationDateTime: Date.now() / 1000 }),
      doom: async (name) => scene.change(name, { TableStatus: 'DELETING' }),
      weaken: async (name) => {
        scene.change(name, { DeletionProtectionEnabled: false });
        return 'protection/deletion_protection';
      },
    },
  });
}

async function onEmulator(endpoint: string): Promise<World> {
  const account = await motoAccount(endpoint);
  const dynamodb = new DynamoDB(account.client);
  const make = async (TableName: string): Promise<void> => {
    await dynamodb.createTable({
      TableName,
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      BillingMode: 'PAY_PER_REQUEST',
    });
    await dynamodb.updateContinuousBackups({ TableName, PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true } });
  };
  for (const name of NAMES) await make(name);
  const left = new Set(NAMES);
  const destroy = async (TableName: string): Promise<void> => {
    await dynamodb.deleteTable({ TableName });
    left.delete(TableName);
  };
  return {
    connection: account.connection,
    names: NAMES,
    entry,
    destroy,
    destroyAll: async () => {
      for (const name of left) await destroy(name);
    },
    can: {
      recreate: async (name) => {
        await destroy(name);
        await nextSecond();
        await make(name);
      },
      weaken: async (TableName) => {
        await dynamodb.updateContinuousBackups({ TableName, PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: false } });
        return 'protection/pitr';
      },
      elsewhere: async () => {
        const other = await motoAccount(endpoint);
        return { ...other.connection, account: account.connection['account'] };
      },
    },
    [Symbol.asyncDispose]: async () => dynamodb.destroy(),
  };
}

export const dynamodbTable: KindWorlds = { stub: onStub, emulator: onEmulator };
