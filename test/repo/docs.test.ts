import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import type { Command } from 'commander';
import { probes } from '../../probes/index.ts';
import { jsonSchema } from '../../src/config/json-schema.ts';
import { commandsOf } from '../support/commands.ts';
import { inertProgram } from '../support/program.ts';
import { ROOT } from '../support/source-file.ts';

const IGNORED = new Set(['node_modules', 'dist', '.git', 'testdata', 'coverage', '.stryker-tmp', 'reports']);

/** Every page of the repository, from its root. */
function pages(folder = ROOT): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return IGNORED.has(entry.name) ? [] : pages(path);
    return entry.name.endsWith('.md') ? [relative(ROOT, path)] : [];
  });
}

const text = (name: string) => readFileSync(join(ROOT, name), 'utf8');
/** What stands in code: fenced blocks, and spans. */
const codeOf = (markdown: string) =>
  [...markdown.matchAll(/^```[^\n]*\n(.*?)^```|`([^`\n]+)`/gms)].map(([, block, span]) => block ?? span ?? '');

function commandsIn(markdown: string): string[] {
  return codeOf(markdown).flatMap((code) =>
    [...code.matchAll(/(?:^|[\s;&|/(])rollcall(?: -c \S+)? ([a-z][a-z-]*)(?![\w./:])/gm)].map(([, command = '']) => command),
  );
}

/** Flags that are shown of a command of `program` that has none of that name. */
function unknownFlagsIn(markdown: string, program: Command): string[] {
  // What stands behind a lone `--` belongs to another program.
  const typed = codeOf(markdown).flatMap((code) =>
    [...code.matchAll(/(?:^|[\s;&|/(])rollcall(?: -c \S+)? ([a-z][^\n|;&)#]*)/gm)].map(([, line = '']) => line.split(/ -- /)[0] ?? ''),
  );
  return typed.flatMap((line) => {
    let command: Command | undefined = program;
    const words = line.split(/\s+/);
    for (const word of words) command = command.commands.find((one) => one.name() === word) ?? command;
    const known = new Set(['-c', '--help', ...command.options.flatMap(({ short, long }) => [short, long])]);
    return words.filter((word) => /^--?[a-z]/.test(word) && !known.has(word)).map((word) => `${command.name()} ${word}`);
  });
}

function scriptsIn(markdown: string): string[] {
  return codeOf(markdown).flatMap((code) => [...code.matchAll(/npm run ([\w:]+)/g)].map(([, script = '']) => script));
}

/** Links to files that are not there. `exists` is asked with a path from the repository's root. */
function deadLinks(page: string, markdown: string, exists: (path: string) => boolean): string[] {
  return [...markdown.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = '']) => target)
    .filter((target) => !/^(?:[a-z]+:|#)/.test(target))
    .filter((target) => !exists(join(dirname(page), target.replace(/#.*$/, ''))))
    .map((target) => `${page}: ${target}`);
}

const all = pages();

describe('the pages', () => {
  it('are there', () => {
    for (const page of ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md', 'docs/codes.md'])
      assert.ok(all.includes(page), page);
    assert.ok(all.filter((page) => page.startsWith('docs/decisions/')).length >= 8);
  });

  it('link to nothing that is not there', () => {
    assert.deepEqual(
      all.flatMap((page) => deadLinks(page, text(page), (path) => existsSync(join(ROOT, path)))),
      [],
    );
  });

  it('show only commands and scripts that exist', async () => {
    const commands = await commandsOf();
    const { scripts } = JSON.parse(text('package.json')) as { scripts: Record<string, string> };
    for (const page of all) {
      assert.deepEqual(
        commandsIn(text(page)).filter((command) => !commands.includes(command)),
        [],
        page,
      );
      assert.deepEqual(
        scriptsIn(text(page)).filter((script) => !(script in scripts)),
        [],
        page,
      );
    }
  });

  it('show only flags that the command has', () => {
    const { program } = inertProgram();
    // What has changed is told by the words of its day.
    const shown = all
      .filter((page) => page !== 'CHANGELOG.md')
      .flatMap((page) => unknownFlagsIn(text(page), program).map((flag) => `${page}: ${flag}`));
    assert.deepEqual(shown, []);
  });

  it('tell of every command there is', async () => {
    const told = new Set(all.filter((page) => page === 'README.md' || page.startsWith('docs/')).flatMap((page) => commandsIn(text(page))));
    assert.deepEqual(
      (await commandsOf()).filter((command) => !told.has(command)),
      [],
    );
  });

  it('tell of every kind of resource and every type of pager there is', () => {
    const kinds = [...probes.values()].flatMap((probe) => [...probe.kinds.keys()]);
    const { properties } = jsonSchema('config', probes) as { properties: { pagers: unknown } };
    const types = [...JSON.stringify(properties.pagers).matchAll(/"type":\{[^{}]*"const":"([a-z]+)"/g)].map(([, type = '']) => type);
    assert.ok(kinds.length >= 3 && types.length >= 4);
    assert.deepEqual(
      [...kinds, ...types].filter((name) => !text('README.md').includes(`\`${name}\``)),
      [],
    );
  });

  it('give every production dependency its reason', () => {
    const { dependencies } = JSON.parse(text('package.json')) as { dependencies: Record<string, string> };
    const page = text('docs/decisions/0005-dependencies.md');
    assert.deepEqual(
      Object.keys(dependencies).filter((name) => !page.includes(`\`${name}\``)),
      [],
    );
  });

  it('name neither a machine of ours nor a key of anybody', () => {
    for (const page of all) assert.doesNotMatch(text(page), /\/(?:root|work|home\/\w+)\/|-----BEGIN|whsec_[A-Za-z0-9+/]{16}|xoxb-\d/, page);
  });

  it('number decisions without a gap', () => {
    const numbers = readdirSync(join(ROOT, 'docs/decisions')).map((name) => Number(/^(\d{4})-[a-z0-9-]+\.md$/.exec(name)?.[1]));
    assert.deepEqual(
      numbers,
      numbers.map((_, index) => index + 1),
    );
  });
});

describe('the README', () => {
  it('opens with the two commands that set up and run, and set up and test', () => {
    const [, first] = /^```sh\n(.*?)^```/ms.exec(text('README.md')) ?? [];
    assert.match(first ?? '', /^npm ci && npm run demo\b.*\nnpm ci && npm test\b.*\n$/);
  });
});

describe('the guard of the pages', () => {
  it('finds dead links, and leaves others alone', () => {
    const exists = (path: string) => path === 'docs/a.md';
    assert.deepEqual(deadLinks('docs/x.md', '[a](a.md#part) [b](b.md) [c](https://example.com) [d](#here) [e](../docs/a.md)', exists), [
      'docs/x.md: b.md',
    ]);
  });

  it('finds commands and scripts in code, and none in prose', () => {
    assert.deepEqual(
      commandsIn(
        'rollcall looks\n`rollcall check --json`\n```sh\nrollcall -c a.yaml watch\nnpx rollcall nonsense\n```\n`/var/lib/rollcall`',
      ),
      ['check', 'watch', 'nonsense'],
    );
    const { program } = inertProgram();
    const block =
      '```sh\nrollcall -c a.yaml ledger verify --head x --tail # --no\nrollcall grant consume --to x -- psql --file x\n```\n`rollcall check --jsn`';
    assert.deepEqual(unknownFlagsIn(block, program), ['verify --tail', 'check --jsn']);
    assert.deepEqual(scriptsIn('`npm run build` and npm run nothing'), ['build']);
  });
});
