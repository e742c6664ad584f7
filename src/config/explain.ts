import type * as z from 'zod';
import { quote, suggestion, type Code, type Finding, type Path } from './complaint.ts';
import { keysAt, rawAt, schemasAt } from './shape.ts';

type Issue = z.core.$ZodIssue;

const UNKNOWN_WORD: Readonly<Record<string, Code>> = { probe: 'RC_PROBE_UNKNOWN', kind: 'RC_KIND_UNKNOWN', type: 'RC_PAGER_TYPE_UNKNOWN' };

const FAULTS: Readonly<Record<string, Code>> = {
  'secret-in-clear': 'RC_SECRET_IN_CLEAR',
  'password-in-url': 'RC_URL_PASSWORD',
  name: 'RC_ID_INVALID',
  expires: 'RC_EXPIRES_INVALID',
  schema: 'RC_SCHEMA_UNKNOWN',
};

const TYPES: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map',
  record: 'a map',
};

function typeOf(raw: unknown): string {
  if (raw === null) return 'empty';
  if (Array.isArray(raw)) return 'a list';
  return TYPES[typeof raw] ?? typeof raw;
}

const UNWORDED = 'is not valid';

/** Words for what zod finds, for a schema that brings none of its own. Never repeats a value, except numbers that are out of bounds. */
export const wording: z.core.$ZodErrorMap = (issue) => {
  const { input } = issue;
  switch (issue.code) {
    case 'invalid_type': {
      if (issue.expected === 'int' && typeof input === 'number') return `must be a whole number, is ${input}`;
      const quoted = issue.expected === 'string' && ['number', 'boolean'].includes(typeof input);
      return `must be ${TYPES[issue.expected] ?? issue.expected}, is ${typeOf(input)}${quoted ? '; put it in quotes' : ''}`;
    }
    case 'too_small':
      if (issue.origin === 'string') return 'must not be empty';
      if (issue.origin === 'array' || issue.origin === 'set') return `must have at least ${issue.minimum}`;
      return `must be ${issue.inclusive === false ? 'more than' : 'at least'} ${issue.minimum}, is ${String(input)}`;
    case 'too_big':
      if (issue.origin === 'string') return `must have at most ${issue.maximum} characters`;
      if (issue.origin === 'array' || issue.origin === 'set') return `must have at most ${issue.maximum}`;
      return `must be ${issue.inclusive === false ? 'less than' : 'at most'} ${issue.maximum}, is ${String(input)}`;
    case 'invalid_value':
      if (typeof input !== 'string') return `must be one of ${issue.values.map(String).join(', ')}, is ${typeOf(input)}`;
      return `${quote(input)} is not known; ${suggestion(input, issue.values.map(String), 'known:', '')}`;
    case 'invalid_format':
      return `does not have the right form${issue.pattern ? `: ${issue.pattern}` : ''}`;
    case 'not_multiple_of':
      return `must be a multiple of ${issue.divisor}, is ${String(input)}`;
    // Told apart by explain(), or worded by the schema.
    case 'custom':
    case 'invalid_element':
    case 'invalid_key':
    case 'invalid_union':
    case 'unrecognized_keys':
      return UNWORDED;
  }
};

/** What a schema's issues mean. `planned` holds what later versions will have, as `path.of.names` to a word about it. */
export interface Context {
  readonly schema: z.core.$ZodType;
  /** The whole raw value that the issues' paths start from. */
  readonly raw: unknown;
  readonly planned: ReadonlySet<string>;
}

const names = (path: Path): string => path.filter((step) => typeof step === 'string').join('.');
const later = (what: string): string => `${what} comes with a later version and would have no effect in this one; take it out`;

