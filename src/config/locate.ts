import { isAlias, isMap, isScalar, isSeq, type Document, type Pair } from 'yaml';
import type { Path } from './complaint.ts';

function deref(node: unknown, document: Document): unknown {
  return isAlias(node) ? node.resolve(document) : node;
}

/** The pair of `key` in a map: its own, else one that a merge key (`<<`) brings in. */
function pairOf(map: unknown, key: string, document: Document): Pair | undefined {
  if (!isMap(map)) return undefined;
  const named = (name: string) => (pair: Pair) => keyText(pair.key) === name;
  // The last of several: that is the one whose value counts.
  const own = map.items.findLast(named(key));
  if (own) return own;
  for (const merge of map.items.filter(named('<<'))) {
    const value = deref(merge.value, document);
    for (const source of isSeq(value) ? value.items : [value]) {
      const pair = pairOf(deref(source, document), key, document);
      if (pair) return pair;
    }
  }
  return undefined;
}

/** A key's text as plain objects have it; undefined where the key is a map or a list. */
export function keyText(key: unknown): string | undefined {
  if (!isScalar(key)) return undefined;
  const { value } = key;
  // The parser gives the merge key as a symbol.
  if (typeof value === 'symbol') return value.description;
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}

const startOf = (node: unknown): number | undefined => (node as { range?: [number, number, number] } | null)?.range?.[0];

/**
 * Offset of the value at `path`, or of its key where `onKey`; of the nearest thing above it that exists where the path does not.
 * Follows aliases and merge keys: what an alias stands for is where the wrong value is written.
 */
export function locate(document: Document, path: Path, onKey = false): number {
  let node: unknown = document.contents;
  let at = startOf(node) ?? 0;
  for (const [index, step] of path.entries()) {
    node = deref(node, document);
    if (isSeq(node)) node = node.items[Number(step)];
    else {
      const pair = pairOf(node, String(step), document);
      if (!pair) return at;
      if (onKey && index === path.length - 1) return startOf(pair.key) ?? at;
      node = pair.value;
      // An empty value has no place of its own worth pointing at.
      if (isScalar(node) && node.source === '') return startOf(pair.key) ?? at;
    }
    if (node === undefined) return at;
    at = startOf(node) ?? at;
  }
  return at;
}
