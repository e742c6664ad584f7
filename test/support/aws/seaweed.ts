import { spawn } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { S3 } from '@aws-sdk/client-s3';
import { makeFolder } from '../folder.ts';
import { freePort } from '../free-port.ts';
import { MOTO_PROGRAM } from './moto.ts';

/** Where `test/live/moto/setup.sh` puts it, beside moto. */
const PROGRAM = join(dirname(MOTO_PROGRAM), 'weed');
const START_MS = 180_000;

/** A second S3: with object lock, versions, foreign keys and rights that hold, where the emulator of AWS has none. */
export interface Seaweed extends AsyncDisposable {
  readonly url: string;
  /** May do everything. */
  readonly admin: S3;
  /** A connection of a watcher that may read and list, and nothing else, in the buckets named; its owner is `watcher`. */
  readonly connection: Readonly<Record<string, unknown>>;
}

const ADMIN = { accessKeyId: 'AKIAADMIN00000000000', secretAccessKey: 'secret-of-the-admin' };
export const SEAWEED_SECRET = 'secret-of-the-watcher';

/** Starts it on loopback, with nothing in it. `buckets`: those that the watcher may look into. Ended by its own process id. */
export async function startSeaweed(buckets: readonly string[]): Promise<Seaweed> {
  if (!existsSync(PROGRAM)) throw new Error(`${PROGRAM} is not there: run test/live/moto/setup.sh`);
  const folder = makeFolder();
  const config = join(folder.path, 's3.json');
  const actions = buckets.flatMap((bucket) => [
    `Read:${bucket}`,
    `List:${bucket}`,
    `GetObjectRetention:${bucket}`,
    `GetBucketObjectLockConfiguration:${bucket}`,
  ]);
  const identity = (name: string, accessKey: string, secretKey: string, may: readonly string[]) => ({
    name,
    credentials: [{ accessKey, secretKey }],
    actions: may,
  });
  const identities = [
    identity('admin', ADMIN.accessKeyId, ADMIN.secretAccessKey, ['Admin']),
    identity('watcher', 'AKIAWATCHER000000000', SEAWEED_SECRET, actions),
  ];
  writeFileSync(config, JSON.stringify({ identities }), { mode: 0o600 });
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const child = spawn(PROGRAM, [...(await argumentsOf(folder.path)), `-s3.port=${port}`, `-s3.config=${config}`], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said = (said + chunk.toString('utf8')).slice(-2000)));
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const admin = new S3({ region: 'us-east-1', endpoint: url, credentials: ADMIN, forcePathStyle: true, maxAttempts: 1 });
  const until = Date.now() + START_MS;
  while (!(await isReady(admin))) {
    if (child.exitCode !== null || Date.now() > until) {
      child.kill('SIGKILL');
      throw new Error(`SeaweedFS did not start: ${said}`);
    }
    await sleep(100);
  }
  return {
    url,
    admin,
    connection: {
      sts: 'off',
      owner: 'watcher',
      endpoint: url,
      region: 'us-east-1',
      path_style: true,
      access_key_id: 'AKIAWATCHER000000000',
      secret_access_key: { env: 'SEAWEED' },
    },
    async [Symbol.asyncDispose]() {
      admin.destroy();
      // Asked politely it drains for a minute; nothing of it is kept.
      child.kill('SIGKILL');
      await ended;
      folder.remove();
    },
  };
}

/** Everything on loopback, on ports of its own, and nobody told of it. */
async function argumentsOf(folder: string): Promise<string[]> {
  const ports: string[] = [];
  for (const name of [
    'master.port',
    'master.port.grpc',
    'volume.port',
    'volume.port.grpc',
    'filer.port',
    'filer.port.grpc',
    's3.port.grpc',
  ])
    ports.push(`-${name}=${await freePort()}`);
  const quiet = ['-master.telemetry=false', '-s3.port.iceberg=0', '-s3.port.lance=0', '-s3.iam=false'];
  return [
    'server',
    `-dir=${folder}`,
    '-ip=127.0.0.1',
    '-ip.bind=127.0.0.1',
    '-s3',
    '-volume.max=20',
    '-master.volumeSizeLimitMB=64',
    ...quiet,
    ...ports,
  ];
}

/** It answers long before it can store anything. */
async function isReady(s3: S3): Promise<boolean> {
  try {
    // There from the second time on.
    await s3.createBucket({ Bucket: 'ready' }).catch(() => undefined);
    await s3.putObject({ Bucket: 'ready', Key: 'ready', Body: 'x' });
    return true;
  } catch {
    return false;
  }
}
