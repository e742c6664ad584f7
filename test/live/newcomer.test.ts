import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { boot, until, type Booted } from '../support/booted.ts';
import { blocksOf, partOf, type Block } from '../support/pages.ts';
import { startPostgres, type TestPostgres } from '../support/postgres.ts';
import { startPostBox, type PostBox } from '../support/post.ts';
import { startRegistry, type Registry } from '../support/registry.ts';
import { ROOT } from '../support/source-file.ts';

const run = promisify(execFile);
const TREE = process.env['ROLLCALL_TEST_DEBIAN_TREE'];
const PASSWORD = 'a-password-of-ones-own';
const INSTALL = 'npm install --global';
const TEN_MINUTES_MS = 600_000;
const read = (name: string) => readFileSync(join(ROOT, name), 'utf8');

/**
 * A machine with Node and npm, and somebody who has the README and nothing else. What stands there is done word for word; only what a reader
 * must replace is replaced: the password, the address of the database, the address of the receiver.
 */
describe('a newcomer', function () {
  this.timeout(TEN_MINUTES_MS);
  let machine: Booted;
  let server: TestPostgres;
  let box: PostBox;
  let registry: Registry;
  let folder: string;
  const counted = { commands: 0, files: 0, ms: 0 };

  before(async () => {
    assert.ok(TREE !== undefined, 'ROLLCALL_TEST_DEBIAN_TREE names no Debian with systemd to boot');
    folder = mkdtempSync(join(tmpdir(), 'rollcall-newcomer-'));
    [server, box] = await Promise.all([startPostgres({ auth: 'scram' }), startPostBox()]);
    await server.query('create database orders');
    await server.query('create table orders (id int primary key); insert into orders select generate_series(1, 120000)', 'orders');
    registry = await startRegistry(...(await pack(folder)));
    const npm = realpathSync(execFileSync('sh', ['-c', 'command -v npm'], { encoding: 'utf8' }).trim());
    const authorities = process.env['NODE_EXTRA_CA_CERTS'];
    machine = await boot(TREE, [
      `${realpathSync(join(ROOT, 'node_modules/node/bin/node'))}:/usr/local/bin/node`,
      `${dirname(dirname(npm))}:/usr/local/lib/node_modules/npm`,
      ...(authorities === undefined ? [] : [`${authorities}:/etc/authorities.pem`]),
    ]);
    await root(`ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm
useradd --create-home newcomer
mkdir -p /srv/vault/orders
for day in 1 2 3 4 5 6 7; do head -c 1200000 /dev/urandom > /srv/vault/orders/$day.dump; done`);
  });
  after(async () => {
    await machine?.stop();
    await registry?.close();
    await box?.[Symbol.asyncDispose]();
    await server?.[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  });

  const sh = async (user: string, script: string) => {
    const set = `export npm_config_registry=${registry.url} NODE_EXTRA_CA_CERTS=/etc/authorities.pem npm_config_audit=false npm_config_fund=false`;
    const { code, out } = await machine.run('su', '-', user, '-s', '/bin/bash', '-c', `set -e\n${set}\n${script}`);
    assert.equal(code, 0, `${script}\n${out}`);
    return out;
  };
  const root = (script: string) => sh('root', script);
  /** Writes a file as an editor does: a YAML block says its name in its first line. */
  const save = async ({ text }: Block, where: string, user: string) => {
    const name = /^# ([\w.]+\.yaml): /.exec(text)?.[1];
    assert.ok(name !== undefined, text);
    counted.files++;
    await sh(user, `cat > ${where}/${name} <<'END_OF_FILE'\n${text}END_OF_FILE`);
  };
  const ready = async () =>
    until(async () => ((await fetch('http://127.0.0.1:7878/readyz').catch(() => undefined))?.ok ? true : undefined), 'not ready');
  const lossesToldOf = () => box.pages.filter(({ event, resources: [first] }) => event === 'trigger' && first?.id === 'orders-db').length;
  const lossAfter = async (known: number) => box.page(() => lossesToldOf() > known);

  it('gets from the README to an armed watch in ten minutes', async () => {
    const replaced = read('README.md')
      .replaceAll('PASSWORD@', `${PASSWORD}@`)
      .replaceAll('db1.example:5432', `127.0.0.1:${server.port}`)
      .replaceAll('https://hooks.example/page', box.url);
    const began = performance.now();
    for (const block of blocksOf(partOf(replaced, /ten minutes/))) {
      if (block.language === 'yaml') await save(block, '~/rollcall', 'newcomer');
      else for (const lines of byReader(block.text)) await follow(lines);
    }
    counted.ms = performance.now() - began;
    assert.equal(box.pages[0]?.event, 'test', 'the test page arrived');
    assert.equal(lossesToldOf(), 0);
    await ready();
    assert.ok(counted.commands <= 15 && counted.files === 2, JSON.stringify(counted));
    assert.ok(counted.ms < TEN_MINUTES_MS);
  });

  it('is paged when the database goes', async () => {
    const began = performance.now();
    await server.query('drop database orders with (force)');
    await lossAfter(0);
    const ms = performance.now() - began;
    console.log(
      `      a newcomer: ${counted.commands} commands, ${counted.files} files, ${(counted.ms / 60_000).toFixed(1)} minutes of the machine's time; paged ${(ms / 1000).toFixed(1)} s after the drop`,
    );
    await root('systemctl stop newcomer');
  });

  it('gets from the page on systemd to a unit that watches, with the secrets that it has', async () => {
    const page = read('docs/deploy/systemd.md');
    const [install, drop, start] = blocksOf(page);
    assert.deepEqual([install?.language, drop?.language, start?.language], ['sh', 'ini', 'sh']);
    await root(install?.text ?? '');
    // The reader edits the two files and hands the secrets over.
    const readme = read('README.md');
    const [config, manifest] = blocksOf(partOf(readme, /ten minutes/)).filter(({ language }) => language === 'yaml');
    const edited = (config?.text ?? '')
      .replace('{ file: ./orders-pg.url }', '{ credential: orders-pg-url }')
      .replace('{ file: ./hook.url }', '{ credential: hook-url }')
      .replace(', state: ./state', '');
    await save({ language: 'yaml', text: edited }, '/etc/rollcall', 'root');
    await save(manifest ?? { language: '', text: '' }, '/etc/rollcall', 'root');
    await root(`umask 077; cp /home/newcomer/rollcall/orders-pg.url /etc/rollcall/credentials/orders-pg-url; cp /home/newcomer/rollcall/hook.url /etc/rollcall/credentials/hook-url
mkdir -p /etc/systemd/system/rollcall.service.d; umask 022
cat > /etc/systemd/system/rollcall.service.d/override.conf <<'END_OF_FILE'
${drop?.text}LoadCredential=hook-url:/etc/rollcall/credentials/hook-url
END_OF_FILE`);
    await server.query('create database orders');
    await server.query('create table orders (id int primary key); insert into orders select generate_series(1, 120000)', 'orders');
    await follow('psql -v ON_ERROR_STOP=1 -f grants.sql "$ADMIN_URL"\n');
    await root(start?.text ?? '');
    await ready();
    const known = lossesToldOf();
    await server.query('drop database orders with (force)');
    await lossAfter(known);
    await root('systemctl stop rollcall');
  });

  /** Lines that one person types at one place. */
  async function follow(lines: string): Promise<void> {
    counted.commands += lines.split('\n').filter((line) => line.trim() !== '').length;
    if (lines.startsWith(INSTALL)) await root(lines);
    else if (lines.startsWith('psql')) await asOwner(lines);
    else if (lines.startsWith('rollcall watch'))
      await root(`systemd-run --unit=newcomer --uid=newcomer --working-directory=/home/newcomer/rollcall /bin/sh -c '${lines.trim()}'`);
    else await sh('newcomer', `[ ! -d ~/rollcall ] || cd ~/rollcall\n${lines}`);
  }

  /** Where the owner of the database is: outside of that machine, with psql and the file that was handed over. */
  async function asOwner(lines: string): Promise<void> {
    writeFileSync(join(folder, 'grants.sql'), await sh('newcomer', 'cat ~/rollcall/grants.sql'));
    const env = { ...process.env, ADMIN_URL: server.url() };
    // No terminal: psql then takes what is asked for twice, the new password, from its standard input.
    const done = run('setsid', ['--wait', 'bash', '-e', '-c', lines], { cwd: folder, env });
    done.child.stdin?.end(`${PASSWORD}\n${PASSWORD}\n`);
    await done;
  }
});

/** A block cut where somebody else goes on, or the same person for good. */
function byReader(text: string): string[] {
  const parts: string[] = [];
  for (const line of text.split(/(?<=\n)/)) {
    const alone = line.startsWith(INSTALL) || line.startsWith('rollcall watch');
    if (alone || parts.length === 0 || parts.at(-1)?.startsWith(INSTALL)) parts.push(line);
    else parts[parts.length - 1] += line;
  }
  return parts;
}

/** What `startRegistry` asks for, of the package as it is now. */
async function pack(folder: string): Promise<Parameters<typeof startRegistry>> {
  const options = { cwd: ROOT, maxBuffer: 16 * 1024 * 1024 };
  await run('npm', ['run', 'build'], options);
  await run('npm', ['pack', '--pack-destination', folder], options);
  const archive = readdirSync(folder).find((name) => name.endsWith('.tgz')) ?? '';
  const behind = execFileSync('npm', ['config', 'get', 'registry'], { encoding: 'utf8' }).trim();
  return [
    JSON.parse(read('package.json')) as { name: string; version: string },
    join(folder, archive),
    behind.endsWith('/') ? behind : `${behind}/`,
  ];
}
