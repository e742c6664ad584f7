import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

export interface Import {
  /** A path from the repository's root (`src/core/state.ts`), or the name as it stands (`pg`, `node:fs`). */
  readonly to: string;
  readonly typeOnly: boolean;
}

/** What the rules of the house ask of one file. */
export interface SourceFile {
  readonly path: string;
  readonly lines: number;
  readonly imports: readonly Import[];
  /** Whether it reaches for the process: the global, or `node:process`. */
  readonly usesProcess: boolean;
  /** What looks like a switch for tests, as it stands in the source. */
  readonly testHooks: readonly string[];
}

interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [key: string]: unknown;
}
interface Parsed {
  readonly program: Node;
  readonly errors: readonly { readonly message: string }[];
}

// knip's own parser, which package.json pins under `overrides`.
const parser = createRequire(join(ROOT, 'node_modules/knip/package.json'))('oxc-parser') as {
  parseSync(name: string, text: string): Parsed;
};

const HOOK_NAME = /^_*(?:is_?|in_?|under_?)?(?:unit_?)?tests?(?:ing|_?mode|_?env)?$/i;
const HOOK_TEXT = /^(?:NODE_ENV|VITEST|JEST_WORKER_ID|MOCHA.*|.*_TEST_MODE|ROLLCALL_TEST.*)$/;

/** Reads one file's text by a real parser. @throws Error where it is no TypeScript. */
export function parseSource(path: string, text: string): SourceFile {
  const { program, errors } = parser.parseSync(path, text);
  if (errors.length > 0) throw new Error(`${path}: ${errors[0]?.message}`);
  const imports: Import[] = [];
  const testHooks: string[] = [];
  let usesProcess = false;
  const add = (source: unknown, typeOnly: boolean): void => {
    const name = (source as { value?: unknown } | null)?.value;
    if (typeof name !== 'string') return;
    imports.push({ to: name.startsWith('.') ? join(dirname(path), name) : name, typeOnly });
    if (name === 'node:process' || name === 'process') usesProcess = true;
  };
  const hook = (node: Node): void => void testHooks.push(text.slice(node.start, node.end));
  walk(program, (node, parent) => {
    if (node.type === 'ImportDeclaration') add(node['source'], isTypeOnly(node, 'importKind'));
    if (node.type === 'ExportNamedDeclaration' || node.type === 'ExportAllDeclaration') add(node['source'], isTypeOnly(node, 'exportKind'));
    if (node.type === 'ImportExpression') add(node['source'], false);
    if (node.type === 'TSImportType') add(node['source'] ?? node['argument'], true);
    if (node.type === 'Identifier' && isReference(node, parent)) {
      if (node['name'] === 'process') usesProcess = true;
      if (HOOK_NAME.test(String(node['name'])) && isCondition(node, parent)) hook(node);
    }
    if (node.type === 'Identifier' && HOOK_TEXT.test(String(node['name']))) hook(node);
    if (node.type === 'Literal' && typeof node['value'] === 'string' && HOOK_TEXT.test(node['value'])) hook(node);
  });
  return { path, lines: text.split('\n').length - 1, imports, usesProcess, testHooks };
}

/** Every .ts file below the folders, parsed. */
export function readSources(...folders: readonly string[]): SourceFile[] {
  return folders.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => parseSource(relative(ROOT, path), readFileSync(path, 'utf8'))),
  );
}

function isTypeOnly(node: Node, key: 'importKind' | 'exportKind'): boolean {
  if (node[key] === 'type') return true;
  const specifiers = (node['specifiers'] ?? []) as Node[];
  return specifiers.length > 0 && specifiers.every((specifier) => specifier[key] === 'type');
}

/** False for names of properties, keys and members, except on `globalThis`. */
function isReference(node: Node, parent: Node | undefined): boolean {
  if (parent?.type === 'MemberExpression' && parent['property'] === node && parent['computed'] !== true)
    return (parent['object'] as Node)['name'] === 'globalThis';
  const keyed =
    parent && ['Property', 'MethodDefinition', 'PropertyDefinition', 'TSPropertySignature', 'TSMethodSignature'].includes(parent.type);
  return !(keyed && parent['key'] === node && parent['shorthand'] !== true && parent['computed'] !== true);
}

function isCondition(node: Node, parent: Node | undefined): boolean {
  if (parent?.type === 'UnaryExpression' || parent?.type === 'LogicalExpression') return true;
  return (parent?.type === 'IfStatement' || parent?.type === 'ConditionalExpression') && parent['test'] === node;
}

function walk(node: Node, visit: (node: Node, parent: Node | undefined) => void, parent?: Node): void {
  visit(node, parent);
  for (const value of Object.values(node))
    for (const child of Array.isArray(value) ? (value as unknown[]) : [value])
      if (typeof child === 'object' && child !== null && typeof (child as Node).type === 'string') walk(child as Node, visit, node);
}
