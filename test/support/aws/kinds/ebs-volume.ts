import { EC2 } from '@aws-sdk/client-ec2';
import { callerIs, DENIED, ec2, Fault, startAwsStub, STUB_ACCOUNT, type StubAnswer } from '../stub.ts';
import { motoAccount } from '../moto-account.ts';
import { AWS_KEY } from '../watcher.ts';
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

/** A page holds two of them. */
const PAGE = 2;

async function onStub(): Promise<World> {
  const stub = await startAwsStub();
  const there = new Map<string, Volume>(NAMES.map((name, at) => [name, volume(name, at)]));
  const hidden = new Set<string>();
  let secondPage: StubAnswer | undefined;
  let firstPage: StubAnswer | undefined;
  const listed = (list: readonly Volume[], nextToken?: string) => ec2('DescribeVolumes', { volumeSet: { item: list }, nextToken });
  stub.on('ec2:DescribeRegions', ec2('DescribeRegions', { regionInfo: { item: [{ regionName: 'eu-west-1' }] } }));
  stub.on('ec2:DescribeVolumes', ({ params }) => {
    const { 'VolumeId.1': name, NextToken } = params;
    if (firstPage) return firstPage;
    if (name !== undefined) {
      const one = there.get(name);
      return one ? listed([one]) : new Fault('InvalidVolume.NotFound');
    }
    if (NextToken !== undefined && secondPage) return secondPage;
    const from = Number(NextToken ?? 0);
    const shown = [...there.values()].filter((one) => !hidden.has(one.volumeId));
    return listed(shown.slice(from, from + PAGE), from + PAGE < shown.length ? String(from + PAGE) : undefined);
  });
  const change = (name: string, more: Partial<Volume>) => {
    const one = there.get(name);
    if (one) there.set(name, { ...one, ...more });
  };
  return {
    connection: { account: STUB_ACCOUNT, region: 'eu-west-1', endpoint: stub.url, ...AWS_KEY },
    names: NAMES,
    entry: (name, expect) => ({ volume: name, ...(expect && { expect }) }),
    destroy: async (name) => void there.delete(name),
    destroyAll: async () => there.clear(),
    can: {
      doom: async (name) => change(name, { status: 'deleting' }),
      weaken: async (name) => {
        const item = [{ volumeId: name, instanceId: 'i-0a', status: 'attached', deleteOnTermination: true }];
        change(name, { attachmentSet: { item } });
        return 'protection/kept_on_termination';
      },
      deny: async () => void (firstPage = DENIED),
      throttleSecondPage: async () => {
        secondPage = new Fault('RequestLimitExceeded', 503);
        return NAMES.slice(0, PAGE);
      },
      elsewhere: async () => {
        stub.on('sts:GetCallerIdentity', callerIs('999988887777'));
        return { account: STUB_ACCOUNT, region: 'eu-west-1', endpoint: stub.url, ...AWS_KEY };
      },
      hide: async (name) => void hidden.add(name),
      show: async () => hidden.clear(),
      hang: async (from) => {
        if (from === 'first page') firstPage = 'hang';
        else secondPage = 'hang';
      },
    },
    [Symbol.asyncDispose]: () => stub[Symbol.asyncDispose](),
  };
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
