import assert from 'node:assert/strict';
import { Client } from 'pg';
import type { Nudge } from '../../../src/probe.ts';
import { startPostgres, type TestPostgres } from '../../support/postgres.ts';
import { Watcher } from './helpers.ts';

const pause = async () => new Promise((resolve) => setTimeout(resolve, 20));

describe('the tripwires of a PostgreSQL', function () {
  this.timeout(120_000);
  const NAMES = ['a', 'b', 'c', 'd'];
  let server: TestPostgres;

  before(async () => {
    server = await startPostgres({ settings: ['max_connections=39'] });
    await server.query('create role watcher login');
    for (const name of NAMES) await server.query(`create database ${name}`);
  });
  after(async () => server[Symbol.asyncDispose]());

  const heldIn = async () =>
    (await server.query("select datname from pg_stat_activity where usename = 'watcher' and datname <> 'postgres' order by datname")).map(
      ({ datname }) => datname,
    );

  /** Holds what is wanted, and hands on every nudge, until it is disposed of. */
  function holding(names: readonly string[]) {
    const watcher = new Watcher(
      server.url('postgres', 'watcher'),
      Object.fromEntries(names.map((name) => [name, { name, tripwire: true }])),
    );
    const stop = new AbortController();
    const nudges: Nudge[] = [];
    const held = watcher.link.hold?.(watcher.wanted(), stop.signal);
    assert.ok(held);
    const reading = (async () => {
      for await (const said of held) if ('ids' in said) nudges.push(said);
    })();
    return {
      nudges,
      watcher,
      async [Symbol.asyncDispose]() {
        stop.abort();
        await reading;
        await watcher[Symbol.asyncDispose]();
      },
    };
  }

  it('take at most a tenth of its max_connections, the first in the list', async () => {
    await using _ = holding(NAMES);
    while ((await heldIn()).length < 3) await pause();
    await new Promise((resolve) => setTimeout(resolve, 300));
    assert.deepEqual(await heldIn(), ['a', 'b', 'c']);
  });

  it('are one nudge or two for all of them where a restart ends them, and are held again after it', async () => {
    for (const mode of ['fast', 'immediate'] as const) {
      await using held = holding(['a', 'b', 'c']);
      while ((await heldIn()).length < 3) await pause();
      await server.stop(mode);
      const ids = () => held.nudges.flatMap((nudge) => nudge.ids).toSorted();
      while (ids().length < 3) await pause();
      assert.ok(held.nudges.length <= 2, `${mode}: ${JSON.stringify(held.nudges)}`);
      await server.restart();
      while ((await heldIn()).length < 3) await pause();
      assert.deepEqual(ids(), ['a', 'b', 'c'], mode);
    }
  });

  it('nudge again once a drop is done: a look made while it waits between ending the sessions and marking the database finds nothing', async () => {
    await using held = holding(['d']);
    const { nudges, watcher } = held;
    while ((await heldIn()).length < 1) await pause();
    // What a drop asks for after it has ended the sessions, and before anybody can see that it is one.
    await using open = new AsyncDisposableStack();
    const between = open.adopt(new Client(server.url('postgres')), async (client) => client.end());
    await between.connect();
    await between.query('begin; lock table pg_catalog.pg_shdescription in access exclusive mode');
    const dropping = server.query('drop database d with (force)');
    while (nudges.length < 1) await pause();
    assert.deepEqual((await watcher.look('sweep', 'fresh'))['presence'], { is: 'good' });
    assert.equal(nudges.length, 1);
    await between.query('commit');
    await dropping;
    while (nudges.length < 2) await pause();
    assert.match(nudges[1]?.why ?? '', /^no session can be held in database d: 3D000/);
    assert.equal(nudges[1]?.ids[0], 'd');
    const presence = (await watcher.look('sweep', 'fresh'))['presence'];
    assert.equal(presence?.is === 'lost' && presence.how, 'absent');
  });

  it('give their sessions back when nobody listens any longer', async () => {
    {
      await using _ = holding(['a']);
      while ((await heldIn()).length < 1) await pause();
    }
    while ((await heldIn()).length > 0) await pause();
  });
});
