import { EC2 } from '@aws-sdk/client-ec2';
import { motoAccount } from '../moto-account.ts';
import { Scene } from '../scene.ts';
import { ec2, Fault, startAwsStub } from '../stub.ts';
import type { KindWorlds, World } from '../world.ts';

const NAMES = ['vol-0000000000000000a', 'vol-0000000000000000b', 'vol-0000000000000000c'];
const volume = (volumeId: string, at: number) => ({
  volumeId,
  size: 100,
  status: 'in-use',
  createTime: new Date(Date.UTC(2024, 2, 1, 10, 0, at)),
  encrypted: true,
  attachmentSet: { item: [{ volumeId, instanceId: 'i-0a', status: 'attached', deleteOnTermination: false }] },
});
type Volume = ReturnType<typeof volume>;

async function onStub(): Promise<World> {
  const stub = await startAwsStub();
  const scene = new Scene<Volume>({
    items: NAMES.map(volume),
    nameOf: ({ volumeId }) => volumeId,
    page: (item, nextToken) => ec2('DescribeVolumes', { volumeSet: { item }, nextToken }),
    throttled: new Fault('RequestLimitExceeded', 503),
    none: new Fault('InvalidVolume.NotFound'),
  });
  stub.on('ec2:DescribeRegions', ec2('DescribeRegions', { regionInfo: { item: [{ regionName: 'eu-west-1' }] } }));
  stub.on('ec2:DescribeVolumes', ({ params: { 'VolumeId.1': name, NextToken } }) =>
    scene.answer(NextToken, name === undefined ? undefined : ({ volumeId }) => volumeId === name),
  );
  return scene.world(stub, {
    names: NAMES,
    entry: (name, expect) => ({ volume: name, ...(expect && { expect }) }),
    can: {
      doom: async (name) => scene.change(name, { status: 'deleting' }),
      weaken: async (name) => {
        const item = [{ volumeId: name, instanceId: 'i-0a', status: 'attached', deleteOnTermination: true }];
        scene.change(name, { attachmentSet: { item } });
        return 'protection/kept_on_termination';
      },
    },
  });
}

async function onEmulator(endpoint: string): Promise<World> {
  const account = await motoAccount(endpoint);
  const client = new EC2(account.client);
  const make = async (): Promise<string> => {
    const { VolumeId } = await client.createVolume({ AvailabilityZone: 'eu-west-1a', Size: 10, Encrypted: true });
    if (VolumeId === undefined) throw new Error('the emulator made no volume');
    return VolumeId;
  };
  const names = [await make(), await make(), await make()];
  const left = new Set(names);
  const destroy = async (VolumeId: string) => {
    await client.deleteVolume({ VolumeId });
    left.delete(VolumeId);
  };
  return {
    connection: account.connection,
    names,
    entry: (name, expect) => ({ volume: name, ...(expect && { expect }) }),
    destroy,
    destroyAll: async () => {
      for (const name of left) await destroy(name);
    },
    can: {
      elsewhere: async () => {
        const other = await motoAccount(endpoint);
        return { ...other.connection, account: account.connection['account'] };
      },
    },
    [Symbol.asyncDispose]: async () => client.destroy(),
  };
}

export const ebsVolume: KindWorlds = { stub: onStub, emulator: onEmulator };
