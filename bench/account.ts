import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from '../test/support/free-port.ts';
import { Child } from './process.ts';
import { ACCOUNT, type AccountCalls, type SimulatedAccount } from './simulated-account-task.ts';
import type { World } from './world.ts';

const SCRIPT = fileURLToPath(new URL('./simulated-account.ts', import.meta.url));
const QUEUE = `arn:aws:sqs:eu-west-1:${ACCOUNT}:rollcall-events`;

/** A simulated account, and how a daemon that watches all of it is told of it. */
export interface Account {
  /** Path of a config without a queue of events. */
  readonly config: string;
  readonly calls: () => Promise<AccountCalls>;
  /** Deletes an instance, and puts a message about it into the queue in the same moment; ms since 1970 when that was done. */
  remove(name: string): Promise<number>;
  /** Files of another daemon, that posts its pages to `path` and listens to the queue or does not. */
  files(path: string, listens: boolean): Promise<string>;
}

/** Work with an account of so many RDS instances in a process of its own, which is ended afterwards. */
export async function withAccount<T>(world: World, instances: number, sweepS: number, work: (account: Account) => Promise<T>): Promise<T> {
  const task: SimulatedAccount = { instances };
  const process = new Child([SCRIPT], { BENCH_TASK: JSON.stringify(task) });
  let folders = 0;
  try {
    const port = await process.says((line) => line['port'] as number | undefined, 60_000);
    const url = `http://127.0.0.1:${port}`;
    const files: Account['files'] = async (path, listens) => {
      const folder = join(world.folder, `account-${instances}-${++folders}`);
      const events = listens ? `, events: { queue: '${QUEUE}' }` : '';
      const connection = `prod: { probe: aws, account: '${ACCOUNT}', region: eu-west-1, endpoint: '${url}', access_key_id: AKIAIOSFODNN7EXAMPLE, secret_access_key: { file: ./key }${events} }`;
      const entries = Array.from(
        { length: instances },
        (_, n) => `  - { id: db-${n + 1}, kind: aws.rds.instance, connection: prod, name: db-${n + 1} }`,
      );
      await mkdir(folder, { recursive: true });
      await writeFile(join(folder, 'key'), 'only-for-the-bench', { mode: 0o600 });
      return writeRoll(world, folder, { connection, entries, sweepS, path });
    };
    return await work({
      config: await files('/rollcall', false),
      calls: async () => (await (await fetch(`${url}/calls`)).json()) as AccountCalls,
      remove: async (name) => {
        await fetch(`${url}/remove/${name}`, { method: 'POST' });
        return Date.now();
      },
      files,
    });
  } finally {
    await process.end();
  }
}

interface Roll {
  readonly connection: string;
  readonly entries: readonly string[];
  readonly sweepS: number;
  /** Where the receiver gets the pages. */
  readonly path?: string;
}

/** Writes config and manifest of a daemon of this run; the path of the config. */
export async function writeRoll(
  { run, receiver }: World,
  folder: string,
  { connection, entries, sweepS, path = '/rollcall' }: Roll,
): Promise<string> {
  const config = `watchdog: { name: bench, state: ./state, listen: 127.0.0.1:${await freePort()} }
manifest: ./manifest.yaml
connections:
  ${connection}
defaults: { sweep: ${sweepS}s, blind_after: 5m }
pagers:
  bench: { type: webhook, url: ${JSON.stringify(`${receiver.url}${path}`)} }
routes:
  - { pagers: [bench] }
`;
  await writeFile(
    join(folder, 'manifest.yaml'),
    `schema: rollcall/manifest/v1\nmanifest: ${run}\nversion: 1\nresources:\n${entries.join('\n')}\n`,
  );
  const written = join(folder, 'config.yaml');
  await writeFile(written, config);
  return written;
}
