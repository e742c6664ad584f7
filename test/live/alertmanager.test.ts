import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createSystemClock } from '../../src/adapters/clock-system.ts';
import { createAlertmanagerPager } from '../../src/adapters/pager-alertmanager.ts';
import type { Page } from '../../src/core/page.ts';
import { freePort } from '../support/free-port.ts';
import { makeFolder, type Folder } from '../support/folder.ts';
import { makeHostilePage, makePage, makePrintedResource } from '../support/page.ts';
import { startReceiver, type Receiver } from '../support/receiver.ts';

/** Debian's package prometheus-alertmanager; a missing one fails the suite. */
const BINARY = 'prometheus-alertmanager';
const DAY = 24 * 3_600_000;
const never = new AbortController().signal;

interface Alert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly startsAt: string;
  readonly endsAt: string;
}

interface Alertmanager {
  readonly url: string;
  alerts(): Promise<readonly Alert[]>;
  close(): Promise<void>;
}

async function until(holds: () => Promise<boolean> | boolean, what: string): Promise<void> {
  const end = performance.now() + 120_000;
  while (performance.now() < end) {
    if (await holds()) return;
    await sleep(50);
  }
  throw new assert.AssertionError({ message: `not within 20 s: ${what}` });
}

/** One replica that tells `hook` of every group at once, and forgets what it is not told again after `resolveTimeout`. */
async function startAlertmanager(folder: string, hook: string, port?: number): Promise<Alertmanager> {
  mkdirSync(folder, { recursive: true });
  const config = join(folder, 'alertmanager.yml');
  writeFileSync(
    config,
    `global: { resolve_timeout: 1s }
route: { receiver: hook, group_by: [dedup_key], group_wait: 0s, group_interval: 1s, repeat_interval: 1h }
receivers: [{ name: hook, webhook_configs: [{ url: "${hook}", send_resolved: true }] }]
`,
  );
  const address = `127.0.0.1:${port ?? (await freePort())}`;
  const flags = [`--config.file=${config}`, `--storage.path=${join(folder, 'data')}`, `--web.listen-address=${address}`];
  const child: ChildProcess = spawn(BINARY, [...flags, '--cluster.listen-address='], { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code) => resolve(`${BINARY} ended with ${code}: ${said}`));
  });
  const url = `http://${address}`;
  const ready = until(async () => (await fetch(`${url}/-/ready`).catch(() => undefined))?.ok === true, 'ready');
  const failed = await Promise.race([ended, ready]);
  if (typeof failed === 'string') throw new assert.AssertionError({ message: failed });
  return {
    url,
    alerts: async () => (await (await fetch(`${url}/api/v2/alerts`)).json()) as readonly Alert[],
    close: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

describe('a real Alertmanager', () => {
  let folder: Folder;
  let hook: Receiver;
  let one: Alertmanager;
  let two: Alertmanager;
  let seq = 0;
  const clock = createSystemClock(0);

  before(async () => {
    folder = makeFolder();
    hook = await startReceiver();
    one = await startAlertmanager(join(folder.path, 'one'), hook.url);
    two = await startAlertmanager(join(folder.path, 'two'), hook.url);
  });

  after(async () => {
    await Promise.all([one?.close(), two?.close(), hook?.close()]);
    folder.remove();
  });

  const pager = () => createAlertmanagerPager({ name: 'alerts', urls: [one.url, two.url], hold: 7 * DAY, timeout: 5000, clock });

  /** A page of the present about an incident of its own. */
  function pageOf(key: string, overrides: Partial<Page> = {}): Page {
    const at = new Date(clock.now().wall).toISOString();
    const resources = overrides.resources ?? [makePrintedResource({ first_seen_bad: new Date(clock.now().wall - 5000).toISOString() })];
    return makePage({ dedup_key: `rollcall/prod-eu/vault-eu/${key}/lost/1`, at, ...overrides, resources });
  }

  const deliver = (page: Page) => pager().deliver({ id: `live_${++seq}`, page }, never);
  const alertsOf = async (from: Alertmanager, key: string) => (await from.alerts()).filter(({ labels }) => labels['resource'] === key);
  const told = (key: string) =>
    hook.requests
      .map(({ body }) => body as { status: string; commonLabels: Record<string, string> })
      .flatMap(({ status, commonLabels }) => (commonLabels['resource'] === key ? [status] : []));

  it('takes a trigger, tells its receivers, and says nothing more of it until the resolve, though we are silent beyond its own timeout', async () => {
    assert.deepEqual(await deliver(pageOf('orders-db')), { kind: 'delivered', ref: null });
    await until(() => told('orders-db').length === 2, 'both replicas told their receiver');
    await sleep(4000);
    for (const replica of [one, two]) {
      const [alert, ...others] = await alertsOf(replica, 'orders-db');
      assert.ok(alert && others.length === 0);
      assert.equal(alert.labels['alertname'], 'RollcallIncident');
      assert.ok(Date.parse(alert.endsAt) - Date.now() > 6 * DAY);
    }
    assert.deepEqual(told('orders-db'), ['firing', 'firing']);
  });

  it('keeps one alert over update and repeat, with the beginning that it had', async () => {
    const [before] = await alertsOf(one, 'orders-db');
    const resources = [makePrintedResource(), makePrintedResource({ id: 'orders-too' })];
    assert.equal((await deliver(pageOf('orders-db', { event: 'update', reason: 'joined', resources, total: 2 }))).kind, 'delivered');
    assert.equal((await deliver(pageOf('orders-db', { reason: 'repeat' }))).kind, 'delivered');
    const [after, ...others] = await alertsOf(one, 'orders-db');
    assert.equal(others.length, 0);
    assert.ok(before && after);
    assert.ok(Date.parse(after.startsAt) <= Date.parse(before.startsAt));
  });

  it('tells the end of it by the resolve, and does so once', async () => {
    assert.deepEqual(await deliver(pageOf('orders-db', { event: 'resolve', reason: 'resolved', resources: [], total: 0 })), {
      kind: 'delivered',
      ref: null,
    });
    await until(() => told('orders-db').filter((status) => status === 'resolved').length === 2, 'both replicas told the end');
    assert.deepEqual([...(await alertsOf(one, 'orders-db')), ...(await alertsOf(two, 'orders-db'))], []);
  });

  it('closes what a test page opened', async () => {
    assert.equal((await deliver(pageOf('@test', { event: 'test', reason: 'test' }))).kind, 'delivered');
    assert.equal((await alertsOf(one, '@test')).length, 1);
    assert.equal((await deliver(pageOf('@test', { event: 'resolve', reason: 'resolved' }))).kind, 'delivered');
    await until(async () => (await alertsOf(one, '@test')).length === 0, 'the test alert is gone');
  });

  it('takes a page of hostile names and one about a thousand resources', async () => {
    const { at } = pageOf('x');
    assert.deepEqual(await deliver({ ...makeHostilePage(), at }), { kind: 'delivered', ref: null });
    const resources = Array.from({ length: 1000 }, (_, index) => makePrintedResource({ id: `db-${index}` }));
    assert.deepEqual(await deliver(pageOf('many', { resources })), { kind: 'delivered', ref: null });
    assert.match((await alertsOf(two, 'many'))[0]?.annotations['description'] ?? '', /and \d+ more/);
  });

  it('closes the alert where our clock has been set back in between', async () => {
    assert.equal((await deliver(pageOf('stepped'))).kind, 'delivered');
    const at = new Date(clock.now().wall - DAY).toISOString();
    assert.equal((await deliver(pageOf('stepped', { event: 'resolve', reason: 'resolved', at }))).kind, 'delivered');
    await until(async () => (await alertsOf(one, 'stepped')).length === 0, 'the alert is gone');
  });

  it('refuses what we never send: the check that a refusal is read as one', async () => {
    const broken = createAlertmanagerPager({ name: 'alerts', urls: [one.url], hold: -60 * DAY, timeout: 5000, clock });
    const delivery = await broken.deliver({ id: 'broken', page: pageOf('broken') }, never);
    assert.ok(delivery.kind === 'refused', delivery.kind);
    assert.match(delivery.why, /answered 400.*start time/);
  });

  it('gets the alert anew with the next repeat after it was restarted, and the resolve closes it', async () => {
    assert.equal((await deliver(pageOf('restarted'))).kind, 'delivered');
    const port = Number(new URL(one.url).port);
    await one.close();
    const first = pageOf('while-down');
    const patient = pager();
    for (let tries = 1; tries < 5; tries++)
      assert.equal((await patient.deliver({ id: 'while-down', page: first }, never)).kind, 'retryable');
    assert.deepEqual(await patient.deliver({ id: 'while-down', page: first }, never), { kind: 'delivered', ref: 'without replica 1' });
    one = await startAlertmanager(join(folder.path, 'one'), hook.url, port);
    assert.equal((await alertsOf(one, 'restarted')).length, 0);
    assert.equal((await deliver(pageOf('restarted', { reason: 'repeat' }))).kind, 'delivered');
    assert.equal((await alertsOf(one, 'restarted')).length, 1);
    assert.equal((await deliver(pageOf('restarted', { event: 'resolve', reason: 'resolved' }))).kind, 'delivered');
    await until(async () => (await alertsOf(one, 'restarted')).length === 0, 'the alert is gone');
  });
});
