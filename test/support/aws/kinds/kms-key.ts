import { KMS } from '@aws-sdk/client-kms';
import { motoAccount, type MotoAccount } from '../moto-account.ts';
import { Scene } from '../scene.ts';
import { ec2, Fault, startAwsStub, STUB_ACCOUNT, type AwsStub } from '../stub.ts';
import type { KindWorlds, World } from '../world.ts';

const NAMES = ['a', 'b', 'c'].map((end) => `00000000-0000-4000-8000-00000000000${end}`);
const entry = (key: string, expect?: object) => ({ key, ...(expect && { expect }) });

/** A key as the API tells of it; moments are in seconds. */
export const keyOf = (KeyId: string, at = 0) => ({
  KeyId,
  Arn: `arn:aws:kms:eu-west-1:${STUB_ACCOUNT}:key/${KeyId}`,
  AWSAccountId: STUB_ACCOUNT,
  CreationDate: Date.UTC(2024, 2, 1, 10, 0, at) / 1000,
  Enabled: true,
  KeyState: 'Enabled',
  KeyManager: 'CUSTOMER',
  KeySpec: 'SYMMETRIC_DEFAULT',
  Origin: 'AWS_KMS',
  DeletionDate: undefined as number | undefined,
  ValidTo: undefined as number | undefined,
});
export type StubKey = ReturnType<typeof keyOf>;

/** Keys of those ids on the stub, two on a page of the listing; all of them are rotated. */
export function stubKeys(stub: AwsStub, ids: readonly string[]): Scene<StubKey> {
  const scene = new Scene<StubKey>({
    items: ids.map(keyOf),
    nameOf: ({ KeyId }) => KeyId,
    page: (keys, NextMarker) => ({
      body: { Keys: keys.map(({ KeyId, Arn }) => ({ KeyId, KeyArn: Arn })), Truncated: NextMarker !== undefined, NextMarker },
    }),
    throttled: new Fault('ThrottlingException'),
    none: new Fault('NotFoundException'),
  });
  stub.on('ec2:DescribeRegions', ec2('DescribeRegions', { regionInfo: { item: [{ regionName: 'eu-west-1' }] } }));
  stub.on('kms:ListKeys', ({ params: { Marker } }) => scene.answer(Marker));
  stub.on('kms:DescribeKey', ({ params: { KeyId } }) => {
    const key = scene.items.find((one) => one.KeyId === KeyId);
    return key ? { body: { KeyMetadata: key } } : scene.answer(undefined, () => false);
  });
  stub.on('kms:GetKeyRotationStatus', { body: { KeyRotationEnabled: true, RotationPeriodInDays: 365 } });
  return scene;
}

async function onStub(): Promise<World> {
  const stub = await startAwsStub();
  const scene = stubKeys(stub, NAMES);
  return scene.world(stub, {
    names: NAMES,
    entry,
    can: {
      doom: async (name) => scene.change(name, { KeyState: 'PendingDeletion', Enabled: false, DeletionDate: Date.now() / 1000 + 86_400 }),
      weaken: async (name) => {
        scene.change(name, { KeyState: 'Disabled', Enabled: false });
        return 'protection/enabled';
      },
    },
  });
}

/** Makes or deletes a stack of one key: a key that is gone at once is something only CloudFormation has on the emulator. */
async function stack({ client }: MotoAccount, action: 'CreateStack' | 'DeleteStack', StackName: string): Promise<void> {
  const Properties = { EnableKeyRotation: true, KeyPolicy: '{"Version":"2012-10-17","Statement":[]}' };
  const TemplateBody = JSON.stringify({ Resources: { Key: { Type: 'AWS::KMS::Key', Properties } } });
  const scope = `${client.credentials.accessKeyId}/20260101/${client.region}/cloudformation/aws4_request`;
  const answer = await fetch(client.endpoint, {
    method: 'POST',
    headers: { authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=0` },
    body: new URLSearchParams({ Action: action, Version: '2010-05-15', StackName, ...(action === 'CreateStack' && { TemplateBody }) }),
  });
  if (!answer.ok) throw new Error(`${action}: ${await answer.text()}`);
}

async function onEmulator(endpoint: string): Promise<World> {
  const account = await motoAccount(endpoint);
  const kms = new KMS(account.client);
  const ids = async (): Promise<string[]> => ((await kms.listKeys({})).Keys ?? []).flatMap(({ KeyId = '' }) => KeyId);
  const stacks = new Map<string, string>();
  for (const name of ['one', 'two', 'three']) {
    await stack(account, 'CreateStack', name);
    for (const id of await ids()) if (!stacks.has(id)) stacks.set(id, name);
  }
  const names = [...stacks.keys()];
  const destroy = async (id: string): Promise<void> => {
    const name = stacks.get(id);
    if (name !== undefined) await stack(account, 'DeleteStack', name);
    stacks.delete(id);
  };
  return {
    connection: account.connection,
    names,
    entry,
    destroy,
    destroyAll: async () => {
      for (const id of stacks.keys()) await destroy(id);
    },
    can: {
      doom: async (KeyId) => void (await kms.scheduleKeyDeletion({ KeyId, PendingWindowInDays: 7 })),
      weaken: async (KeyId) => {
        await kms.disableKey({ KeyId });
        return 'protection/enabled';
      },
      elsewhere: async () => {
        const other = await motoAccount(endpoint);
        return { ...other.connection, account: account.connection['account'] };
      },
    },
    [Symbol.asyncDispose]: async () => kms.destroy(),
  };
}

export const kmsKey: KindWorlds = { stub: onStub, emulator: onEmulator };
