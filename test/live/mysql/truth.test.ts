import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Watcher, words } from '../../probes/mysql/helpers.ts';
import { makeFolder } from '../../support/folder.ts';
import { MYSQL_FLAVOURS, MysqlServer } from '../../support/mysql-server.ts';
import { fill, letWatch, PASSWORD } from './helpers.ts';

const run = promisify(execFile);
const ENTRY = {
  name: 'app',
  expect: {
    tables: { orders: { min_rows: 50, max_shrink: '20%', fresh: { column: 'at', within: '1d' } } },
    objects: { tables: { min: 1 } },
    binlog: { keeps: '1h', min_files: 2 },
  },
};
const SWEPT = { presence: 'good', identity: 'good', 'precursor/activity': 'good' };
const INSPECTED = {
  'content/objects': 'good',
  'content/tables.orders': 'good',
  'freshness/tables.orders': 'good',
  'protection/binlog': 'good',
  'protection/binlog_files': 'good',
};
const every = (facets: object, word: string) => Object.fromEntries(Object.keys(facets).map((facet) => [facet, word]));

interface Row {
  readonly name: string;
  readonly act: (server: MysqlServer) => Promise<unknown>;
  /** What differs from good. */
  readonly sweep?: Readonly<Record<string, string>>;
  readonly inspect?: Readonly<Record<string, string>>;
}

const LOST = { presence: 'lost:absent' };
const EMPTY = {
  'content/objects': 'breach:diminished,diminished',
  'content/tables.orders': 'breach:diminished,diminished,diminished',
  'freshness/tables.orders': 'breach:stale',
};
/** The table is there, and its rows are not. */
const ROWLESS = { 'content/tables.orders': 'breach:diminished,diminished', 'freshness/tables.orders': 'breach:stale' };
const UNSEEN = { sweep: every(SWEPT, 'blind:denied'), inspect: every(INSPECTED, 'blind:denied') };
const dump = async (server: MysqlServer) =>
  (await run('mariadb-dump', ['--no-defaults', '-S', server.socket, '-u', 'root', '--skip-ssl', 'app'], { maxBuffer: 1 << 24 })).stdout;
const drop = (server: MysqlServer) => server.query('drop database app');

