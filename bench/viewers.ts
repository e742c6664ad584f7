/**
 * People who look at the status page, and a Prometheus that scrapes it, all in one process that gives way to everybody else. Each does what a
 * browser does with `live.js`: holds `/events`, and asks for the page a moment after each message. Says `{"ready": true}` once all hold theirs,
 * and on SIGUSR2 what has come so far.
 */
import { Agent, get, type IncomingMessage } from 'node:http';
import { setPriority } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';

/** What the process is told, through its environment. */
export interface ViewersTask {
  readonly url: string;
  readonly viewers: number;
}

/** What it says on SIGUSR2. */
export interface ViewersSaid {
  readonly events: number;
  readonly pages: number;
  readonly scrapes: number;
  /** Bytes of the last scrape. */
  readonly scraped: number;
}

const SPREAD_MS = 400;
const SCRAPE_MS = 1000;

setPriority(19);
const { url, viewers } = JSON.parse(process.env['BENCH_TASK'] ?? '{}') as ViewersTask;
const agent = new Agent({ maxSockets: 20 });
const said = { events: 0, pages: 0, scrapes: 0, scraped: 0 };

function answer(path: string, over: Agent | false): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => get(new URL(path, url), { agent: over }, resolve).once('error', reject));
}

async function read(path: string): Promise<number> {
  const response = await answer(path, agent);
  let bytes = 0;
  for await (const chunk of response) bytes += (chunk as Buffer).length;
  if (response.statusCode !== 200) throw new Error(`${path}: ${response.statusCode}`);
  return bytes;
}

async function look(): Promise<void> {
  await sleep(Math.random() * SPREAD_MS);
  await read('/');
  said.pages++;
}

async function view(): Promise<void> {
  const events = await answer('/events', false);
  if (events.statusCode !== 200) throw new Error(`/events: ${events.statusCode}`);
  events.setEncoding('utf8').on('data', (text: string) => {
    const count = text.split('event: ').length - 1;
    said.events += count;
    for (let n = 0; n < count; n++) void look();
  });
}

async function scrape(): Promise<void> {
  for (;;) {
    const began = performance.now();
    said.scraped = await read('/metrics');
    said.scrapes++;
    await sleep(Math.max(0, SCRAPE_MS - (performance.now() - began)));
  }
}

await Promise.all(Array.from({ length: viewers }, view));
void scrape();
process.on('SIGUSR2', () => process.stdout.write(`${JSON.stringify({ said })}\n`));
process.stdout.write(`${JSON.stringify({ ready: true })}\n`);
