import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { join } from 'node:path';
import { parse } from 'yaml';
import { init } from '../../src/commands/init.ts';
import type { Io } from '../../src/commands/io.ts';
import { runCli, startCli } from '../support/cli.ts';
import { makeFolder, type Folder } from '../support/folder.ts';
import { startPostgres, type TestPostgres } from '../support/postgres.ts';
import { about, startPostBox } from '../support/post.ts';
import { startReceiver } from '../support/receiver.ts';
import { KEYS, Typist } from '../support/typist.ts';

const PASSWORD = 'for-watching-only';
const { enter, cancel, erase, eof, left } = KEYS;

/** A server that takes connections and says nothing. */
async function startSilent(): Promise<AsyncDisposable & { readonly port: number; readonly called: Promise<unknown> }> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const sockets: Socket[] = [];
  server.on('connection', (socket) => void sockets.push(socket.on('error', () => {})));
  return {
    port: (server.address() as AddressInfo).port,
    called: once(server, 'connection'),
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

function makeIo(cwd: string, typist: Typist | undefined): { io: Io; said: { out: string; err: string } } {
  const said = { out: '', err: '' };
  const io: Io = {
    env: {},
    cwd,
    out: (text) => void (said.out += text),
    err: (text) => void (said.err += text),
    isTerminal: false,
    showsProgress: false,
    flags: [],
    knows: () => false,
    become: undefined,
    terminal: typist && { input: typist.input, output: typist.output },
    ask: async () => undefined,
    input: async function* () {},
    readLine: async () => undefined,
    signal: new AbortController().signal,
    onHangup: () => {},
    uid: process.getuid?.(),
    pid: process.pid,
    monotonicUsec: () => 0n,
  };
  return { io, said };
}

describe('rollcall init', function () {
  this.timeout(120_000);
  let pg: TestPostgres;
  let folder: Folder;
  before(async () => {
    pg = await startPostgres({ auth: 'scram' });
    await pg.query(`create role watcher login password '${PASSWORD}'; grant pg_read_all_data to watcher`);
    await pg.query('create database orders');
    await pg.query('create table t as select generate_series(1, 1000) as id', 'orders');
  });
  after(async () => pg[Symbol.asyncDispose]());
  beforeEach(() => {
    folder = makeFolder();
  });
  afterEach(() => folder.remove());

  it('goes from nothing to an ordered roll and a page that arrived, arms nothing, and what it wrote is watched', async () => {
    const receiver = await startReceiver();
    for (let nth = 1; nth <= 4; nth++) {
      const file = join(folder.path, `orders-${nth}.dump`);
      writeFileSync(file, 'x'.repeat(2000));
      utimesSync(file, Date.now() / 1000 - nth * 86_400 + 3600, Date.now() / 1000 - nth * 86_400 + 3600);
    }
    const typist = new Typist();
    const { io, said } = makeIo(folder.path, typist);
    const running = init(io, { config: 'etc/config.yaml' });
    await typist.answer('What is this watcher called?', `${erase}not valid!${enter}`);
    await typist.answer('must begin with a letter', `${erase}vault-eu${enter}`);
    await typist.choose('What is to be watched?', 'a PostgreSQL server');
    await typist.answer('What is a PostgreSQL server called here?', `${erase}orders-pg${enter}`);
    await typist.answer('How is it reached?', `${pg.url('postgres', 'watcher', PASSWORD)}${enter}`);
    await typist.choose('What else is to be watched?', 'volumes and backup files');
    await typist.answer('called here?', enter);
    await typist.answer('Folders in which backups lie', `relative${enter}`);
    await typist.answer('must be an absolute path', `${erase}${folder.path}${enter}`);
    await typist.answer('What else is to be watched?', enter);
    await typist.choose('Who is told', 'a webhook');
    await typist.answer('Its address', `${receiver.url}/page${enter}`);
    await typist.answer('Its signing secret', enter);
    await typist.answer("dead man's switch", enter);
    await typist.answer('Send a test page now?', enter);
    const code = await running;
    const etc = join(folder.path, 'etc');
    const text = readFileSync(join(etc, 'config.yaml'), 'utf8');
    assert.deepEqual(parse(text), {
      watchdog: { name: 'vault-eu' },
      manifest: './manifest.yaml',
      connections: {
        'orders-pg': { probe: 'postgres', url: { file: './orders-pg.url' } },
        file: { probe: 'file', roots: [folder.path] },
      },
      pagers: { oncall: { type: 'webhook', url: { file: './oncall.url' } } },
      routes: [{ pagers: ['oncall'] }],
    });
    assert.equal(statSync(join(etc, 'orders-pg.url')).mode & 0o777, 0o600);
    for (const told of [typist.shown, said.out, said.err, text]) assert.ok(!told.includes(PASSWORD), 'a password is shown nowhere');
    const { resources } = parse(readFileSync(join(etc, 'manifest.yaml'), 'utf8')) as { resources: { id: string; kind: string }[] };
    // What else this machine has mounted may be gone again by the time of the check.
    const mounted = resources.some(({ kind }) => kind === 'file.volume');
    assert.ok(code === 0 || mounted, `${said.out}${said.err}`);
    assert.deepEqual(
      resources.filter(({ id }) => id.startsWith('orders')).map(({ id }) => id),
      ['orders', 'orders-backups'],
    );
    assert.match(said.out, /config\.yaml: ok/);
    assert.match(said.out, /oncall: accepted/);
    assert.ok(!existsSync(join(etc, 'state')), 'nothing is armed');
    assert.deepEqual(
      receiver.requests.map(({ body }) => (body as { event: string }).event),
      ['test', 'resolve'],
    );
    const checked = await runCli(['-c', join(etc, 'config.yaml'), 'check', 'orders', 'orders-backups'], { cwd: folder.path });
    assert.equal(checked.code, 0, checked.stdout);
    await receiver.close();

    // What it wrote is watched as it stands, but for the port, which others use beside this, who runs this, and where pages go.
    await using box = await startPostBox();
    writeFileSync(join(etc, 'oncall.url'), box.url);
    writeFileSync(
      join(etc, 'config.yaml'),
      text.replace('name: vault-eu', '$&\n  listen: off').replace(/^( +)probe: file$/m, '$&\n$1accept: [root, write]'),
    );
    await using daemon = startCli(['-c', join(etc, 'config.yaml'), 'watch'], { cwd: folder.path });
    await daemon.says('"watching"');
    await pg.query('drop database orders with (force)');
    const page = await box.page(about('orders', 'absent'), 90_000);
    assert.match(page.summary, /^orders is gone/);
    daemon.signal('SIGTERM');
    assert.equal(await daemon.ended, 0, daemon.stderr);
  });

  it('writes nothing before the last answer', async () => {
    const typist = new Typist();
    const { io, said } = makeIo(folder.path, typist);
    const running = init(io, { config: undefined });
    await typist.answer('What is this watcher called?', enter);
    await typist.choose('What is to be watched?', 'a PostgreSQL server');
    await typist.answer('called here?', enter);
    await typist.answer('How is it reached?', cancel);
    assert.equal(await running, 64);
    assert.equal(said.err, 'rollcall: broken off; nothing was written\n');
    assert.ok(!existsSync(join(folder.path, 'config.yaml')));
  });

  it('takes the end of the input for a no, at whatever it asks', async () => {
    for (const end of [
      async (typist: Typist) => typist.choose('What is to be watched?', 'a PostgreSQL server', eof),
      async (typist: Typist) => {
        await typist.choose('What is to be watched?', 'a PostgreSQL server');
        await typist.answer('called here?', `${erase}${eof}`);
      },
      async (typist: Typist) => {
        await typist.choose('What is to be watched?', 'a PostgreSQL server');
        await typist.answer('called here?', enter);
        await typist.answer('How is it reached?', eof);
      },
      async (typist: Typist) => void typist.input.end(),
    ]) {
      const typist = new Typist();
      const { io, said } = makeIo(folder.path, typist);
      const running = init(io, { config: undefined });
      await typist.answer('What is this watcher called?', enter);
      await end(typist);
      assert.equal(await running, 64);
      assert.equal(said.err, 'rollcall: broken off; nothing was written\n');
      assert.ok(typist.showsCursor, 'the cursor is shown again');
      assert.ok(!existsSync(join(folder.path, 'config.yaml')));
    }
  });

  it('deletes what is right of the cursor by the same key, as an editor does, and goes on', async () => {
    const typist = new Typist();
    const { io } = makeIo(folder.path, typist);
    const running = init(io, { config: undefined });
    await typist.answer('What is this watcher called?', `${erase}vault-eu${left}${eof}s${enter}`);
    await typist.answer('vault-es', '');
    await typist.choose('What is to be watched?', 'a PostgreSQL server', cancel);
    assert.equal(await running, 64);
  });

  it('leaves no half of a draft where it is broken off while it looks around', async () => {
    await using silent = await startSilent();
    const ending = new AbortController();
    const typist = new Typist();
    const { io, said } = makeIo(folder.path, typist);
    const running = init({ ...io, signal: ending.signal }, { config: undefined });
    await typist.answer('What is this watcher called?', `${erase}vault-eu${enter}`);
    await typist.choose('What is to be watched?', 'a PostgreSQL server');
    await typist.answer('called here?', `${erase}orders-pg${enter}`);
    await typist.answer('How is it reached?', `postgres://nobody:${PASSWORD}@127.0.0.1:${silent.port}/postgres${enter}`);
    await typist.answer('What else is to be watched?', enter);
    await typist.choose('Who is told', 'only the standard output');
    await typist.answer("dead man's switch", enter);
    await silent.called;
    ending.abort();
    assert.equal(await running, 64);
    assert.match(said.err, /^rollcall: broken off while it looked; no draft was written$/m);
    assert.match(
      said.err,
      /^rollcall: broken off; what was written before is still there, and nothing is armed; rollcall -c \S+config\.yaml discover -o \S+manifest\.yaml /m,
    );
    assert.deepEqual(readdirSync(folder.path).sort(), ['config.yaml', 'orders-pg.url']);
  });

  it('writes over nothing, and asks nothing before it knows', async () => {
    for (const name of ['config.yaml', 'manifest.yaml']) {
      const own = makeFolder();
      const { io, said } = makeIo(own.path, new Typist());
      writeFileSync(join(own.path, name), 'mine');
      assert.equal(await init(io, { config: undefined }), 64);
      assert.match(said.err, new RegExp(`${name} is there already`));
      assert.equal(readFileSync(join(own.path, name), 'utf8'), 'mine');
      own.remove();
    }
  });

  it('says what to do where nobody sits at a terminal', async () => {
    const { code, stdout, stderr } = await runCli(['init'], { cwd: folder.path });
    assert.deepEqual([code, stdout], [64, '']);
    assert.match(stderr, /nobody sits at a terminal/);
  });
});
