import { createHash } from 'node:crypto';
import { isMap, isSeq, LineCounter, parseDocument, visit, type Document, type Node, type Pair } from 'yaml';
import { formatPath, quote, type Finding, type Path } from './complaint.ts';
import { cutEntries } from './entries.ts';
import { keyText, locate } from './locate.ts';
import type { Complaint } from './types.ts';

export const MAX_BYTES = 64 * 1024 ** 2;
/** Ten thousand resources may share one anchor; an alias bomb multiplies far beyond this. */
const MAX_ALIASES = 20_000;

// Keys twice are found by lint(), in linear time and with the place of the first.
// Its own warnings to the process would quote the file.
const OPTIONS = { prettyErrors: false, merge: true, uniqueKeys: false, logLevel: 'error' } as const;

/** A file of YAML, read: its plain value, what is wrong with it so far, and positions for what is found later. */
export interface YamlFile {
  readonly file: string;
  /** SHA-256 of the bytes, hexadecimal. */
  readonly sha256: string;
  /** Undefined where the file is not well-formed; then `complaints` says why. */
  readonly raw: unknown;
  readonly complaints: readonly Complaint[];
  readonly wellFormed: boolean;
  readonly place: (this: void, finding: Finding) => Complaint;
}

function danglingAlias(document: Document): number {
  let at = 0;
  visit(document, {
    Alias(_, alias) {
      if (alias.resolve(document)) return undefined;
      at = alias.range?.[0] ?? 0;
      return visit.BREAK;
    },
  });
  return at;
}

/** Walks the tree once for what YAML allows and this file must not have: keys twice in a map, numbers that lose digits. */
function* lint(document: Document, lines: LineCounter): Generator<[offset: number, Finding]> {
  const found: [number, Finding][] = [];
  const pathOf = (ancestors: readonly unknown[]): Path => {
    const path: (string | number)[] = [];
    for (const [index, node] of ancestors.entries()) {
      const parent = ancestors[index - 1];
      if (parent && typeof parent === 'object' && 'items' in parent && Array.isArray(parent.items)) {
        const pair = node as Pair<Node, Node>;
        path.push(keyText(pair.key) ?? parent.items.indexOf(node));
      }
    }
    return path;
  };
  visit(document, {
    Map(_, map, ancestors) {
      const first = new Map<string, number>();
      for (const { key } of map.items) {
        const name = keyText(key);
        const at = (key as Node | null)?.range?.[0] ?? 0;
        if (name === undefined) {
          const message = 'a key here is a map, a list or an alias; write it out as text';
          found.push([at, { path: pathOf([...ancestors, map]), message, code: 'RC_YAML_SYNTAX' }]);
          continue;
        }
        const before = first.get(name);
        const path = () => [...pathOf([...ancestors, map]), name];
        // `__proto__` is dropped by too many readers of plain objects to be let through unseen.
        if (name === '__proto__') found.push([at, { path: path(), message: 'unknown key "__proto__"', code: 'RC_KEY_UNKNOWN' }]);
        if (before === undefined) first.set(name, at);
        else {
          const message = `the key ${quote(name)} appears twice here; the first is on line ${lines.linePos(before).line}: keep one`;
          found.push([at, { path: path(), message, code: 'RC_KEY_DUPLICATE' }]);
        }
      }
    },
    Scalar(_, scalar, ancestors) {
      const { value } = scalar;
      if (typeof value !== 'number' || Number.isSafeInteger(value) || !/^[-+]?\d+$/.test(scalar.source ?? '')) return;
      const message = 'is too large for a number and would lose digits; put it in quotes';
      found.push([scalar.range?.[0] ?? 0, { path: pathOf([...ancestors, scalar]), message, code: 'RC_YAML_NUMBER' }]);
    },
  });
  yield* found;
}

/**
 * Bytes of a YAML file (UTF-8, one document, merge keys allowed) as plain values with positions. Never throws: what is wrong with
 * the YAML itself is in `complaints`.
 */
export function readDocument(file: string, bytes: Uint8Array): YamlFile {
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const pieces = readPieces(bytes);
  if (pieces === undefined) return readWhole(file, bytes, sha256);
  // What is wrong with it has a place only in the whole file.
  let whole: YamlFile | undefined;
  const place: YamlFile['place'] = (finding) => (whole ??= readWhole(file, bytes, sha256)).place(finding);
  return { file, sha256, raw: pieces, complaints: [], wellFormed: true, place };
}

