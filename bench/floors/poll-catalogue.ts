/** The least that notices a dropped database by asking: one connection, one query for all, a post where a name is missing. */
import { Client } from 'pg';
import { readTask, ready, tell } from './task.ts';

const task = readTask();
const wanted = new Set(task.databases);
const client = new Client({ connectionString: task.url });
await client.connect();

async function poll(): Promise<void> {
  const { rows } = await client.query<{ datname: string }>('SELECT datname, oid FROM pg_database');
  const names = new Set(rows.map(({ datname }) => datname));
  for (const name of wanted) {
    if (names.has(name)) continue;
    wanted.delete(name);
    await tell(task, name);
  }
}

await poll();
setInterval(() => void poll(), task.everyMs);
ready();
