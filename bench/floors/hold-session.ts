/** The least that notices a dropped database without asking: an idle session in each, and a post when it ends. */
import { Client } from 'pg';
import { readTask, ready, tell } from './task.ts';

const task = readTask();
for (const name of task.databases) {
  const url = new URL(task.url);
  url.pathname = name;
  const client = new Client({ connectionString: url.href });
  await client.connect();
  let told = false;
  client.on('error', () => {
    if (!told) void tell(task, name);
    told = true;
  });
}
ready();
