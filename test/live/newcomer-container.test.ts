import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { until } from '../support/booted.ts';
import { makeFolder, type Folder } from '../support/folder.ts';
import { blocksOf, partOf } from '../support/pages.ts';
import { startPostBox, type PostBox } from '../support/post.ts';
import { startPostgres, type TestPostgres } from '../support/postgres.ts';
import { ROOT } from '../support/source-file.ts';

const run = promisify(execFile);
const NAME = `rollcall-newcomer-${process.pid}`;
const NODE_IMAGE = process.env['ROLLCALL_TEST_NODE_IMAGE'];
const NOT_IN_A_CHECKOUT = new Set(['node_modules', '.git', 'dist', 'dist-docs', 'schemas', 'man', 'coverage', 'reports', '.stryker-tmp']);
const read = (name: string) => readFileSync(join(ROOT, name), 'utf8');

/** The commands of the page on containers, word for word but for the names of what is made, and for a network that leads to this loopback. */
describe('a newcomer with a container', function () {
  this.timeout(600_000);
  let folder: Folder;
  let server: TestPostgres;
  let box: PostBox;
  before(async () => {
    folder = makeFolder();
    cpSync(ROOT, folder.path, { recursive: true, filter: (path) => path === ROOT || !NOT_IN_A_CHECKOUT.has(basename(path)) });
    [server, box] = await Promise.all([startPostgres(), startPostBox()]);
    await server.query('create database orders');
    await server.query('create role rollcall_ro login');
  });
  after(async () => {
    await run('docker', ['rm', '--force', '--volumes', NAME]).catch(() => undefined);
    await run('docker', ['volume', 'rm', '--force', `${NAME}-state`]).catch(() => undefined);
    await run('docker', ['rmi', '--force', NAME]).catch(() => undefined);
    await box?.[Symbol.asyncDispose]();
    await server?.[Symbol.asyncDispose]();
    folder?.remove();
  });

  it('gets from the page on containers to a watch that pages', async () => {
    const [config = ''] = blocksOf(partOf(read('README.md'), /ten minutes/)).flatMap(({ language, text }) =>
      language === 'yaml' ? [text] : [],
    );
    for (const name of ['rollcall', 'secrets']) mkdirSync(join(folder.path, name));
    const edited = config
      .replace('{ file: ./orders-pg.url }', '{ credential: orders-pg-url }')
      .replace('{ file: ./hook.url }', '{ credential: hook-url }')
      .replace(', state: ./state', '');
    writeFileSync(join(folder.path, 'rollcall/config.yaml'), edited);
    writeFileSync(
      join(folder.path, 'rollcall/manifest.yaml'),
      'schema: rollcall/manifest/v1\nmanifest: prod\nversion: 1\nresources: [{ id: orders-db, kind: postgres.database, connection: orders-pg, name: orders }]\n',
    );
    writeFileSync(join(folder.path, 'secrets/orders-pg-url'), server.url('postgres', 'rollcall_ro'));
    writeFileSync(join(folder.path, 'secrets/hook-url'), box.url);

    const [shown] = blocksOf(read('docs/deploy/container.md'));
    const arg = NODE_IMAGE === undefined ? '' : ` --build-arg=NODE_IMAGE=${NODE_IMAGE}`;
    const script = (shown?.text ?? '')
      .replace('docker build --tag rollcall', `docker build --network=host${arg} --tag ${NAME}`)
      .replace('docker run --detach --name watcher', `docker run --network=host --detach --name ${NAME}`)
      .replace('rollcall-state:', `${NAME}-state:`)
      .replace(/rollcall$/m, NAME)
      .replace('docker exec watcher', `docker exec ${NAME}`);
    assert.equal(script.split(NAME).length, 6, script);
    await run('bash', ['-e', '-c', script], { cwd: folder.path, maxBuffer: 16 * 1024 * 1024 });
    assert.equal((await box.page(() => true)).event, 'test');
    await ready();
    await server.query('drop database orders with (force)');
    const page = await box.page(({ event }) => event === 'trigger');
    assert.equal(page.resources[0]?.id, 'orders-db');
  });

  async function ready(): Promise<void> {
    const answers = async () => (await fetch('http://127.0.0.1:7878/readyz').catch(() => undefined))?.ok;
    await until(
      async () => ((await answers()) === true ? true : undefined),
      `not ready: ${JSON.stringify(await run('docker', ['logs', NAME]))}`,
    );
  }
});
