import assert from 'node:assert/strict';
import { parseSource, readSources, type SourceFile } from '../support/source-file.ts';

/** Who may import whom (DESIGN §3). `types` after a name: by `import type` only. What stands in no row may import nothing of ours. */
const HOUSE: Readonly<Record<string, readonly string[]>> = {
  values: ['values'],
  core: ['core', 'values'],
  ports: ['core types'],
  probe: ['core types', 'values'],
  config: ['config', 'core', 'probe', 'values'],
  // Signatures of people: bytes in, who signed out. node:crypto, and neither files nor clock.
  signing: ['signing', 'values'],
  // What people signed: read, counted, judged against what they signed before.
  approval: ['plain-file', 'approval', 'config', 'core', 'files', 'ports types', 'signing', 'values'],
  // Heads of ledgers that watchers sign for each other.
  cosigning: ['cosigning', 'adapters', 'config types', 'core', 'ports types', 'values'],
  'plain-file': [],
  files: ['config', 'probe', 'values', 'plain-file'],
  // What the files of other tools declare.
  declared: ['declared', 'config', 'probe', 'values'],
  // Manifests as people are given them to correct: entries in, text out.
  draft: ['draft', 'config', 'core', 'probe', 'values'],
  loop: ['loop', 'core', 'ports', 'probe', 'values'],
  adapters: ['adapters', 'ports', 'core types', 'plain-file', 'values'],
  // A part of `app`: what is asked, approved and used while the daemon runs.
  'request-office': ['approval', 'core', 'loop', 'ports types'],
  // A part of `app`: what listens.
  'serve-web': ['config types', 'files types', 'loop types', 'ports types', 'request-office types', 'values', 'web'],
  // A part of `app`: what is wrong with the certificate that it would listen with.
  'check-certificate': ['config types', 'files', 'web'],
  // A part of `app`: what the status page tells beyond the status.
  'page-sources': ['core', 'loop types', 'ports types', 'web types'],
  version: [],
  // A part of `app`: what the process of the daemon may touch.
  confine: ['config types', 'probe types'],
  // A part of `app`: from a pager's lines in config.yaml to its adapter.
  'make-pager': ['adapters', 'config types', 'ports types', 'values'],
  // A part of `app`: the same for a bucket of heads.
  'make-anchor': ['adapters', 'config types', 'ports types', 'values'],
  // A part of `app`: what can be asked what is there.
  'make-sources': ['config types', 'loop types', 'probe', 'values'],
  // A part of `app`: the state folder, or memory where it cannot be used.
  'open-state': ['adapters', 'ports types'],
  // A part of `app`: the files in force, and how others take their place.
  reloader: ['approval', 'config types', 'files', 'loop types', 'ports types'],
  app: [
    'probes',
    'adapters',
    'approval',
    'cosigning',
    'check-certificate',
    'config',
    'confine',
    'core',
    'files',
    'loop',
    'make-anchor',
    'make-pager',
    'make-sources',
    'open-state',
    'page-sources',
    'ports',
    'probe',
    'reloader',
    'request-office',
    'serve-web',
    'values',
    'web',
  ],
  web: ['web', 'app', 'config types', 'core types', 'cosigning types', 'loop types', 'ports types', 'request-office types', 'values'],
  // Not the probes: a command meets them only through what `app` hands out.
  commands: [
    'commands',
    'app',
    'adapters',
    'approval',
    'config',
    'core',
    'cosigning',
    'declared',
    'draft',
    'files',
    'loop',
    'plain-file',
    'ports',
    'probe',
    'values',
    'version',
  ],
  cli: ['cli', 'commands', 'version'],
  probes: ['probe', 'each probe'],
  // What several probes would write alike: sessions of a server and their bounds, reports, floors.
  'probe-kit': ['probe-kit', 'probe', 'values'],
  'each probe': ['itself', 'probe', 'probe-kit', 'values'],
};

