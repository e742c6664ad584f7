import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { bulk, CUT, HANG, startFakeRedis, type RedisAnswer } from '../../support/fake-redis.ts';
import { database, Watcher } from './helpers.ts';
import { infoText, startServer } from './info-text.ts';

const PASSWORD = 'only-the-watcher-knows';
const ENTRY = { mark: 'mark', expect: { min_keys: 900, sentinels: ['orders'] } };

/** One look, its second looks included, at a server that says so. */
async function look(info: string, entry: object = {}, answers: Readonly<Record<string, RedisAnswer>> = {}, limits: object = {}) {
  await using server = await startServer(() => info, answers);
  await using watcher = new Watcher({ host: '127.0.0.1', port: server.port, ...limits }, [database(entry)]);
  return { ...(await watcher.look()), asked: server.asked, connections: server.connections() };
}

describe('the answers of a Redis', () => {
  it('come over one connection a look, by commands that change nothing', async () => {
    const { verdict, asked, connections } = await look(infoText(), ENTRY);
    assert.equal(verdict, 'present');
    assert.equal(connections, 1);
    assert.deepEqual(asked, [
      ['INFO', 'all'],
      ['GET', 'mark'],
      ['EXISTS', 'orders'],
    ]);
  });

  it('lead into the database that is meant, and nowhere where nothing is asked there', async () => {
    const info = infoText({ Keyspace: { db0: 'keys=1,expires=0', db4: 'keys=5,expires=0' } });
    assert.deepEqual((await look(info, { database: 4 })).asked, [['INFO', 'all']]);
    assert.deepEqual((await look(info, { database: 4, expect: { sentinels: ['a b'] } })).asked, [
      ['INFO', 'all'],
      ['SELECT', '4'],
      ['EXISTS', 'a b'],
    ]);
  });

  it('prove an empty database by a second count, and by a second look on a connection of its own', async () => {
    const { verdict, summary, raised, asked, connections } = await look(infoText({ Keyspace: {} }));
    assert.deepEqual([verdict, raised], ['absent', ['lost']]);
    assert.match(summary, /database 0 has no keys \(DBSIZE 0\); up 1d 1h; Redis 7\.0\.15, master, run e508d6c7/);
    assert.deepEqual([asked.filter(([command]) => command === 'DBSIZE').length, connections], [2, 2]);
  });

  for (const [what, info, answers, reason] of [
    ['keys that INFO does not list', infoText({ Keyspace: {} }), { DBSIZE: ':5\r\n' }, /partial-answer|DBSIZE counts 5/],
    [
      'a count that is refused',
      infoText({ Keyspace: {} }),
      { DBSIZE: "-NOPERM this user has no permissions to run the 'dbsize' command\r\n" },
      /NOPERM/,
    ],
    ['a count that is none', infoText({ Keyspace: {} }), { DBSIZE: '$2\r\nno\r\n' }, /no Redis/],
    ['a server that loads', infoText({ Persistence: { loading: 1 }, Keyspace: {} }), {}, /still loading/],
    ['a server that will not say while it loads', '', { INFO: '-LOADING Redis is loading the dataset in memory\r\n' }, /LOADING/],
    [
      'a replica cut from its master',
      infoText({ Replication: { role: 'slave', master_link_status: 'down' }, Keyspace: {} }),
      {},
      /link to its master is down/,
    ],
    [
      'a replica that is filled',
      infoText({ Replication: { role: 'slave', master_link_status: 'up', master_sync_in_progress: 1 }, Keyspace: {} }),
      {},
      /being filled/,
    ],
    ['a master that is gone', '', { INFO: '-MASTERDOWN Link with MASTER is down\r\n' }, /MASTERDOWN/],
    ['a password that is missing', '', { INFO: '-NOAUTH Authentication required.\r\n' }, /NOAUTH/],
    ['a full house', '', { INFO: '-ERR max number of clients reached\r\n' }, /max number of clients/],
    ['a script without end', '', { INFO: '-BUSY Redis is busy running a script\r\n' }, /BUSY/],
    ['a Sentinel', infoText({ Server: { redis_mode: 'sentinel' } }), {}, /Sentinel/],
    ['no keyspace', infoText({ Keyspace: undefined }), {}, /lacks "keyspace"/],
    ['no counters of commands', infoText({ Commandstats: undefined }), {}, /lacks "commandstats"/],
    ['a keyspace of nonsense', infoText({ Keyspace: { db0: 'keys=lots,expires=0' } }), {}, /keyspace in INFO cannot be read/],
    ['a negative number of keys', infoText({ Keyspace: { db0: 'keys=-5,expires=0' } }), {}, /keyspace in INFO cannot be read/],
    ['no run', infoText({ Server: { run_id: '' } }), {}, /no run_id/],
    [
      'a name of a master with sections in it',
      infoText({
        Replication: { role: 'slave', master_host: 'x\r\nmaster_link_status:up\r\n# Keyspace\r\ndb0:keys=1000,expires=0' },
        Keyspace: {},
      }),
      {},
      /INFO says section keyspace twice: somebody may have put lines into it/,
    ],
    [
      'an address of a replica with a section in it that was to swallow the next',
      infoText({ Replication: { slave0: 'ip=x\r\n# Commandstats\r\ncmdstat_get:calls=1\r\n# X' } }),
      {},
      /INFO says section commandstats twice/,
    ],
    ['a line said twice', infoText({ Keyspace: { db0: 'keys=1000,expires=0\r\ndb0:keys=5,expires=0' } }), {}, /INFO says db0 twice/],
    ['an INFO that is a web page', '<html>\r\n<body>', {}, /no Redis/],
    ['an INFO that is empty', '', {}, /lacks/],
    ['an INFO that is nothing', '', { INFO: '$-1\r\n' }, /no Redis/],
    ['an INFO that is a number', '', { INFO: ':1\r\n' }, /no Redis/],
    ['an INFO of a million lines', `# Server\r\n${'a:1\r\n'.repeat(200_000)}`, {}, /more than 100000 lines/],
    ['an INFO without end', '', { INFO: '$4294967296\r\n' }, /protocol of Redis|more than 4 MiB/],
    ['a size that is none', '', { INFO: '$x\r\n' }, /protocol of Redis/],
    ['a text longer than it says', '', { INFO: '$3\r\nabcdef\r\n' }, /protocol of Redis/],
    ['lists in lists', '', { INFO: '*1\r\n'.repeat(100_000) }, /protocol of Redis/],
    ['HTTP', '', { INFO: 'HTTP/1.1 400 Bad Request\r\n\r\n' }, /protocol of Redis/],
    ['a line without end', '', { INFO: `+${'a'.repeat(100_000)}` }, /line without end/],
    ['bytes of nothing', '', { INFO: Buffer.alloc(100) }, /protocol of Redis/],
    ['two answers to one question', '', { INFO: '+OK\r\n+OK\r\n' }, /no Redis|nobody asked/],
    ['an end', '', { INFO: CUT }, /ECONNRESET/],
  ] as const)
    it(`are blind, never absent: ${what}`, async () => {
      const { verdict, raised, summary } = await look(info, {}, answers);
      assert.deepEqual([verdict, raised], ['blind', []], summary);
      assert.match(summary, reason);
    });

  it('that do not come are blind: timeout', async () => {
    const { verdict, summary } = await look('', {}, { INFO: HANG }, { connect_timeout: '100ms', timeout: '100ms' });
    assert.equal(verdict, 'blind');
    assert.match(summary, /timeout/);
  });

  it('are blind in one part alone where only that is refused', async () => {
    await using server = await startServer(() => infoText(), { EXISTS: '-NOPERM no permissions to access a key\r\n' });
    await using watcher = new Watcher({ host: '127.0.0.1', port: server.port }, [database(ENTRY)]);
    const [wanted] = watcher.resources.map(({ id, kind, target, checks }) => ({ id, kind, target, checks }));
    assert.ok(wanted);
    const look = { depth: 'sweep', path: 'usual', signal: new AbortController().signal } as const;
    const reports = (await Array.fromAsync(watcher.link.collect([wanted], look))).flat();
    assert.deepEqual(
      reports.flatMap((report) => (report.kind === 'blind' ? [[report.reason, ...report.facets]] : [])),
      [['denied', 'content/sentinels.orders']],
    );
  });

  it('with more expiring keys than keys are blind to how many there are', async () => {
    const { verdict, summary } = await look(infoText({ Keyspace: { db0: 'keys=5,expires=9' } }), { expect: { min_keys: 1 } });
    assert.equal(verdict, 'blind', summary);
  });

  it('of servers before 7 do not tell CONFIG SET from CONFIG GET: blind where that is asked', async () => {
    const old = infoText({ Server: { redis_version: '6.2.14' } });
    assert.equal((await look(old)).verdict, 'present');
    const { verdict, summary } = await look(old, { expect: { max_config_sets: 0 } });
    assert.equal(verdict, 'blind');
    assert.match(summary, /Redis 6\.2\.14 does not count CONFIG SET/);
  });

  it('of Valkey are read as its own', async () => {
    const { verdict, summary } = await look(infoText({ Server: { redis_version: '7.2.4', valkey_version: '8.1.0' }, Keyspace: {} }));
    assert.equal(verdict, 'absent');
    assert.match(summary, /Valkey 8\.1\.0/);
  });

  it('that are counted by no number are not judged: an inspection asks nothing', async () => {
    await using server = await startServer(() => infoText());
    await using watcher = new Watcher({ host: '127.0.0.1', port: server.port }, [database()]);
    const look = { depth: 'inspect', path: 'usual', signal: new AbortController().signal } as const;
    const wanted = watcher.resources.map(({ id, kind, target, checks }) => ({ id, kind, target, checks }));
    assert.deepEqual(await Array.fromAsync(watcher.link.collect(wanted, look)), []);
    assert.equal(server.connections(), 0);
  });

  it('bring no secret and nothing that drives a terminal into a report, whatever the server repeats', async () => {
    const evil = `\u001b[2J\u202eevil ${PASSWORD}`;
    await using server = await startFakeRedis(([command, ...words]) =>
      command === 'AUTH' ? `-ERR no AUTH: ${words.map((word) => `'${word}'`).join(' ')} ${evil}\r\n` : bulk(''),
    );
    await using watcher = new Watcher({ host: '127.0.0.1', port: server.port, user: 'watcher' }, [database()], PASSWORD);
    const found = await watcher.look();
    assert.equal(found.verdict, 'blind');
    // oxlint-disable-next-line no-control-regex -- that they are not there is the test
    assert.doesNotMatch(inspect(found), /\u001b|\u202e|only-the-watcher/);
    assert.match(found.summary, /<secret>/);
  });

  it('bring no part of a long password into a report where AUTH is another command', async () => {
    const password = 'L0ng-'.repeat(50);
    await using server = await startFakeRedis(([, ...words]) => {
      const args = words.map((word) => `'${word}' `).join('');
      // As Redis 7.0.15 does under `rename-command AUTH ""`.
      return `-ERR unknown command 'AUTH', with args beginning with: ${args.slice(0, 128)}\r\n`;
    });
    await using watcher = new Watcher({ host: '127.0.0.1', port: server.port, user: 'watcher' }, [database()], password);
    const found = await watcher.look();
    assert.equal(found.verdict, 'blind');
    assert.match(found.summary, /unknown command 'AUTH'/);
    assert.doesNotMatch(inspect(found), /L0ng/);
  });

  it('show hostile names of masters and versions as text of one line', async () => {
    const info = infoText({
      Server: { redis_version: '7.0\u001b]0;x\u0007\u202e' },
      Replication: { role: 'slave', master_link_status: 'up', master_host: '<script>\u200b', master_port: 'x'.repeat(5000) },
      Keyspace: {},
    });
    const { verdict, summary } = await look(info);
    assert.equal(verdict, 'absent');
    // oxlint-disable-next-line no-control-regex -- that they are not there is the test
    assert.doesNotMatch(summary, /[\u0000-\u001f\u202e\u200b]/);
    assert.ok(summary.length < 700, `${summary.length}`);
  });
});
