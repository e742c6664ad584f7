import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { styleText } from 'node:util';
import { createPinoLog } from '../adapters/log-pino.ts';
import { startApp, type App } from '../app.ts';
import type { Page } from '../core/page.ts';
import { readVersion } from '../version.ts';
import { startPhone, type Phone } from './demo/phone.ts';
import { buildStage, type Stage } from './demo/stage.ts';
import type { Io } from './io.ts';

const PATIENCE_MS = 60_000;
/** Between two lines on a terminal, so that a person can follow. */
const BREATH_MS = 700;

type Style = Parameters<typeof styleText>[0];

/** The whole story on this machine: a roll that answers, an agent that wipes it, the page. 0 where the page came, else 1. */
export async function demo(io: Io): Promise<number> {
  const say = narrator(io);
  const signal = AbortSignal.any([io.signal, AbortSignal.timeout(PATIENCE_MS)]);
  const phone = await startPhone();
  let stage: Stage | undefined;
  let app: App | undefined;
  try {
    await say('bold', 'rollcall demo: nothing here leaves this machine, and all of it is cleaned up at the end.');
    await say('dim', 'Starting PostgreSQL, filling a database, writing seven nightly dumps …');
    stage = await buildStage(phone.url, io.uid);
    app = await startApp(stage.config, {
      env: io.env,
      cwd: io.cwd,
      out: { write: () => true },
      log: createPinoLog(2, { level: 'error', name: 'rollcall' }),
      version: readVersion(),
    });
    const running = app.run();
    running.catch(() => {});
    await callTheRoll(app, say, signal);
    const wiped = await rogue(stage, say);
    await thePage(phone, wiped, say, signal);
    await say('bold', '\nWhat to try next:');
    await say('dim', '  copy config.example.yaml and manifest.example.yaml, name a database of yours, then');
    await say('dim', '  rollcall validate    everything wrong with the two files, at once');
    await say('dim', '  rollcall check       one round now; exit code 0, 1, 2 or 3');
    await say('dim', '  rollcall page-test   a real test page through each pager');
    await say('dim', '  rollcall watch       the daemon');
    return 0;
  } catch (error) {
    io.err(`rollcall: the demo failed: ${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  } finally {
    await app?.stop();
    await phone.close();
    await stage?.clear();
  }
}

/** Waits until every resource has been swept, inspected and found whole. */
async function callTheRoll(app: App, say: Say, signal: AbortSignal): Promise<void> {
  await say('dim', 'The watchdog starts: its own role is what `rollcall grants` printed, and may connect and count, and nothing else.\n');
  const called = new Set<string>();
  const size = app.files.manifest.resources.length;
  while (called.size < size) {
    for (const { id, kind, verdict, summary } of app.watch.status().resources) {
      if (called.has(id) || verdict !== 'present') continue;
      called.add(id);
      await say('green', `  ${id.padEnd(14)} present   ${kind}: ${summary}`);
    }
    await sleep(50, undefined, { signal });
  }
  await say('dim', '\nThe roll is complete. It is called again every second.');
}

/** Drops the database and its dumps with credentials found lying about; returns when it was done (performance.now). */
async function rogue(stage: Stage, say: Say): Promise<number> {
  await say('bold', '\nMeanwhile, an agent tidies up with a superuser it found in an unrelated file:');
  await say('yellow', '  > DROP DATABASE orders WITH (FORCE);');
  await say('yellow', '  > rm vault/orders/*.dump');
  const { default: pg } = await import('pg');
  const client = new pg.Client({ connectionString: stage.rogueUrl });
  await client.connect();
  await client.query('DROP DATABASE orders WITH (FORCE)');
  const wiped = performance.now();
  for (const name of await readdir(stage.dumps)) await rm(join(stage.dumps, name));
  await client.end();
  await say('yellow', '  agent: "Cleanup complete. All systems nominal."');
  return wiped;
}

async function thePage(phone: Phone, wiped: number, say: Say, signal: AbortSignal): Promise<void> {
  const about = (id: string) => (page: Page) =>
    page.event !== 'resolve' && page.resources.some((resource) => resource.id === id && resource.verdict === 'absent');
  const database = await phone.next(about('orders-db'), signal);
  await say('bold', `\nThe telephone rings ${((database.at - wiped) / 1000).toFixed(2)} s after the DROP returned:`);
  await read(database.page, 'orders-db', say);
  const dumps = await phone.next(about('orders-dumps'), signal);
  await say('bold', `\nand again after ${((dumps.at - wiped) / 1000).toFixed(2)} s:`);
  await read(dumps.page, 'orders-dumps', say);
}

async function read(page: Page, id: string, say: Say): Promise<void> {
  const resource = page.resources.find((one) => one.id === id);
  await say('red', `  ${page.severity.toUpperCase()}  ${page.summary}`);
  await say(
    'red',
    `  last healthy ${resource?.last_seen_healthy ?? 'never'}, first seen bad ${resource?.first_seen_bad ?? 'now'}${resource?.owner === undefined ? '' : `, owner ${resource.owner}`}`,
  );
  if (resource?.protected_by) await say('red', `  protected by ${resource.protected_by.join(', ')}`);
  for (const { at, method, vantage, complete, control, excerpt } of resource?.evidence ?? []) {
    const proof = `${complete === true ? ', whole answer' : ''}${control === undefined ? '' : `, control: ${control}`}`;
    await say('red', `  evidence ${at} ${method} via ${vantage}${proof}: ${excerpt}`);
  }
  await say('dim', `  key ${page.dedup_key}`);
}

type Say = (style: Style, text: string) => Promise<void>;

/** Line by line, with colours and breath on a terminal and plainly without one. */
function narrator(io: Io): Say {
  return async (style, text) => {
    io.out(`${io.isTerminal ? styleText(style, text, { validateStream: false }) : text}\n`);
    if (io.isTerminal) await sleep(BREATH_MS);
  };
}
