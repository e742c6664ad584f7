import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { failureOf } from '../../../probes/postgres/errors.ts';
import { startPostgres } from '../../support/postgres.ts';
import { Watcher, word } from './helpers.ts';

/** Something on a port of its own that answers whoever connects with `say`, whatever it is asked. */
async function startImpostor(say: (socket: Socket) => void) {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => say(socket));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `postgres://watcher:secret-word@127.0.0.1:${(server.address() as AddressInfo).port}/postgres`,
    [Symbol.asyncDispose]: async () => void server.close(),
  };
}

/** One message of the protocol, whose length may lie. */
function message(type: string, length: number, body: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.write(type);
  head.writeInt32BE(length, 1);
  return Buffer.concat([head, body]);
}

const entries = { db: { name: 'orders', expect: { tables: { 'public.t': {} } } } };

describe('a PostgreSQL that means harm', function () {
  this.timeout(120_000);

  const nonsense: Readonly<Record<string, Buffer>> = {
    'columns without end': message('T', 6, Buffer.from([0x7f, 0xff])),
    'an authentication of no kind': message('R', 8, Buffer.from([0, 0, 0, 99])),
    'an error cut in the middle of a text': message('E', 6, Buffer.from('Mx')),
    'an error without an end to its list': message('E', 8, Buffer.from('Mxy\0')),
    'a notice with nothing in it': message('N', 4, Buffer.alloc(0)),
    'a length below nothing': message('S', -5, Buffer.from('abcdefgh')),
    'a message of two gigabytes': message('E', 0x7fff_ffff, Buffer.from('M')),
    'no protocol at all': Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n<html>'),
  };
  for (const [what, bytes] of Object.entries(nonsense))
    it(`is blind, and the watcher lives on, where what answers says ${what}`, async () => {
      await using impostor = await startImpostor((socket) => socket.end(bytes));
      await using watcher = new Watcher(impostor.url, entries);
      for (const depth of ['sweep', 'inspect'] as const) {
        const found = (await watcher.look(depth))[depth === 'sweep' ? 'presence' : 'content/tables.public.t'];
        assert.match(word(found), /^blind:/);
      }
    });

  it('is blind: protocol where an answer does not end, long before it fills the memory', async () => {
    const chunk = message('N', 4 + 1024 * 1024, Buffer.alloc(1024 * 1024));
    await using impostor = await startImpostor((socket) => {
      const go = (): void => {
        while (!socket.destroyed && socket.write(chunk)) continue;
      };
      // Notices that each end in order, one after the other.
      socket.on('drain', go);
      go();
    });
    await using watcher = new Watcher(impostor.url, entries, { connect_timeout: '30s' });
    const found = (await watcher.look('sweep')).presence;
    assert.equal(word(found), 'blind:protocol');
    assert.match(found?.is === 'blind' ? found.say : '', /more than 64 MiB/);
  });

  it('asks the built-in types and operators, whatever a login trigger puts in their place', async () => {
    await using server = await startPostgres({ version: 18 });
    await server.query('create database orders');
    await server.query('create table t as select 1', 'orders');
    await server.query('create role watcher login');
    await server.query(`create function trap() returns event_trigger language plpgsql as $$ begin
      create domain pg_temp.text as pg_catalog.text check (value is null);
      perform set_config('search_path', 'pg_temp, public', false);
      end $$`);
    await server.query('create event trigger trap on login execute function trap()');
    await using watcher = new Watcher(server.url('postgres', 'watcher'), entries);
    assert.equal(word((await watcher.look('sweep')).presence), 'good');
    await server.query('drop database orders with (force)');
    assert.equal(word((await watcher.look('sweep', 'fresh')).presence), 'lost:absent');
  });

  it('knows a missing subdirectory in every language of a server', () => {
    const refused = (code: string, detail: string) =>
      failureOf(Object.assign(new Error('Datenbank »orders« existiert nicht'), { code, detail, severity: 'FATAL' })).filesGone;
    assert.equal(refused('3D000', 'Das Datenbankunterverzeichnis »base/16384« fehlt.'), true);
    assert.equal(refused('3D000', 'Le sous-répertoire « pg_tblspc/16390/PG_18_202506291/16384 » est manquant.'), true);
    assert.equal(refused('3D000', 'Sie wurde anscheinend gerade gelöscht oder umbenannt.'), false);
    assert.equal(refused('42P01', 'base/16384'), false);
  });
});
