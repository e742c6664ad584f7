/**
 * Writes a real store of the version that this checkout knows, as SQL, to test/testdata/store/: run once for each new version, by hand.
 * A watch of its own rolls through a quarter of a minute: a database that is there, two things that are not, a page, a receipt, a claim.
 *
 *   node test/support/make-store-fixture.ts [CHECKOUT]
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeFolder } from './folder.ts';
import { startPostgres } from './postgres.ts';
import { startReceiver } from './receiver.ts';
import { ROOT } from './source-file.ts';
import { CONFIG, MANIFEST } from './store-files.ts';

const checkout = resolve(process.argv[2] ?? ROOT);
const site = makeFolder();
const { path } = site;
await using server = await startPostgres();
await server.query('create database orders');
await server.query('create role watcher login');
const receiver = await startReceiver();
writeFileSync(join(path, 'config.yaml'), CONFIG);
writeFileSync(join(path, 'manifest.yaml'), MANIFEST);

const env = { PATH: process.env['PATH'], ORDERS_PG_URL: server.url('postgres', 'watcher'), HOOK_URL: receiver.url };
// A watch with a credential that can do more than look does not begin: not as root, then.
const as = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};
if (as.uid !== undefined) chownSync(path, as.uid, as.gid);
const start = (...args: readonly string[]) =>
  spawn(process.execPath, [join(checkout, 'src/cli.ts'), ...args], { cwd: path, env, stdio: 'inherit', ...as });
const daemon = start('watch');
await Promise.race([receiver.received(1), once(daemon, 'exit').then(() => assert.fail('the watch ended'))]);
await once(start('claim', 'All systems nominal', '--by', 'cursor'), 'exit');
await once(start('ack', 'orders-dumps', '--by', 'alice'), 'exit');
await sleep(15_000);
daemon.kill('SIGTERM');
await once(daemon, 'exit');
await receiver.close();

const db = new DatabaseSync(join(path, 'state/rollcall.db'));
const version = pragma('user_version');
const folder = join(ROOT, 'test/testdata/store');
mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, `v${version}.sql`), [...dump()].join('\n'));
db.close();
site.remove();
console.log(`test/testdata/store/v${version}.sql`);

function pragma(name: string): number {
  return Number(db.prepare(`PRAGMA ${name}`).get()?.[name]);
}

/** Everything in it, triggers last: they refuse what is put in out of order. */
function* dump(): Generator<string> {
  yield `PRAGMA application_id = ${pragma('application_id')};\nPRAGMA user_version = ${version};`;
  const made = db.prepare(`SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY type = 'trigger', rowid`).all();
  for (const { type, name, sql } of made) {
    yield `${String(sql)};`;
    if (type === 'table') yield* rows(String(name));
  }
  yield '';
}

function* rows(table: string): Generator<string> {
  const columns = db.prepare(`SELECT name FROM pragma_table_info(?)`).all(table);
  const values = columns.map(({ name }) => `quote("${String(name)}")`).join(` || ', ' || `);
  for (const { line } of db.prepare(`SELECT 'INSERT INTO ${table} VALUES (' || ${values} || ');' AS line FROM ${table}`).all())
    yield String(line);
}
