import assert from 'node:assert/strict';
import { mysql } from '../../../probes/mysql/index.ts';
import type { AuditReport, Discovery } from '../../../src/probe.ts';
import { Secret } from '../../../src/values/secret.ts';
import { Watcher, word, words } from '../../probes/mysql/helpers.ts';
import { MYSQL_FLAVOURS, MysqlServer } from '../../support/mysql-server.ts';
import { fill, letWatch, PASSWORD } from './helpers.ts';

const APP = {
  name: 'app',
  expect: { tables: { orders: { min_rows: 50, oldest: { column: 'at', at_least: '1ms' } } }, binlog: { min_files: 1 } },
};
/** Wildcards of a grant, and all that ends a name or drives a terminal. */
const ODD = 'o_d`d%\\"\' \u001b[31m';

for (const flavour of MYSQL_FLAVOURS)
  describe(`the rights of a watcher on ${flavour}`, function () {
    this.timeout(300_000);
    let server: MysqlServer;
    before(async () => {
      server = await MysqlServer.start(flavour, { settings: ['--log-bin=bin'] });
      await fill(server);
    });
    after(async () => server?.[Symbol.asyncDispose]());
    beforeEach(async () => {
      await server.query('drop user if exists watcher');
      await letWatch(server, { app: APP });
    });
    const watch = (entries: Readonly<Record<string, object>> = { app: APP }, settings: object = {}) =>
      new Watcher(server.url('watcher', PASSWORD), entries, settings);
    const blindTo = async (watcher: Watcher): Promise<string[]> => {
      const said = { ...words(await watcher.look('sweep', 'fresh')), ...words(await watcher.look('inspect', 'fresh')) };
      return Object.keys(said).filter((facet) => said[facet] !== 'good');
    };
    const audit = async (agents: readonly { name: string; is: unknown }[] = []): Promise<AuditReport[]> => {
      await using watcher = watch();
      return await Array.fromAsync(watcher.link.audit?.(watcher.wanted(), agents, new AbortController().signal) ?? []);
    };

    it('are no more than it takes: without any one of them it is blind to something, and with them to nothing', async () => {
      await using watcher = watch();
      assert.deepEqual(await blindTo(watcher), []);
      const client = flavour === 'mariadb' ? 'binlog monitor' : 'replication client';
      for (const right of [
        'references on app.*',
        'select (at) on app.orders',
        `${client} on *.*`,
        ...(flavour === 'mariadb' ? ['select on rollcall.server'] : []),
      ]) {
        await server.query(`revoke ${right} from watcher`);
        assert.notDeepEqual(await blindTo(watcher), [], right);
        await server.query(`grant ${right} to watcher`);
        assert.deepEqual(await blindTo(watcher), [], right);
      }
    });

    it('audit as nothing but looking', async () => {
      assert.deepEqual(
        (await audit()).map(({ kind }) => kind),
        ['placed', 'placed'],
      );
    });

    it('come by a role as well', async () => {
      await server.query(
        'create role looker',
        'grant references on app.* to looker',
        'revoke references on app.* from watcher',
        'grant looker to watcher',
      );
      await server.query(flavour === 'mariadb' ? 'set default role looker for watcher' : 'set default role looker to watcher');
      try {
        await using watcher = watch();
        assert.deepEqual(await blindTo(watcher), []);
        const strong = (await audit()).flatMap((one) => (one.kind === 'strong' ? [one.right] : []));
        assert.deepEqual(strong, ['role']);
        await server.query('drop database app');
        assert.equal(word((await watcher.look('sweep', 'fresh')).presence), 'lost:absent');
        // Any right on the name will do, one on a table in it as well.
        await server.query('revoke references on app.* from looker');
        assert.equal(word((await watcher.look('sweep', 'fresh')).presence), 'lost:absent');
        await server.query('revoke all privileges, grant option from watcher');
        assert.equal(word((await watcher.look('sweep', 'fresh')).presence), 'blind:denied');
      } finally {
        await server.query('drop role looker', 'drop database if exists app');
        await fill(server);
      }
    });

    it('that are more than looking are found, each with what takes it away', async () => {
      await server.query(
        'grant super, process, file on *.* to watcher',
        'grant insert, drop on app.* to watcher with grant option',
        'grant delete on app.orders to watcher',
        'grant select on mysql.* to watcher',
      );
      const found = (await audit()).flatMap((one) => (one.kind === 'strong' ? [one] : []));
      assert.deepEqual(found.map(({ right }) => right).sort(), ['admin', 'file', 'grant', 'process', 'read-all', 'write', 'write']);
      for (const { what, fix } of found) assert.doesNotMatch(what + fix.join(), /\*[0-9A-F]{40}|IDENTIFIED/);
      for (const { fix } of found) for (const sql of fix) await server.query(sql.replace(/;$/, ''));
      assert.deepEqual(
        (await audit()).filter(({ kind }) => kind === 'strong'),
        [],
      );
    });

    it('of an agent are told where they may be seen, and taken by what grants --agent prints', async () => {
      await server.query(
        "create user agent identified by 'x'",
        'grant drop, select, delete on `a__`.* to agent',
        'grant drop on other.* to agent',
      );
      const agent = { name: 'cursor', is: { user: 'agent', host: '%' } };
      try {
        const [unseen, ...none] = (await audit([agent])).filter(({ kind }) => kind !== 'placed');
        assert.deepEqual([unseen?.kind, none], ['unaudited', []]);
        assert.match(unseen?.kind === 'unaudited' ? unseen.say : '', /it takes GRANT SELECT ON mysql\.\*/);
        await server.query('grant select on mysql.* to watcher');
        const reaches = (await audit([agent])).flatMap((one) => (one.kind === 'reach' ? [one] : []));
        assert.deepEqual(
          reaches.map(({ ids, what }) => [ids, what]),
          [[['app'], 'may DELETE, DROP on databases a__']],
        );
        await using watcher = watch();
        const context = { connection: 'test', secret: async () => new Secret(watcher.url) };
        const made = await mysql.disarm?.(watcher.settings, watcher.wanted(), { agent, reaches }, context);
        for (const { run } of made?.statements ?? []) await server.query(run.replace(/;$/, ''));
        assert.deepEqual(
          (await audit([agent])).filter(({ kind }) => kind === 'reach'),
          [],
        );
        const same = await audit([{ name: 'cursor', is: { user: 'watcher', host: '%' } }]);
        assert.ok(same.some(({ kind }) => kind === 'shared'));
      } finally {
        await server.query('drop user agent', 'drop user if exists agent_task');
      }
    });

    it('are made for names of any kind, and of no other that looks alike', async () => {
      const quoted = `\`${ODD.replaceAll('`', '``')}\``;
      const entries = { odd: { name: ODD, expect: { tables: { [ODD]: { max_shrink: '1%' } } } } };
      await server.query(
        `create database ${quoted}`,
        `create table ${quoted}.${quoted} (${quoted} int)`,
        `insert into ${quoted}.${quoted} values (1)`,
      );
      try {
        await letWatch(server, entries);
        await using watcher = watch(entries);
        assert.deepEqual(await blindTo(watcher), []);
        await server.query(`drop database ${quoted}`);
        const reports = await watcher.reports('sweep', 'fresh');
        assert.ok(reports.some(({ kind }) => kind === 'unseen'));
        assert.ok(!JSON.stringify(reports).includes('\\u001b'));
      } finally {
        await server.query(`drop database if exists ${quoted}`);
      }
    });

    it('show what is there: databases with floors under what they hold, and that others may be hidden', async () => {
      await using watcher = watch();
      const discover = async (depth: 'names' | 'proposals') =>
        Array.fromAsync(watcher.link.discover?.(watcher.wanted(), depth, new AbortController().signal) ?? []);
      const foundIn = (said: readonly Discovery[]) => said.flatMap((one) => (one.kind === 'found' ? [one] : []));
      const said = await discover('names');
      assert.ok(said.some((one) => one.kind === 'unexplored' && one.hides));
      assert.deepEqual(
        foundIn(said).map(({ name }) => name),
        ['app'],
      );
      await server.query('grant show databases on *.* to watcher');
      assert.ok(!(await discover('names')).some(({ kind }) => kind === 'unexplored'));
      const [app] = foundIn(await discover('proposals'));
      assert.deepEqual(app?.expect, { tables: { orders: { min_rows: 90, max_shrink: '10%' } } });
    });

    it('end what runs on the server when nobody waits for it any longer', async () => {
      await server.query(
        'create table app.slow as select 1 as one',
        'grant select on app.slow to watcher',
        'grant references on app.* to watcher',
      );
      try {
        const slow = { name: 'app', expect: { tables: { slow: { max_shrink: '1%' } } } };
        await using watcher = watch({ app: slow }, { statement_timeout: '60s', lock_timeout: '60s' });
        await server.hold('lock tables app.slow write');
        const over = new AbortController();
        const looking = watcher.reports('inspect', 'fresh', over.signal).catch(() => []);
        const running = async () =>
          server.query("select 1 from information_schema.processlist where user = 'watcher' and state like '%lock%'");
        while ((await running()).length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
        over.abort(new Error('enough'));
        await looking;
        while ((await running()).length > 0) await new Promise((resolve) => setTimeout(resolve, 20));
      } finally {
        await server.restart();
        await server.query('drop table app.slow');
      }
    });
  });

for (const flavour of MYSQL_FLAVOURS)
  describe(`which ${flavour} answers`, function () {
    this.timeout(300_000);

    it('is known: another with the same names and rights in its place is an impostor, and its lack of a database no absence', async () => {
      const first = await MysqlServer.start(flavour);
      await fill(first);
      await letWatch(first, { app: APP });
      await using watcher = new Watcher(first.url('watcher', PASSWORD), { app: { name: 'app' } });
      assert.equal(word((await watcher.look('sweep')).presence), 'good');
      await first[Symbol.asyncDispose]();
      await using second = await MysqlServer.start(flavour, { port: first.port, data: 'new' });
      await letWatch(second, { app: { name: 'app' } });
      const missing = await watcher.look('sweep', 'fresh');
      assert.equal(word(missing.identity), 'lost:impostor');
      assert.equal(missing.presence, undefined);
      await fill(second);
      assert.equal(word((await watcher.look('sweep', 'fresh')).identity), 'lost:impostor');
    });

    it('may be told by a marker, which replicas share', async () => {
      const settings = { marker: true };
      await using server = await MysqlServer.start(flavour);
      await fill(server);
      await letWatch(server, { app: { name: 'app' } }, settings);
      const [row] = (await server.query('select uuid from rollcall.server')) as { uuid: string }[];
      await using watcher = new Watcher(
        server.url('watcher', PASSWORD),
        { app: { name: 'app', identity: { server_uuid: row?.uuid } } },
        settings,
      );
      assert.deepEqual(words(await watcher.look('sweep')), { presence: 'good', identity: 'good', 'precursor/activity': 'good' });
      for (const harm of ['insert into rollcall.server values (uuid())', 'drop database rollcall']) {
        await server.query(harm, 'drop database if exists app');
        const said = words(await watcher.look('sweep', 'fresh'));
        assert.ok(
          Object.values(said).every((outcome) => outcome.startsWith('blind')),
          `${harm}: ${JSON.stringify(said)}`,
        );
      }
    });

    it('is believed as a replica only as long as it keeps up', async () => {
      const settings = (id: number) => [
        `--server-id=${id}`,
        '--log-bin=bin',
        ...(flavour === 'mysql' ? ['--gtid-mode=ON', '--enforce-gtid-consistency=ON'] : []),
      ];
      await using primary = await MysqlServer.start(flavour, { settings: settings(1) });
      await using replica = await MysqlServer.start(flavour, { settings: settings(2), data: 'new' });
      await primary.query("create user copier identified by 'copier'", 'grant replication slave on *.* to copier');
      const at = `host = '${primary.host}', PORT = ${primary.port}, USER = 'copier', PASSWORD = 'copier'`.replace(
        'host',
        flavour === 'mariadb' ? 'MASTER_HOST' : 'SOURCE_HOST',
      );
      await replica.query(
        flavour === 'mariadb'
          ? `change master to ${at.replaceAll(/\b(PORT|USER|PASSWORD)\b/g, 'MASTER_$1')}, MASTER_USE_GTID = slave_pos`
          : `change replication source to ${at.replaceAll(/\b(PORT|USER|PASSWORD)\b/g, 'SOURCE_$1')}, SOURCE_AUTO_POSITION = 1, GET_SOURCE_PUBLIC_KEY = 1`,
        'start replica',
      );
      await fill(primary);
      await letWatch(primary, { app: { name: 'app' } });
      await using watcher = new Watcher(replica.url('watcher', PASSWORD), { app: { name: 'app' } });
      const presence = async () => word((await watcher.look('sweep', 'fresh')).presence);
      while ((await presence()) !== 'good') await new Promise((resolve) => setTimeout(resolve, 50));
      await replica.query('stop replica');
      await primary.query('drop database app');
      assert.equal(await presence(), 'blind:stale-vantage');
      await replica.query('start replica');
      while ((await presence()) !== 'lost:absent') await new Promise((resolve) => setTimeout(resolve, 50));
    });
  });
