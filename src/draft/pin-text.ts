import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, type Node, type Pair, type YAMLMap } from 'yaml';
import type { Identity } from '../core/report.ts';

/** What is to be written beside one resource. */
export interface Pinning {
  readonly id: string;
  /** Only what the manifest does not say yet. */
  readonly add: Identity;
}

export type Pinned =
  | { readonly ok: true; readonly text: string }
  /** Which entries are written in a way that cannot be added to without writing them anew. */
  | { readonly ok: false; readonly ids: readonly string[] };

interface Splice {
  readonly at: number;
  /** How much of what stands there goes. */
  readonly cut: number;
  readonly put: string;
}

/** The text of a manifest with identities added, and not one byte of it changed besides: comments, order and style are people's. */
export function pinText(text: string, pinnings: readonly Pinning[]): Pinned {
  const document = parseDocument(text, { merge: true, lineCounter: new LineCounter(), logLevel: 'error' });
  const list = isMap(document.contents) ? document.contents.get('resources', true) : undefined;
  const entries = new Map<unknown, YAMLMap>(
    isSeq(list) ? list.items.flatMap((item) => (isMap(item) ? [[item.get('id'), item] as const] : [])) : [],
  );
  const splices: Splice[] = [];
  const stuck: string[] = [];
  for (const { id, add } of pinnings) {
    const entry = entries.get(id);
    const splice = entry && spliceFor(text, entry, add);
    if (splice) splices.push(splice);
    else stuck.push(id);
  }
  if (stuck.length > 0) return { ok: false, ids: stuck };
  let out = text;
  for (const { at, cut, put } of splices.toSorted((a, b) => b.at - a.at)) out = out.slice(0, at) + put + out.slice(at + cut);
  return { ok: true, text: out };
}

function spliceFor(text: string, entry: YAMLMap, add: Identity): Splice | undefined {
  const pair = pairOf(entry, 'identity');
  if (!pair) return after(text, entry, pairOf(entry, 'connection') ?? pairOf(entry, 'id'), { identity: add });
  const { value } = pair;
  if (isAlias(value) || (isMap(value) && value.anchor !== undefined)) return undefined;
  if (isMap(value) && value.items.length > 0) return after(text, value, value.items.at(-1) as Pair<Node, Node>, add);
  // `identity:` with nothing or `{}` behind it.
  const range = value?.range;
  const keyEnd = pair.key.range?.[1];
  if (isMap(value) && range) return { at: range[0], cut: range[1] - range[0], put: flow(add) };
  if (!isScalar(value) || value.value !== null || keyEnd === undefined) return undefined;
  const colon = text.indexOf(':', keyEnd);
  return colon < 0 ? undefined : { at: colon + 1, cut: 0, put: ` ${flow(add)}` };
}

/** Behind one pair of a map, in the style of the map. */
function after(
  text: string,
  map: YAMLMap,
  pair: Pair<Node, Node | null> | undefined,
  add: Readonly<Record<string, unknown>>,
): Splice | undefined {
  const [from, until] = [pair?.key.range?.[0], (pair?.value ?? pair?.key)?.range?.[1]];
  if (from === undefined || until === undefined) return undefined;
  const members = Object.entries(add).map(
    ([key, value]) => [key, typeof value === 'string' ? quoted(value) : flow(value as Identity)] as const,
  );
  if (map.flow) return { at: until, cut: 0, put: members.map(([key, value]) => `, ${JSON.stringify(key)}: ${value}`).join('') };
  const lineStart = text.lastIndexOf('\n', from - 1) + 1;
  // In the line of a dash the key stands behind it, and the next key below the key.
  const indent = ' '.repeat(from - lineStart);
  if (!/^[ -]*$/.test(text.slice(lineStart, from))) return undefined;
  const newline = text.indexOf('\n', until);
  const end = text[newline - 1] === '\r' ? '\r\n' : '\n';
  const lines = members.map(([key, value]) => `${indent}${key}: ${value}`).join(end);
  return newline < 0 ? { at: text.length, cut: 0, put: `\n${lines}\n` } : { at: newline + 1, cut: 0, put: lines + end };
}

function pairOf(map: YAMLMap, name: string): Pair<Node, Node | null> | undefined {
  return (map.items as Pair<Node, Node | null>[]).find(({ key }) => isScalar(key) && key.value === name);
}

/** In quotes, so that it reads the same as YAML and as JSON. */
const quoted = (value: string): string => JSON.stringify(value);

function flow(identity: Identity): string {
  return `{ ${Object.entries(identity)
    .map(([key, value]) => `${JSON.stringify(key)}: ${quoted(value)}`)
    .join(', ')} }`;
}
