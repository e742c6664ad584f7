import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

// Its own types bring the browser's with them, for the whole project.
const hcl = createRequire(import.meta.url)('@cdktf/hcl2json') as {
  parse(name: string, text: string): Promise<Record<string, unknown>>;
};

/** Blocks by type, then by name or label; expressions stay as text, `${var.name}`. */
export type Blocks = Readonly<Record<string, unknown>>;

/** One file, as JSON. Rejects where it is no HCL. */
export function parseHcl(name: string, text: string): Promise<Record<string, unknown>> {
  return hcl.parse(name, text);
}

/** A folder of Terraform, read as one. */
export interface TerraformModule {
  readonly blocks: Blocks;
  /** The text of its templates, by file name. */
  readonly templates: ReadonlyMap<string, string>;
  /** What is declared: `var.name`, `local.name`, `aws_iam_role.watcher`, `data.aws_subnet.watcher`. */
  readonly declared: ReadonlySet<string>;
  /** What its expressions refer to, in the same words. */
  readonly used: ReadonlySet<string>;
}

/** @throws where a file is no HCL. */
export async function readTerraform(folder: string): Promise<TerraformModule> {
  const names = readdirSync(folder);
  const files = await Promise.all(
    names.filter((name) => name.endsWith('.tf')).map((name) => parseHcl(name, readFileSync(join(folder, name), 'utf8'))),
  );
  const blocks = files.reduce<Record<string, unknown>>((all, file) => merge(all, file), {});
  const texts = expressions(blocks);
  return {
    blocks,
    templates: new Map(
      names.filter((name) => name.endsWith('.tftpl')).map((name) => [name, readFileSync(join(folder, name), 'utf8')] as const),
    ),
    declared: new Set([
      ...Object.keys(section(blocks, 'variable')).map((name) => `var.${name}`),
      ...localsOf(blocks).map((name) => `local.${name}`),
      ...labelled(section(blocks, 'resource')),
      ...labelled(section(blocks, 'data')).map((name) => `data.${name}`),
    ]),
    used: new Set(
      texts.flatMap((text) => [...text.matchAll(/(?<![\w."/:-])(?:(?:var|local)\.\w+|data\.\w+\.\w+|aws_\w+\.\w+)/g)].map(([one]) => one)),
    ),
  };
}

/** The blocks of one type; none where there are none. */
export function section(blocks: Blocks, name: string): Blocks {
  const found = blocks[name];
  return typeof found === 'object' && found !== null && !Array.isArray(found) ? (found as Blocks) : {};
}

function localsOf(blocks: Blocks): string[] {
  const all = blocks['locals'];
  return Array.isArray(all) ? all.flatMap((one) => Object.keys(one as object)) : [];
}

function labelled(types: Blocks): string[] {
  return Object.entries(types).flatMap(([type, names]) => Object.keys(names as object).map((name) => `${type}.${name}`));
}

/** Every text below that holds an expression; and `depends_on`, which holds names without one. */
function expressions(at: unknown): string[] {
  if (typeof at === 'string') return at.includes('${') ? [at] : [];
  if (Array.isArray(at)) return at.flatMap(expressions);
  return typeof at === 'object' && at !== null ? Object.values(at).flatMap(expressions) : [];
}

function merge(one: Record<string, unknown>, other: Blocks): Record<string, unknown> {
  const both = { ...one };
  for (const [key, value] of Object.entries(other)) {
    const known = both[key];
    if (Array.isArray(known) && Array.isArray(value)) both[key] = [...(known as unknown[]), ...(value as unknown[])];
    else if (typeof known === 'object' && known !== null && typeof value === 'object' && value !== null)
      both[key] = merge(known as Record<string, unknown>, value as Blocks);
    else both[key] = value;
  }
  return both;
}
