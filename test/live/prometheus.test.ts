import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { freePort } from '../support/free-port.ts';
import { startCli } from '../support/cli.ts';
import { dashboard, queriesOf } from '../support/dashboard.ts';
import { Site, volume } from '../support/site.ts';

const run = promisify(execFile);

/** A watch over one folder that is there. */
function siteAt(port: number): Site {
  const site = new Site({ config: { watchdog: { name: 'tester', state: './state', listen: `127.0.0.1:${port}` } } });
  site.write('data/here', 'yes');
  site.rewrite({ resources: [volume('data', join(site.path, 'data'), { expect: { mounted: false, contains: ['here'] } })] });
  return site;
}

async function until<T>(look: () => Promise<T | undefined>, what: string): Promise<T> {
  const end = performance.now() + 120_000;
  while (performance.now() < end) {
    const found = await look().catch(() => undefined);
    if (found !== undefined) return found;
    await sleep(200);
  }
  throw new assert.AssertionError({ message: `not within 60 s: ${what}` });
}

/** Debian's package prometheus, promtool in it; a missing one fails the suite. */
describe('the metrics, read by Prometheus', function () {
  this.timeout(300_000);

  it('are scraped from a running daemon, and its rules fire for what is gone', async () => {
    const [port, own] = [await freePort(), await freePort()];
    using site = siteAt(port);
    const rules = join(import.meta.dirname, '../../deploy/prometheus/rollcall.rules.yaml');
    const scrape = [{ job_name: 'rollcall', static_configs: [{ targets: [`127.0.0.1:${port}`] }] }];
    const global = { scrape_interval: '1s', evaluation_interval: '1s' };
    const config = site.write('prometheus.yaml', JSON.stringify({ global, rule_files: [rules], scrape_configs: scrape }));
    await using daemon = startCli(['watch'], { cwd: site.path });
    await daemon.says('"watching"');
    const flags = [`--config.file=${config}`, `--storage.tsdb.path=${join(site.path, 'tsdb')}`, `--web.listen-address=127.0.0.1:${own}`];
    const prometheus = spawn('prometheus', flags, { stdio: 'ignore' });
    try {
      const ask = async (path: string): Promise<unknown> => (await fetch(`http://127.0.0.1:${own}/api/v1/${path}`)).json();
      const verdict = `query?query=${encodeURIComponent('rollcall_resource_verdict == 1')}`;
      const found = await until(async () => {
        const text = JSON.stringify(await ask(verdict));
        return text.includes('"verdict":"present"') ? text : undefined;
      }, 'a verdict');
      assert.match(found, /"connection":"disk".*"kind":"file\.volume".*"resource":"data"/);
      await until(async () => {
        const { data } = (await ask('alerts')) as { data: { alerts: { labels: { alertname: string } }[] } };
        const names = data.alerts.map(({ labels }) => labels.alertname);
        return names.length === 1 && names[0] === 'RollcallWatchdog' ? true : undefined;
      }, 'no alert but the one that always fires');
      const all = queriesOf(dashboard());
      for (const { title, expr } of all) {
        const answer = (await ask(`query?query=${encodeURIComponent(expr)}`)) as { status: string; error?: string };
        assert.equal(answer.status, 'success', `${title}: ${answer.error}`);
      }
      // Of those that look at what is there: every one finds it.
      const there = all.filter(({ expr }) => !/!=|> 0|pager_|last_seen_healthy|interval_ratio/.test(expr));
      assert.ok(there.length >= 8);
      for (const { title, expr } of there)
        await until(async () => {
          const { data } = (await ask(`query?query=${encodeURIComponent(expr)}`)) as { data: { result: unknown[] } };
          return data.result.length > 0 ? true : undefined;
        }, `${title}: ${expr}`);
      daemon.signal('SIGKILL');
      await until(async () => (JSON.stringify(await ask('alerts')).includes('RollcallGone') ? true : undefined), 'the alert of its death');
    } finally {
      prometheus.kill('SIGKILL');
      await once(prometheus, 'exit');
    }
  });

  it('are as promtool wants them, and so are the rules', async () => {
    const folder = join(import.meta.dirname, '../../deploy/prometheus');
    await run('promtool', ['check', 'rules', 'rollcall.rules.yaml'], { cwd: folder });
    await run('promtool', ['test', 'rules', 'rollcall.rules.test.yaml'], { cwd: folder });
    const port = await freePort();
    using site = siteAt(port);
    await using daemon = startCli(['watch'], { cwd: site.path });
    await daemon.says('"watching"');
    const check = spawn('promtool', ['check', 'metrics'], { stdio: ['pipe', 'pipe', 'pipe'] });
    let said = '';
    for (const stream of [check.stdout, check.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
    check.stdin.end(await (await fetch(`http://127.0.0.1:${port}/metrics`)).text());
    const [code] = (await once(check, 'close')) as [number];
    assert.equal(code, 0, said);
  });
});