function unknownKey(context: Context, path: Path, key: string): Finding {
  const here = { path: [...path, key], onKey: true };
  if (context.planned.has(names([...path, key]))) return { ...here, message: later(`the key ${quote(key)}`), code: 'RC_KEY_NOT_YET' };
  const known = keysAt(context.schema, context.raw, path);
  const expectation = path.includes('expect');
  const kind = expectation ? rawAt(context.raw, [...path.slice(0, path.indexOf('expect')), 'kind']) : undefined;
  const end = suggestion(key, known, expectation ? 'it can expect:' : 'known here:', 'nothing is known here');
  if (!expectation) return { ...here, message: `unknown key ${quote(key)}; ${end}`, code: 'RC_KEY_UNKNOWN' };
  const what = typeof kind === 'string' ? `a resource of kind ${quote(kind)}` : 'this resource';
  return { ...here, message: `${what} cannot expect ${quote(key)} here; ${end}`, code: 'RC_EXPECTATION_UNKNOWN' };
}

function unknownWord(context: Context, path: Path, key: string, options: readonly string[]): Finding {
  const raw = rawAt(context.raw, path);
  const all = options.join(', ');
  if (raw === undefined) return { path, message: `is missing; one of ${all}`, code: 'RC_KEY_MISSING' };
  if (typeof raw !== 'string') return { path, message: `must be one of ${all}, is ${typeOf(raw)}`, code: 'RC_TYPE_WRONG' };
  if (context.planned.has(`${key}=${raw}`)) return { path, message: later(`the ${key} ${quote(raw)}`), code: 'RC_KEY_NOT_YET' };
  const code = UNKNOWN_WORD[key] ?? 'RC_CHOICE_UNKNOWN';
  return { path, message: `there is no ${key} ${quote(raw)}; ${suggestion(raw, options, 'known:', 'none is known')}`, code };
}

function missing(context: Context, path: Path): Finding {
  const texts = schemasAt(context.schema, context.raw, path).map((schema) => (schema as z.ZodType).description);
  const about = texts.find((text) => text !== undefined);
  return { path, message: `is missing${about ? `: ${about}` : ''}`, code: 'RC_KEY_MISSING' };
}

function codeOf(issue: Issue): Code {
  if (issue.code === 'invalid_type') return 'RC_TYPE_WRONG';
  if (issue.code === 'invalid_value') return 'RC_CHOICE_UNKNOWN';
  const fault = issue.code === 'custom' ? (issue.params?.['fault'] as unknown) : undefined;
  return (typeof fault === 'string' ? FAULTS[fault] : undefined) ?? 'RC_VALUE_INVALID';
}

/** Zod's issues as findings, one each, unknown keys one by one. */
export function explain(context: Context, issues: readonly Issue[], base: Path = []): Finding[] {
  return issues.flatMap((issue): Finding[] => {
    const path: Path = [...base, ...(issue.path as (string | number)[])];
    if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey(context, path, key));
    if (issue.code === 'invalid_key')
      return issue.issues.map(({ message }): Finding => ({ path, onKey: true, message: `the name ${message}`, code: 'RC_ID_INVALID' }));
    if (issue.code === 'invalid_union') {
      const { discriminator } = issue as { discriminator?: string };
      if (discriminator !== undefined)
        return [unknownWord(context, path, discriminator, ((issue as { options?: string[] }).options ?? []).map(String))];
      if (rawAt(context.raw, path) === undefined) return [missing(context, path)];
      // A schema that words its choice itself knows best.
      if (issue.message !== UNWORDED) return [{ path, message: issue.message, code: 'RC_VALUE_INVALID' }];
      // The branch that comes nearest speaks: one whose outer type fits, else the one with the fewest complaints.
      const [nearest] = issue.errors.toSorted((a, b) => weight(a) - weight(b));
      return explain(context, nearest ?? [], path);
    }
    if (rawAt(context.raw, path) === undefined) return [missing(context, path)];
    return [{ path, message: issue.message, code: codeOf(issue) }];
  });
}

function weight(issues: readonly Issue[]): number {
  return issues.reduce((sum, issue) => sum + (issue.path.length === 0 && issue.code !== 'unrecognized_keys' ? 100 : 1), 0);
}
