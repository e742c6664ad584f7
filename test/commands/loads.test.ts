import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../support/source-file.ts';

/** Packages that a check of databases has no use for. */
const UNUSED = new Set(['mysql2', '@slack/web-api', 'nodemailer', 'hono', '@hono/node-server', 'node-cron', 'pino', 'undici']);

// Prints, as its last words, the packages that the process has loaded, and undici where Node's own copy is.
const SPY = `
import { registerHooks } from 'node:module';
const loaded = new Set();
registerHooks({ load(url, context, next) {
  const name = /\\/node_modules\\/((?:@[^/]+\\/)?[^/]+)\\//.exec(url)?.[1];
  if (name) loaded.add(name);
  return next(url, context);
} });
process.on('exit', () => {
  if (process.moduleLoadList.includes('NativeModule internal/deps/undici/undici')) loaded.add('undici');
  process.stdout.write('\\n' + JSON.stringify([...loaded]));
});
`;

describe('a check of a database', () => {
  it('loads nothing of pagers, web, cron, log or AWS, and no HTTP client', () => {
    const folder = mkdtempSync(join(tmpdir(), 'rollcall-loads-'));
    const loadedWith = (sweep: string): string[] => {
      writeFileSync(join(folder, 'server.url'), 'postgres://nobody:nothing@127.0.0.1:1/postgres', { mode: 0o600 });
      writeFileSync(
        join(folder, 'config.yaml'),
        `watchdog: { name: w, state: ./state, listen: 127.0.0.1:0 }
manifest: ./manifest.yaml
connections: { pg: { probe: postgres, url: { file: ./server.url } } }
pagers: { hook: { type: webhook, url: "http://127.0.0.1:1/" }, chat: { type: slack, token: { file: ./server.url }, channel: C01 } }
routes: [{ pagers: [hook, chat] }]
`,
      );
      const entry = `{ id: db, kind: postgres.database, connection: pg, name: db, sweep: "${sweep}" }`;
      writeFileSync(join(folder, 'manifest.yaml'), `schema: rollcall/manifest/v1\nmanifest: m\nversion: 1\nresources:\n  - ${entry}\n`);
      writeFileSync(join(folder, 'spy.mjs'), SPY);
      const args = ['--import', join(folder, 'spy.mjs'), join(ROOT, 'src/cli.ts'), '-c', join(folder, 'config.yaml'), 'check'];
      try {
        execFileSync(process.execPath, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
      } catch (error) {
        // Nobody answers on port 1: blind.
        const { status, stdout } = error as { status: number; stdout: string };
        assert.equal(status, 3);
        return JSON.parse(stdout.split('\n').at(-1) ?? '') as string[];
      }
      return assert.fail('the check found something');
    };
    try {
      const loaded = loadedWith('1s');
      assert.ok(loaded.includes('pg') && loaded.includes('yaml'), 'the spy sees what is loaded');
      assert.deepEqual(
        loaded.filter((name) => UNUSED.has(name) || /^@(?:aws-sdk|smithy)\//.test(name)),
        [],
      );
      assert.ok(loadedWith('*/5 * * * *').includes('node-cron'), 'unless it is asked for');
    } finally {
      rmSync(folder, { recursive: true });
    }
  }).timeout(60_000);
});
