import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { database, Site } from '../support/site.ts';
import { ROOT } from '../support/source-file.ts';

/** Types a line and a tab at a zsh that sits at a terminal, and waits until what comes back matches. */
const ZSH = `zmodload zsh/zpty
zpty z zsh -f -i
zpty -w z "show() { print -r -- GOT:\\$BUFFER; }; zle -N show; bindkey '^X' show; PS1=; autoload -Uz compinit; compinit -u -D"
zpty -w z "source <(rollcall completion zsh); print RE''ADY"
zpty -r z said '*READY*'
zpty -w -n z $'rollcall explain bil\\t\\C-x'
zpty -r z said '*GOT:rollcall explain billing*'
zpty -w -n z $'\\C-urollcall -c conf\\t\\C-x'
zpty -r z said '*GOT:rollcall -c config.yaml*'
zpty -d z
print completed
`;

describe('the shells of people', function () {
  let site: Site;
  let env: Record<string, string>;
  before(() => {
    site = new Site({
      pgUrl: 'postgres://nobody@127.0.0.1:1/postgres',
      resources: [database('orders-db'), database('orders-old'), database('billing')],
    });
    const bin = join(site.path, 'bin');
    mkdirSync(bin);
    writeFileSync(join(bin, 'rollcall'), `#!/bin/sh\nexec '${process.execPath}' '${join(ROOT, 'src/cli.ts')}' "$@"\n`);
    chmodSync(join(bin, 'rollcall'), 0o755);
    env = { PATH: `${bin}:${process.env['PATH']}`, HOME: site.path, LC_ALL: 'C.UTF-8', TERM: 'dumb' };
  });
  after(() => site[Symbol.dispose]());
  const run = (program: string, ...args: string[]) =>
    execFileSync(program, args, { cwd: site.path, env, encoding: 'utf8', timeout: 60_000 });

  it('fish completes commands, resources and files', () => {
    const fish = (line: string) => run('fish', '--no-config', '-c', `rollcall completion fish | source; complete -C '${line}'`);
    assert.match(fish('rollcall comp'), /^completion\t.+\n$/);
    assert.equal(fish('rollcall explain orders'), 'orders-db\norders-old\n');
    assert.match(fish('rollcall -c conf'), /^config\.yaml$/m);
  });

  it('zsh completes resources and files', () => {
    writeFileSync(join(site.path, 'type.zsh'), ZSH);
    assert.match(run('zsh', '-f', join(site.path, 'type.zsh')), /completed\n$/);
  });

  it('man shows the manual, and neither of two formatters has anything to say against it', () => {
    const page = join(site.path, 'rollcall.1');
    writeFileSync(page, run('rollcall', 'man'));
    const warned = run('sh', '-c', `man --warnings --encoding=UTF-8 --local-file '${page}' 2>&1 >/dev/null`);
    assert.equal(warned, '');
    // A date would make two builds of one source differ.
    const lint = run('sh', '-c', `mandoc -T lint -W warning '${page}' || true`)
      .split('\n')
      .filter((line) => line !== '' && !line.includes('missing date'));
    assert.deepEqual(lint, []);
    const text = run('sh', '-c', `man --local-file '${page}' | col -bx`);
    for (const word of ['NAME', 'rollcall ledger verify', 'EXIT STATUS', '--log-level <level>'])
      assert.ok(text.includes(word.replace('rollcall ', '')), word);
  });
});