/** What each operation comes to at the next look on a new path, while the watch goes on. */
const ROWS: readonly Row[] = [
  // Harm.
  { name: 'DROP DATABASE', act: drop, sweep: LOST, inspect: LOST },
  {
    name: 'DROP DATABASE, made anew and empty',
    act: async (server) => server.query('drop database app', 'create database app'),
    inspect: EMPTY,
  },
  {
    name: 'DROP DATABASE, made anew with its schema',
    act: async (server) =>
      server.query('drop database app', 'create database app', 'create table app.orders (id int primary key, at datetime)'),
    // Whoever may read columns may read those of a table that has come in its place.
    inspect: { 'content/tables.orders': 'breach:diminished,diminished', 'freshness/tables.orders': 'breach:stale' },
  },
  { name: 'DROP TABLE', act: async (server) => server.query('drop table app.orders'), inspect: EMPTY },
  {
    name: 'a view in the place of the table',
    act: async (server) => server.query('rename table app.orders to app.kept', 'create view app.orders as select * from app.kept'),
    inspect: { 'content/tables.orders': 'breach:diminished,diminished,diminished', 'freshness/tables.orders': 'breach:stale' },
  },
  { name: 'TRUNCATE', act: async (server) => server.query('truncate app.orders'), inspect: ROWLESS },
  { name: 'DELETE of everything', act: async (server) => server.query('delete from app.orders'), inspect: ROWLESS },
  {
    name: 'DELETE of a third',
    act: async (server) => server.query('delete from app.orders limit 33'),
    inspect: { 'content/tables.orders': 'breach:diminished' },
  },
  {
    name: 'DELETE and a restart',
    act: async (server) => {
      await server.query('delete from app.orders');
      await server.restart();
    },
    inspect: ROWLESS,
  },
  {
    name: 'binary logs purged',
    act: async (server) => server.query(server.flavour === 'mariadb' ? 'reset master' : 'reset binary logs and gtids'),
    inspect: { 'protection/binlog_files': 'breach:exposed' },
  },
  {
    name: 'binary logs kept for a minute',
    act: async (server) => server.query('set global binlog_expire_logs_seconds = 60'),
    inspect: { 'protection/binlog': 'breach:exposed' },
  },
  // Blindness.
  {
    name: 'REVOKE of all from the watcher',
    act: async (server) => server.query('revoke all privileges, grant option from watcher'),
    ...UNSEEN,
  },
  {
    name: 'REVOKE of all from the watcher, then DROP DATABASE',
    act: async (server) => server.query('revoke all privileges, grant option from watcher', 'drop database app'),
    ...UNSEEN,
  },
  {
    name: 'REVOKE of REFERENCES',
    act: async (server) => server.query('revoke references on app.* from watcher'),
    inspect: { 'content/objects': 'blind:denied' },
  },
  {
    name: 'REVOKE of SELECT',
    act: async (server) => server.query('revoke select (at) on app.orders from watcher'),
    inspect: { 'content/tables.orders': 'blind:denied', 'freshness/tables.orders': 'blind:denied' },
  },
  {
    name: 'REVOKE of REPLICATION CLIENT',
    act: async (server) =>
      server.query(`revoke ${server.flavour === 'mariadb' ? 'binlog monitor' : 'replication client'} on *.* from watcher`),
    inspect: { 'protection/binlog_files': 'blind:denied' },
  },
  { name: 'DROP USER of the watcher', act: async (server) => server.query('drop user watcher'), ...UNSEEN },
  { name: 'another password', act: async (server) => server.query("alter user watcher identified by 'another'"), ...UNSEEN },
  { name: 'an account that is locked', act: async (server) => server.query('alter user watcher account lock'), ...UNSEEN },
  {
    name: 'a server that is stopped',
    act: async (server) => server.stop(),
    sweep: every(SWEPT, 'blind:unreachable'),
    inspect: every(INSPECTED, 'blind:unreachable'),
  },
  {
    name: 'a server that only lets itself be read, of which nobody may see whether it is a replica',
    act: async (server) =>
      server.query(
        `revoke ${server.flavour === 'mariadb' ? 'slave monitor' : 'replication client'} on *.* from watcher`,
        'set global read_only = 1',
      ),
    sweep: every(SWEPT, 'blind:stale-vantage'),
    inspect: every(INSPECTED, 'blind:stale-vantage'),
  },
  {
    name: 'a table that somebody has locked',
    act: async (server) => server.hold('lock tables app.orders write'),
    inspect: { 'content/tables.orders': 'blind:timeout', 'freshness/tables.orders': 'blind:timeout' },
  },
  // Nothing.
  { name: 'OPTIMIZE TABLE', act: async (server) => server.query('optimize table app.orders') },
  {
    name: 'ALTER TABLE that rebuilds',
    act: async (server) => server.query('alter table app.orders engine = InnoDB, add column more int, force'),
  },
  { name: 'ANALYZE TABLE', act: async (server) => server.query('analyze table app.orders') },
  { name: 'a restart', act: async (server) => server.restart() },
  {
    name: 'a crash',
    act: async (server) => {
      await server.stop('SIGKILL');
      await server.restart();
    },
  },
  { name: 'FLUSH of everything', act: async (server) => server.query('flush tables', 'flush status', 'flush privileges', 'flush logs') },
  { name: 'a dump', act: dump },
  {
    name: 'the same rows again in one transaction',
    act: async (server) =>
      server.query(
        'create temporary table app.kept as select * from app.orders',
        'begin',
        'delete from app.orders',
        'insert into app.orders select * from app.kept',
        'commit',
      ),
  },
  {
    name: 'a copy of the table that takes its place',
    act: async (server) =>
      server.query(
        'create table app.new like app.orders',
        'insert into app.new select * from app.orders',
        'rename table app.orders to app.old, app.new to app.orders',
      ),
  },
  { name: 'rows deleted that are not committed', act: async (server) => server.hold('begin', 'delete from app.orders') },
  { name: 'another database dropped', act: async (server) => server.query('create database scratch', 'drop database scratch') },
  { name: 'a server that only lets itself be read, and is no replica', act: async (server) => server.query('set global read_only = 1') },
  {
    name: 'the database restored from a dump of it',
    act: async (server) => {
      const folder = makeFolder();
      try {
        const file = join(folder.path, 'app.sql');
        await writeFile(file, await dump(server));
        await server.query('drop database app', 'create database app');
        await run('mariadb', ['--no-defaults', '-S', server.socket, '-u', 'root', '--skip-ssl', 'app', '-e', `source ${file}`]);
      } finally {
        folder.remove();
      }
    },
  },
];

for (const flavour of MYSQL_FLAVOURS)
  describe(`what each operation on a ${flavour} comes to`, function () {
    this.timeout(300_000);

    for (const { name, act, sweep = {}, inspect = {} } of ROWS)
      it(name, async () => {
        await using server = await MysqlServer.start(flavour, { settings: ['--log-bin=bin', '--binlog-expire-logs-seconds=86400'] });
        await fill(server);
        await letWatch(server, { app: ENTRY });
        await server.query('flush binary logs');
        await using watcher = new Watcher(server.url('watcher', PASSWORD), { app: ENTRY });
        assert.deepEqual(words(await watcher.look('sweep')), SWEPT);
        assert.deepEqual(words(await watcher.look('inspect')), INSPECTED);
        await act(server);
        // The same twice: the session that was held first, whose rights may be those of before, then a new one.
        const held = words(await watcher.look('sweep'));
        const lost = Object.values(held).filter((word) => word.startsWith('lost'));
        assert.ok(sweep['presence']?.startsWith('lost') || lost.length === 0, `never called lost: ${JSON.stringify(held)}`);
        assert.deepEqual(words(await watcher.look('sweep', 'fresh')), { ...(sweep['presence'] === 'lost:absent' ? {} : SWEPT), ...sweep });
        assert.deepEqual(words(await watcher.look('inspect', 'fresh')), {
          ...(inspect['presence'] === 'lost:absent' ? {} : INSPECTED),
          ...inspect,
        });
      });
  });
