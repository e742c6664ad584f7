import { literally, matchesWhole, type Step } from '../linear-match.ts';

/** A pattern of keys, taken apart: below which prefix S3 is asked to list, and what of it is meant. */
export interface KeyPattern {
  readonly prefix: string;
  readonly matches: (key: string) => boolean;
}

const SPECIAL = /[*?[\]]/;

/** `*` and `?` and `[a-z]` stand for what is within one part of a key, `**` for any number of parts. Compiled once for each pattern. */
export function keyPattern(pattern: string): KeyPattern {
  const at = pattern.search(SPECIAL);
  const prefix = at === -1 ? pattern : pattern.slice(0, at);
  const steps = toSteps(pattern);
  return { prefix, matches: (key) => matchesWhole(steps, key) };
}

/** What is wrong with a pattern, and what would be right; undefined where nothing is. */
export function patternTrouble(pattern: string): string | undefined {
  if (pattern.startsWith('/')) return 'begins without a slash: keys have none';
  if (/[{}]/.test(pattern)) return '{a,b} is not understood: write one resource per pattern';
  if (/\*{3,}/.test(pattern)) return 'has no more than two * in a row';
  const open = pattern.replace(/\[!?\]?[^\]/]+\]/g, '');
  return /[[\]]/.test(open) ? 'a [ without its ]' : undefined;
}

const any = (): boolean => true;
const within = (character: string): boolean => character !== '/';

function toSteps(pattern: string): Step[] {
  const parts = pattern.match(/\*\*\/?|\*|\?|\[!?\]?[^\]/]+\]|[^*?[]+|[[\]]/g) ?? [];
  return parts.flatMap((part): Step[] => {
    if (part === '**/') return [{ fork: 2 }, { is: any, many: true }, ...literally('/')];
    if (part === '**') return [{ is: any, many: true }];
    if (part === '*') return [{ is: within, many: true }];
    if (part === '?') return [{ is: within }];
    return part.startsWith('[') && part.length > 2 ? [{ is: classOf(part) }] : literally(part);
  });
}

function classOf(part: string): (character: string) => boolean {
  const negated = part.startsWith('[!');
  const inside = part.slice(negated ? 2 : 1, -1).replace(/[\\\]^[]/g, '\\$&');
  const expression = new RegExp(`^(?!/)[${negated ? '^' : ''}${inside}]$`, 'u');
  return (character) => expression.test(character);
}
