import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openStore } from '../../src/adapters/store-sqlite.ts';
import { runCli } from '../support/cli.ts';
import { database, Site } from '../support/site.ts';
import { ROOT } from '../support/source-file.ts';
import { makeIncident, makeRequest } from '../support/store-fixtures.ts';

const INCIDENT = '01KAQ5X4S8T3V9W2Y6Z7B0C1D2';
const REQUEST = '01KAQ5X4S8T3V9W2Y6Z7B0C1D3';

describe('completion', function () {
  this.timeout(120_000);
  let site: Site;
  before(async () => {
    site = new Site({
      pgUrl: 'postgres://nobody@127.0.0.1:1/postgres',
      resources: [database('orders-db'), database('orders-old'), database('billing')],
    });
    const store = await openStore(site.state);
    await store.commit({
      incidents: [{ ...makeIncident(INCIDENT, 'paged'), members: { 'orders-db': { left: null } } } as never],
      requests: [makeRequest(REQUEST)],
    });
    await store.close();
  });
  after(() => site[Symbol.dispose]());

  /** What is offered for the last word. */
  const offered = async (...words: string[]) => {
    const { code, stdout, stderr } = await runCli(['complete', '--', ...words], { cwd: site.path });
    assert.deepEqual([code, stderr], [0, '']);
    return stdout.split('\n').flatMap((line) => (line === '' ? [] : [line.split('\t')[0]]));
  };

  for (const [words, expected] of [
    [['val'], ['validate']],
    [['gr'], ['grant', 'grants']],
    [
      ['grant', ''],
      ['issue', 'consume', 'ended', 'help'],
    ],
    [['ledger', 'e'], ['export']],
    [['check', '--f'], ['--format']],
    [
      ['check', '--format', ''],
      ['text', 'json', 'junit', 'nagios'],
    ],
    [
      ['check', 'o'],
      ['orders-db', 'orders-old'],
    ],
    [
      ['check', 'orders-db', ''],
      ['orders-old', 'billing'],
    ],
    [['check', '--json', 'b'], ['billing']],
    [['explain', 'b'], ['billing']],
    [['explain', 'billing', ''], []],
    [['page-test', ''], ['out']],
    [
      ['grants', '--connection', ''],
      ['disk', 'pg'],
    ],
    [['discover', 'p'], ['pg']],
    [['pin', 'b'], ['billing']],
    [['claim', 'all well', '--about', 'orders-db', 'b'], ['billing']],
    [['ack', ''], [INCIDENT]],
    [
      ['approve', ''],
      [REQUEST, ':files'],
    ],
    [['requests', ''], [REQUEST]],
    [['grant', 'issue', ''], [REQUEST]],
    [['-c', ''], [':files']],
    [
      ['audit', 'c'],
      ['credentials', 'copies', 'coverage'],
    ],
    [['ack', 'x', '--by', ''], []],
    [['nonsense', ''], []],
    [['complet'], ['completion']],
  ] as const)
    it(`of "${words.join(' ')}" is ${expected.join(' ') || 'nothing'}`, async () => {
      assert.deepEqual(await offered(...words), expected);
    });

  it('takes the config that is named, and what is half written as far as it goes', async () => {
    const other = join(site.path, 'other');
    mkdirSync(other);
    writeFileSync(join(other, 'c.yaml'), 'manifest: ./m.yaml\npagers: { night: 5 }\nnonsense: true\n');
    writeFileSync(join(other, 'm.yaml'), 'resources:\n  - id: half\n  - kind: 7\n  - id: "$(touch pwned)"\n  - id: "-x"\n');
    assert.deepEqual(await offered('-c', 'other/c.yaml', 'check', ''), ['half']);
    assert.deepEqual(await offered('--config', 'other/c.yaml', 'page-test', ''), ['night']);
    assert.deepEqual(await offered('-c', 'nowhere.yaml', 'check', ''), []);
    writeFileSync(join(other, 'm.yaml'), 'resources: [\n');
    assert.deepEqual(await offered('-c', 'other/c.yaml', 'check', ''), []);
  });

  describe('in bash', () => {
    let bin: string;
    before(() => {
      bin = join(site.path, 'bin');
      mkdirSync(bin);
      writeFileSync(join(bin, 'rollcall'), `#!/bin/sh\nexec '${process.execPath}' '${join(ROOT, 'src/cli.ts')}' "$@"\n`);
      chmodSync(join(bin, 'rollcall'), 0o755);
    });

    /** What bash itself would offer after the line. */
    const inBash = (...words: string[]) => {
      const script = `source <(rollcall completion bash)
COMP_WORDS=(rollcall "$@"); COMP_CWORD=$#
$(complete -p rollcall | sed 's/.*-F \\([^ ]*\\).*/\\1/')
printf '%s\\n' "\${COMPREPLY[@]}"`;
      const env = { PATH: `${bin}:${process.env['PATH']}` };
      return execFileSync('bash', ['--norc', '-c', script, 'bash', ...words], { cwd: site.path, env, encoding: 'utf8' })
        .split('\n')
        .slice(0, -1);
    };

    it('offers commands, resources and files', () => {
      assert.deepEqual(inBash('explain', 'orders'), ['orders-db', 'orders-old']);
      assert.deepEqual(inBash('ver'), ['version']);
      assert.deepEqual(inBash('-c', 'conf'), ['config.yaml']);
      assert.deepEqual(inBash('ack', ''), [INCIDENT]);
    });
  });
});