/** Packages that a room may import, besides Node's own modules. Rooms that are pure have no Node modules either. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  values: ['zod'],
  core: [],
  ports: [],
  probe: ['zod'],
  config: ['zod', 'yaml'],
  loop: [],
  approval: ['zod'],
  declared: ['yaml'],
  draft: ['yaml'],
  web: [
    'hono',
    'hono/body-limit',
    'hono/html',
    'hono/secure-headers',
    'hono/streaming',
    'hono/utils/http-status',
    '@hono/node-server',
    'zod',
  ],
  adapters: ['@clack/prompts', '@aws-sdk/client-s3', '@slack/web-api', 'node-cron', 'nodemailer', 'pg', 'pino'],
  commands: ['commander', 'pg', 'zod'],
  cli: ['commander'],
  'probes/aws': [
    'zod',
    '@aws-sdk/client-backup',
    '@aws-sdk/client-dynamodb',
    '@aws-sdk/client-ec2',
    '@aws-sdk/client-efs',
    '@aws-sdk/client-iam',
    '@aws-sdk/client-kms',
    '@aws-sdk/client-rds',
    '@aws-sdk/client-s3',
    '@aws-sdk/client-sqs',
    '@aws-sdk/client-sts',
  ],
  'probe-kit': ['zod'],
  'probes/mysql': ['zod', 'mysql2'],
  'probes/postgres': ['zod', 'pg'],
  'probes/redis': ['zod'],
  'probes/file': ['zod'],
  'probes/peer': ['zod'],
};
const PURE = new Set(['values', 'core', 'ports', 'probe']);

/** Single files that a room may run although their room is closed to it, and why. */
const OPEN: Readonly<Record<string, string>> = {
  'adapters -> src/core/merkle.ts': 'the tree over the ledger: one for those who write it and those who verify it',
  'adapters -> src/core/chain.ts': 'the layout of the ledger: one for those who write it and those who verify it',
  'adapters -> src/core/request-state.ts': 'which requests are open: one for those who keep them and those who decide them',
  'adapters -> src/core/trend.ts': 'how measures are thinned: where they are kept, in the transaction that reads what was kept',
  'web -> src/core/radius-svg.ts': 'one picture for the audit command and the page',
  'web -> src/core/request.ts': 'the closed list of actions',
  'web -> src/approval/read-request.ts':
    'a request and an approval as they travel: one definition for those who read them and the document of the API',
  'web -> src/loop/budget.ts': 'one measure of a rate: what is asked of others, and what others ask',
};

/** Files that may reach for the process, and why. */
const PROCESS: Readonly<Record<string, string>> = {
  'src/cli.ts': 'it is the process',
  'probes/file/worker.ts': 'the entry of a child process',
  'src/adapters/run-program.ts': 'only kill: a whole group of processes has no other handle',
};

function roomOf(path: string): string {
  const [top = '', next = '', more] = path.split('/');
  if (top === 'probes') return more === undefined ? 'probes' : `probes/${next}`;
  return more === undefined ? next.replace(/\.ts$/, '') : next;
}

function ruleOf(room: string): readonly string[] {
  return HOUSE[room.startsWith('probes/') ? 'each probe' : room] ?? [];
}

function mayImport(from: string, to: string, typeOnly: boolean): boolean {
  const names = to.startsWith('probes/') ? [to === from ? 'itself' : 'each probe'] : [to];
  return names.some((name) => ruleOf(from).includes(name) || (typeOnly && ruleOf(from).includes(`${name} types`)));
}

/** Every breach of the rules of import, as `from -> to`. */
function breaches(files: readonly SourceFile[]): string[] {
  const found: string[] = [];
  for (const { path, imports } of files) {
    const room = roomOf(path);
    for (const { to, typeOnly } of imports) {
      const ours = /^(?:src|probes)\//.test(to);
      const node = to.startsWith('node:');
      const allowed = ours
        ? mayImport(room, roomOf(to), typeOnly) || `${room} -> ${to}` in OPEN
        : node
          ? !PURE.has(room)
          : (PACKAGES[room] ?? []).includes(to);
      if (!allowed) found.push(`${path} -> ${to}${typeOnly ? ' (type)' : ''}`);
    }
  }
  return found;
}

/** One cycle of imports, types left out, as a list of files; empty where there is none. */
function cycle(files: readonly SourceFile[]): readonly string[] {
  const next = new Map(files.map(({ path, imports }) => [path, imports.filter(({ typeOnly }) => !typeOnly).map(({ to }) => to)]));
  const done = new Set<string>();
  const follow = (path: string, way: readonly string[]): readonly string[] => {
    if (way.includes(path)) return [...way.slice(way.indexOf(path)), path];
    if (done.has(path)) return [];
    for (const to of next.get(path) ?? []) {
      const found = follow(to, [...way, path]);
      if (found.length > 0) return found;
    }
    done.add(path);
    return [];
  };
  for (const path of next.keys()) {
    const found = follow(path, []);
    if (found.length > 0) return found;
  }
  return [];
}

const sources = readSources('src', 'probes');

