import { isMap, LineCounter, parseAllDocuments, type Document } from 'yaml';
import type { Finding } from '../config/complaint.ts';
import type { Complaint, Loaded } from '../config/types.ts';
import type { Declared } from '../probe.ts';

/** Bytes that such a file may have. */
export const MAX_BYTES = 64 * 1024 ** 2;
const MAX_ALIASES = 1000;

/** A file of another tool, read: plain values of each document in it, with the place where it begins. */
export interface Part {
  readonly value: Readonly<Record<string, unknown>>;
  readonly line: number;
}

/** What of a file could be told, and how it is told where not. Nothing of the file is repeated: secrets stand in such files. */
export interface Reading {
  readonly file: string;
  readonly fail: (message: string, line?: number, column?: number, code?: Finding['code']) => Loaded<never>;
}

export type ReadDeclared = (file: string, bytes: Uint8Array) => Loaded<readonly Declared[]>;

export function readingOf(file: string): Reading {
  return {
    file,
    fail: (message, line = 1, column = 1, code = 'RC_IMPORT_UNREADABLE') => {
      const complaint: Complaint = { file, line, column, path: '(file)', message, code };
      return { ok: false, complaints: [complaint] };
    },
  };
}

/** The text of a file; a complaint where it is none. */
export function textOf(bytes: Uint8Array, { fail }: Reading): Loaded<string> {
  if (bytes.length > MAX_BYTES) return fail('is larger than 64 MiB');
  try {
    return { ok: true, value: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    return fail('is not text in UTF-8');
  }
}

/** Every document of a file of YAML, or of JSON, which is YAML too. Empty ones are left out; what is no map is complained of. */
export function readDocuments(text: string, { fail }: Reading): Loaded<readonly Part[]> {
  const lines = new LineCounter();
  const at = (offset: number): [number, number] => {
    const { line, col } = lines.linePos(offset);
    return [Math.max(1, line), Math.max(1, col)];
  };
  const documents = parseAllDocuments(text, { lineCounter: lines, prettyErrors: false, merge: true, logLevel: 'error' });
  const parts: Part[] = [];
  for (const document of documents as Iterable<Document.Parsed>) {
    const [error] = document.errors;
    if (error)
      return fail(`is not well-formed YAML: ${error.message.split(/: ?["'!]/, 1)[0] ?? ''}`, ...at(error.pos[0]), 'RC_YAML_SYNTAX');
    const { contents } = document;
    if (contents === null || (contents as { value?: unknown }).value === null) continue;
    const place = at(contents.range[0]);
    if (!isMap(contents)) return fail('must hold maps: kind, apiVersion and so on', ...place);
    try {
      parts.push({ value: document.toJS({ maxAliasCount: MAX_ALIASES }) as Part['value'], line: place[0] });
    } catch {
      return fail('an alias has no anchor before it, or aliases multiply beyond all use', ...place, 'RC_YAML_ALIAS');
    }
  }
  return { ok: true, value: parts };
}
