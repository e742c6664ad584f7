import type { PrintedResource } from '../core/page.ts';
import { clean } from '../values/text.ts';

/** What `rollcall evidence --json` prints. */
export interface EvidenceFile {
  readonly schema: 'rollcall/evidence/v1';
  readonly watchdog: string;
  readonly manifest: { readonly id: string; readonly version: number; readonly sha256: string };
  readonly resource: PrintedResource;
  readonly known: {
    readonly identity: Readonly<Record<string, unknown>> | null;
    /** By measure: the highest value that was seen while all was well. */
    readonly highest_healthy: Readonly<Record<string, number>>;
    readonly last_measured: Readonly<Record<string, string>>;
  };
  readonly ledger: {
    readonly size: number;
    readonly root: string;
    readonly checkpoint: string | null;
    readonly key: string | null;
    /** How many entries there are about it; the newest of them follow. */
    readonly of: number;
    readonly entries: readonly {
      readonly seq: number;
      readonly at: string;
      readonly kind: string;
      readonly body: Readonly<Record<string, unknown>>;
      readonly bytes: string;
      readonly proof: readonly string[];
    }[];
  };
}

/** For people: what a ticket is written from. The proofs are in the JSON alone. */
export function printEvidence({ watchdog, manifest, resource, known, ledger }: EvidenceFile): string {
  const parts = [
    `# ${code(resource.id)}: ${resource.verdict}`,
    text(resource.summary),
    table([
      ['kind', resource.kind],
      ['connection', resource.connection],
      ['last seen healthy (ask for a restore to this moment)', resource.last_seen_healthy],
      ['first seen otherwise', resource.first_seen_bad],
      ['can be undone before', resource.undo_before],
      ['undone by', resource.undo],
      ['watched by', `${watchdog}, manifest ${manifest.id} version ${manifest.version} (sha256 ${manifest.sha256})`],
    ]),
    '## Identifiers',
    table(Object.entries({ ...known.identity, ...resource.ids })),
    '## What it held',
    table([
      ...Object.entries(known.highest_healthy).map(([measure, value]): Row => [`${measure}, most while all was well`, String(value)]),
      ...Object.entries(known.last_measured).map(([measure, value]): Row => [`${measure}, last measured`, value]),
      ...Object.entries(resource.actual ?? {}).map(([measure, value]): Row => [`${measure}, found`, JSON.stringify(value)]),
    ]),
    '## How it is known',
    list(resource.evidence.map(({ at, method, vantage, excerpt }) => `${at}, ${method} via ${vantage}: ${excerpt}`)),
    '## What the record says',
    list(ledger.entries.map(({ seq, at, kind, body }) => `entry ${seq}, ${at}, ${kind}: ${JSON.stringify(body)}`)),
    ledger.of > ledger.entries.length ? `${ledger.of - ledger.entries.length} older entries are left out.` : '',
    `The record holds ${ledger.size} entries; the Merkle root over them is \`${ledger.root}\`.`,
    ledger.checkpoint === null ? '' : `\`\`\`\n${ledger.checkpoint}\`\`\``,
    ledger.key === null
      ? ''
      : `The key it is signed with: \`${ledger.key}\`. Each entry's bytes, and what leads from them to the root, are in \`--json\`.`,
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

type Row = readonly [name: string, value: unknown];

function table(rows: readonly Row[]): string {
  const known = rows.filter(([, value]) => value !== null && value !== undefined);
  if (known.length === 0) return 'Nothing is known.';
  return ['| what | value |', '| --- | --- |', ...known.map(([name, value]) => `| ${text(name)} | ${code(String(value))} |`)].join('\n');
}

function list(items: readonly string[]): string {
  return items.length === 0 ? 'Nothing yet.' : items.map((item) => `- ${text(item)}`).join('\n');
}

/** Names and errors come from outside: nothing in them is Markdown. */
function text(value: string): string {
  return clean(value, 2000).replace(/[\\`*_[\]<>|#!]/g, (sign) => `\\${sign}`);
}

function code(value: string): string {
  return `\`${clean(value, 2000).replaceAll('`', "'").replaceAll('|', '\\|')}\``;
}