describe('the rules of import', () => {
  it('hold over the whole house', () => {
    assert.ok(sources.length > 100, 'the house was read');
    assert.deepEqual(breaches(sources), []);
  });

  it('name every room there is, and none that is not', () => {
    const rooms = new Set(sources.map(({ path }) => roomOf(path).replace(/^probes\/.*/, 'each probe')));
    assert.deepEqual([...rooms].sort(), Object.keys(HOUSE).sort());
  });

  it('end every import of ours in .ts, at a file that exists', () => {
    const known = new Set(sources.map(({ path }) => path));
    const lost = sources.flatMap(({ path, imports }) =>
      imports.filter(({ to }) => /^(?:src|probes)\//.test(to) && !known.has(to)).map(({ to }) => `${path} -> ${to}`),
    );
    assert.deepEqual(lost, []);
  });

  it('know no cycle', () => {
    assert.deepEqual(cycle(sources), []);
  });

  it('leave the process to the files named', () => {
    const users = sources.filter(({ usesProcess }) => usesProcess).map(({ path }) => path);
    assert.deepEqual(users.sort(), Object.keys(PROCESS).sort());
  });

  it('let no switch for tests into the product', () => {
    assert.deepEqual(
      sources.flatMap(({ path, testHooks }) => testHooks.map((hook) => `${path}: ${hook}`)),
      [],
    );
  });

  it('keep every file of the product under 300 lines, half of them under 80', () => {
    const lines = sources.map((file) => file.lines).sort((a, b) => a - b);
    assert.deepEqual(
      sources.filter(({ lines: count }) => count > 300).map(({ path }) => path),
      [],
    );
    assert.ok((lines[Math.floor(lines.length / 2)] ?? 0) <= 80, `median ${lines[Math.floor(lines.length / 2)]}`);
  });
});

describe('the guard of the rules', () => {
  const bad = (path: string, text: string) => breaches([parseSource(path, text)]);

  for (const [what, path, text] of [
    ['core that reaches for an adapter', 'src/core/x.ts', "import { a } from '../adapters/a.ts';"],
    ['core that reaches for Node', 'src/core/x.ts', "import { now } from 'node:perf_hooks';"],
    ['core that imports on demand', 'src/core/x.ts', "const a = await import('../loop/a.ts');"],
    ['core that passes on what is not its own', 'src/core/x.ts', "export { a } from '../config/a.ts';"],
    ['an adapter that runs core', 'src/adapters/x.ts', "import { step } from '../core/state.ts';"],
    ['a port that is more than a type', 'src/ports.ts', "import { NEW, type Looked } from './core/state.ts';"],
    ['a probe that imports another', 'probes/file/x.ts', "import { postgres } from '../postgres/index.ts';"],
    ['a probe that imports core', 'probes/file/x.ts', "import type { Check } from '../../src/core/expectation.ts';"],
    ['a probe with the SDK of another', 'probes/file/x.ts', "import pg from 'pg';"],
    ['a command that imports a probe', 'src/commands/x.ts', "import { probes } from '../../probes/index.ts';"],
    ['a package nobody decided on', 'src/adapters/x.ts', "import lodash from 'lodash';"],
    ['the product importing a test', 'src/loop/x.ts', "import { clock } from '../../test/support/fake-clock.ts';"],
    ['a type spelled as import()', 'src/values/x.ts', "export type A = import('../core/page.ts').Page;"],
  ] as const)
    it(`refuses ${what}`, () => assert.equal(bad(path, text).length, 1));

  it('takes a type where types are allowed', () => {
    assert.deepEqual(
      bad('src/adapters/x.ts', "import type { Page } from '../core/page.ts'; import { type A } from '../core/page.ts';"),
      [],
    );
  });

  it('is not fooled by comments and strings', () => {
    assert.deepEqual(bad('src/core/x.ts', "// import '../loop/a.ts'\nexport const text = \"import '../loop/a.ts'\";"), []);
  });

  it('finds a cycle', () => {
    const a = parseSource('src/core/a.ts', "import { b } from './b.ts';");
    const b = parseSource('src/core/b.ts', "export { a } from './a.ts';");
    assert.deepEqual(cycle([a, b]), ['src/core/a.ts', 'src/core/b.ts', 'src/core/a.ts']);
  });

  it('finds the process under each of its names, and no other thing called so', () => {
    const uses = (text: string) => parseSource('x.ts', text).usesProcess;
    for (const text of [
      'process.exit(1)',
      'const { env } = process',
      'globalThis.process.env',
      "import { env } from 'node:process'",
      'f({ process })',
    ])
      assert.equal(uses(text), true, text);
    for (const text of ['class A { #process = 1; }', 'this.process()', 'const a = { process: 1 }', "// process\n'process'"])
      assert.equal(uses(text), false, text);
  });

  it('finds switches for tests', () => {
    const hooks = (text: string) => parseSource('x.ts', text).testHooks.length;
    for (const text of [
      'if (test) f()',
      'if (!isTest) f()',
      "env['NODE_ENV']",
      'env.NODE_ENV',
      'testMode && f()',
      "env['ROLLCALL_TEST_QUIET']",
      'a = testing ? 1 : 2',
    ])
      assert.equal(hooks(text), 1, text);
    for (const text of ['/a/.test(b) && f()', "event === 'test'", 'if (pattern.test(b)) f()', "({ event: 'test' })"])
      assert.equal(hooks(text), 0, text);
  });
});