/** The plain value of a file that can be read entry by entry, and in which nothing is wrong with the YAML; else undefined. */
function readPieces(bytes: Uint8Array): unknown {
  if (bytes.length > MAX_BYTES) return undefined;
  const pieces = cutEntries(new TextDecoder().decode(bytes));
  if (!pieces) return undefined;
  const head = parseDocument(pieces.head, OPTIONS);
  const list = isMap(head.contents) && !head.contents.flow ? head.contents.get('resources', true) : undefined;
  // Elsewhere than where it was put: what looked like a heading was none.
  if (!isSeq(list) || list.range?.[0] !== pieces.at) return undefined;
  const raw = faultless(head) as Record<string, unknown> | undefined;
  const entries: unknown[] = [];
  for (const text of raw ? pieces.entries : []) {
    const entry = faultless(parseDocument(text, OPTIONS));
    if (!Array.isArray(entry) || entry.length !== 1) return undefined;
    entries.push(entry[0]);
  }
  return raw && { ...raw, resources: entries };
}

/** The value of a document, or undefined where there is anything to say of it. */
function faultless(document: Document): unknown {
  if (document.errors.length > 0 || document.warnings.length > 0 || !lint(document, new LineCounter()).next().done) return undefined;
  try {
    return document.toJS({ maxAliasCount: MAX_ALIASES });
  } catch {
    return undefined;
  }
}

/** At once, with the tree of all of it, which takes some thirty times the room of the text. */
function readWhole(file: string, bytes: Uint8Array, sha256: string): YamlFile {
  const lines = new LineCounter();
  const complaints: Complaint[] = [];
  const place = (at: number, { path, message, code }: Finding): Complaint => {
    const { line, col } = lines.linePos(at);
    return { file, line: Math.max(line, 1), column: Math.max(col, 1), path: formatPath(path), message, code };
  };
  const base = { file, sha256, complaints };
  const broken = (code: Finding['code'], message: string, at = 0): YamlFile => {
    complaints.push(place(at, { path: [], message, code }));
    return { ...base, raw: undefined, wellFormed: false, place: (finding) => place(0, finding) };
  };

  if (bytes.length > MAX_BYTES) return broken('RC_YAML_SYNTAX', 'is larger than 64 MiB, which no configuration is');
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return broken('RC_YAML_SYNTAX', 'is not text in UTF-8');
  }
  const document = parseDocument(text, { ...OPTIONS, lineCounter: lines });
  for (const { code, message, pos } of [...document.errors, ...document.warnings]) {
    // What follows a colon in the parser's message may be a piece of the file, and so of a secret.
    const [parser = ''] = message.split(/: ?["'!]/, 1);
    const said = code === 'MULTIPLE_DOCS' ? 'only one document (---) may stand in the file' : parser;
    complaints.push(
      place(pos[0], {
        path: [],
        message: `is not well-formed YAML: ${said}`,
        code: code === 'BAD_ALIAS' ? 'RC_YAML_ALIAS' : 'RC_YAML_SYNTAX',
      }),
    );
  }
  if (complaints.length > 0) return { ...base, raw: undefined, wellFormed: false, place: (finding) => place(0, finding) };
  let raw: unknown;
  try {
    raw = document.toJS({ maxAliasCount: MAX_ALIASES });
  } catch (error) {
    // The parser tells both by the same class: unresolved aliases and those that multiply.
    const bomb = error instanceof Error && error.message.startsWith('Excessive');
    if (bomb) return broken('RC_YAML_ALIAS', 'its aliases multiply beyond all use; write the values out');
    return broken('RC_YAML_ALIAS', 'an alias (*name) has no anchor (&name) before it', danglingAlias(document));
  }
  for (const [at, finding] of lint(document, lines)) complaints.push(place(at, finding));
  // A key that is no text has become one in `raw`, with all that stood in it: nothing more can be said without repeating it.
  const wellFormed = complaints.every(({ code }) => code !== 'RC_YAML_SYNTAX');
  return { ...base, raw, wellFormed, place: (finding) => place(locate(document, finding.path, finding.onKey), finding) };
}
