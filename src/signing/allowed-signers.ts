import { parseAbsoluteTime } from './absolute-time.ts';
import { looksLikeKey, readKeyText } from './key-line.ts';
import { isPrintable } from './patterns.ts';
import type { SshKey } from './ssh-key.ts';
import { FormatError } from './wire.ts';

/** One line of an `allowed_signers` file (ssh-keygen(1), ALLOWED SIGNERS). */
export interface AllowedSigner {
  /** 1-based. */
  readonly line: number;
  /** A list of patterns. */
  readonly principals: string;
  readonly key: SshKey;
  /** True where the key signs certificates rather than files. */
  readonly isAuthority: boolean;
  /** A list of patterns; every namespace where absent. */
  readonly namespaces?: string;
  /** Ms since 1970, both included. */
  readonly validAfter?: number;
  readonly validBefore?: number;
}

/** What is wrong with one line. `message` is ours and quotes nothing. */
export interface LineFault {
  readonly line: number;
  readonly message: string;
}

export interface Lines<T> {
  readonly lines: readonly T[];
  readonly faults: readonly LineFault[];
}

type Options = Pick<AllowedSigner, 'isAuthority' | 'namespaces' | 'validAfter' | 'validBefore'>;

/** Reads every line; OpenSSH skips those that it cannot read, here each is a fault: a signer who silently does not count is no signer. */
export function parseAllowedSigners(text: string): Lines<AllowedSigner> {
  return readLines(text, (content, line) => ({ line, ...parseLine(content) }));
}

/** Every line that is neither blank nor a comment, read by `read`. */
export function readLines<T>(text: string, read: (content: string, line: number) => T): Lines<T> {
  const lines: T[] = [];
  const faults: LineFault[] = [];
  for (const [index, raw] of text.split('\n').entries()) {
    const content = raw.replace(/^[ \t]+|[ \t\r]+$/g, '');
    if (content === '' || content.startsWith('#')) continue;
    try {
      lines.push(read(content, index + 1));
    } catch (error) {
      if (!(error instanceof FormatError)) throw error;
      faults.push({ line: index + 1, message: error.message });
    }
  }
  return { lines, faults };
}

function parseLine(content: string): Omit<AllowedSigner, 'line'> {
  const [whole, quoted, bare] = /^(?:"([^"]*)"|([^ \t"]+))[ \t]+/.exec(content) ?? [];
  const principals = quoted ?? bare;
  if (whole === undefined || !principals) throw new FormatError('does not read as: principals, options, key');
  if (!isPrintable(principals)) throw new FormatError('has a principal that is not plain ASCII');
  const rest = content.slice(whole.length);
  if (looksLikeKey(rest)) return { principals, key: readKeyText(rest), isAuthority: false };
  const { options, after } = parseOptions(rest);
  return { principals, key: readKeyText(after), ...options };
}

const OPTION = /^(?:(cert-authority)|(namespaces|valid-after|valid-before)="((?:[^"\\]|\\.)*)")(?:(,)(?=[^ \t])|[ \t]+)/i;

function parseOptions(text: string): { readonly options: Options; readonly after: string } {
  let options: Options = { isAuthority: false };
  let after = text;
  for (let more = true; more;) {
    const [whole, flag, name = '', value = '', comma] = OPTION.exec(after) ?? [];
    if (whole === undefined)
      throw new FormatError('has neither a key nor the options cert-authority, namespaces=, valid-after=, valid-before=');
    options = flag === undefined ? withOption(options, name.toLowerCase(), value.replace(/\\"/g, '"')) : { ...options, isAuthority: true };
    after = after.slice(whole.length);
    more = comma !== undefined;
  }
  const { validAfter, validBefore } = options;
  if (validAfter !== undefined && validBefore !== undefined && validBefore <= validAfter)
    throw new FormatError('ends (valid-before) before it begins (valid-after)');
  return { options, after };
}

function withOption(options: Options, name: string, value: string): Options {
  const key = name === 'namespaces' ? 'namespaces' : name === 'valid-after' ? 'validAfter' : 'validBefore';
  if (options[key] !== undefined) throw new FormatError(`has ${name}= twice`);
  if (key === 'namespaces') return { ...options, namespaces: value };
  const at = parseAbsoluteTime(value);
  if (at === undefined) throw new FormatError(`has ${name}= with what is no moment such as 20270630 or 20270630120000Z`);
  return { ...options, [key]: at };
}
