import assert from 'node:assert/strict';
import { startPostgres, type TestPostgres } from '../../support/postgres.ts';
import { Watcher, word } from './helpers.ts';

describe('the oldest row of a table', function () {
  this.timeout(120_000);
  let server: TestPostgres;

  before(async () => {
    server = await startPostgres();
    await server.query('create role watcher login');
    await server.query('create database orders');
    await server.query(
      `create table t (id int, made timestamptz); insert into t values (1, now() - interval '90 days'), (2, now());
       create table day (made date); insert into day values (current_date - 90); grant select on t, day to watcher`,
      'orders',
    );
  });
  after(async () => server[Symbol.asyncDispose]());

  const look = async (oldest: object, table = 'public.t') => {
    const entry = { name: 'orders', expect: { tables: { [table]: { oldest } } } };
    await using watcher = new Watcher(server.url('postgres', 'watcher'), { db: entry });
    return (await watcher.look('inspect'))[`content/oldest.${table}`];
  };

  it('must be as old as is demanded, by the clock of the server, dates as well', async () => {
    assert.equal(word(await look({ column: 'made', at_least: '89d' })), 'good');
    assert.equal(word(await look({ column: 'made', at_least: '89d' }, 'public.day')), 'good');
    const young = await look({ column: 'made', at_least: '91d' });
    assert.equal(word(young), 'breach:diminished');
    const breach = young?.is === 'breach' ? young.breaches[0] : undefined;
    assert.equal(breach?.what, 'public.t has no row with a made of more than 91d ago');
    assert.deepEqual([breach.path, breach.expected, breach.unit], ['tables.public.t.oldest', 91 * 86_400_000, 'ms']);
  });

  it('is younger than anything where there is no row, and where there is no table', async () => {
    await server.query('create table empty (made timestamptz); grant select on empty to watcher', 'orders');
    assert.equal(word(await look({ column: 'made', at_least: '1s' }, 'public.empty')), 'breach:diminished');
    assert.equal(word(await look({ column: 'made', at_least: '1s' }, 'public.nowhere')), 'breach:diminished');
  });

  it('is blind where the column is not there or may not be read, and says what it takes', async () => {
    assert.equal(word(await look({ column: 'born', at_least: '1d' })), 'blind:protocol');
    await server.query('create table secret (id int, made timestamptz); grant select (id) on secret to watcher', 'orders');
    const denied = await look({ column: 'made', at_least: '1d' }, 'public.secret');
    assert.equal(word(denied), 'blind:denied');
    assert.match(denied?.is === 'blind' ? denied.say : '', /GRANT SELECT \("made"\) ON "public"\."secret" TO "watcher"/);
    await server.query('grant select (made) on secret to watcher', 'orders');
    assert.equal(word(await look({ column: 'made', at_least: '1d' }, 'public.secret')), 'breach:diminished');
  });
});
