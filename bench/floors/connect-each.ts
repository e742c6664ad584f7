/** Stands in for a peer that connects per check: each database in turn is connected to, asked `SELECT 1` and left, at the same cadence. */
import { Client } from 'pg';
import { readTask, ready } from './task.ts';

/** As many at once as such peers' worker pools have by default. */
const LANES = 10;
const task = readTask();

async function check(name: string): Promise<void> {
  const url = new URL(task.url);
  url.pathname = name;
  const client = new Client({ connectionString: url.href });
  try {
    await client.connect();
    await client.query('SELECT 1');
  } finally {
    await client.end();
  }
}

async function sweep(): Promise<void> {
  const queue = [...task.databases];
  const lane = async (): Promise<void> => {
    for (let name = queue.pop(); name !== undefined; name = queue.pop()) await check(name);
  };
  await Promise.all(Array.from({ length: LANES }, lane));
}

ready();
for (;;) {
  const began = performance.now();
  await sweep();
  await new Promise((resolve) => setTimeout(resolve, Math.max(0, task.everyMs - (performance.now() - began))));
}
