import { Document, isMap, isScalar, YAMLSeq, type Node, type Pair, type Scalar, type YAMLMap } from 'yaml';
import type { Found } from '../core/found.ts';
import { notePath } from '../values/note-path.ts';
import { commentLine, printYaml } from './safe-yaml.ts';

/** One entry to be: where it was found, under which id, and what is still to be filled in. */
export interface DraftEntry {
  readonly id: string;
  readonly connection: string;
  readonly found: Found;
  /** Comments that stand out: what people have to fill in or to decide. */
  readonly todo?: readonly string[];
}

export interface Draft {
  readonly manifest: string;
  readonly version: number;
  /** Lines above everything. */
  readonly head: readonly string[];
  readonly entries: readonly DraftEntry[];
  /** What is not in it and why, at its end. */
  readonly foot: readonly string[];
}

/** A manifest for people to read, correct and sign, with what was seen beside what is proposed. Every name in it is quoted right, whatever it holds. */
export function draftManifest({ manifest, version, head, entries, foot }: Draft): string {
  const document = new Document({ schema: 'rollcall/manifest/v1', manifest, version });
  document.commentBefore = head.map((line) => commentLine(line)).join('\n');
  const list = new YAMLSeq<YAMLMap>();
  for (const [nth, entry] of entries.entries()) {
    const node = makeEntry(document, entry);
    const { todo = [], found } = entry;
    const lines = [...(found.facts ?? []), ...todo.map((line) => `TODO: ${line}`)].map((line) => commentLine(line));
    if (lines.length > 0) node.commentBefore = lines.join('\n');
    node.spaceBefore = nth > 0;
    list.add(node);
  }
  if (entries.length === 0) list.flow = true;
  document.set('resources', list);
  // An empty comment has no line of its own at the end.
  if (foot.length > 0) document.comment = foot.map((line) => commentLine(line)).join('\n');
  return printYaml(document);
}

function makeEntry(document: Document, { id, connection, found }: DraftEntry): YAMLMap {
  const { of: kind, entry, pin, severity, sweep, inspect, expect } = found;
  const node = document.createNode({
    id,
    kind,
    connection,
    ...entry,
    ...(severity !== undefined && { severity }),
    ...(Object.keys(pin).length > 0 && { identity: pin }),
    ...(sweep !== undefined && { sweep }),
    ...(inspect !== undefined && { inspect }),
    ...(expect !== undefined && Object.keys(expect).length > 0 && { expect }),
  }) as YAMLMap;
  const identity = node.get('identity', true);
  if (isMap(identity)) identity.flow = true;
  annotate(node, found.notes ?? new Map(), []);
  return node;
}

/** Puts each note behind its key; a map of plain values with a note goes on one line, so that the note has a place. */
function annotate(map: YAMLMap, notes: ReadonlyMap<string, string>, path: readonly string[]): void {
  for (const pair of map.items as Pair<Scalar<string>, Node>[]) {
    const own = [...path, pair.key.value];
    const note = notes.get(notePath(...own));
    if (isMap(pair.value)) {
      const plain = pair.value.items.every(({ value }) => isScalar(value));
      if (note !== undefined && plain) pair.value.flow = true;
      annotate(pair.value, notes, own);
    }
    if (note !== undefined && pair.value) pair.value.comment = commentLine(note, 160);
  }
}
