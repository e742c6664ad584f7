import type { Check, Depth } from '../../src/probe.ts';

/**
 * A protection that is there or not. `measure` is a flag that is 1 while it protects: a weakness (`publicly_accessible`) is measured by its opposite.
 */
interface Protection {
  /** The key under `expect`, which is the measure too. */
  readonly name: string;
  /** What the manifest says: true, it must be there; false, it need not be; undefined, it must not go once it has been seen. */
  readonly asked: boolean | undefined;
  readonly subject: string;
  /** The sentence, while it is not there: `deletion protection of DB instance orders is off`. */
  readonly sentence: string;
  readonly severity: Check['severity'];
  readonly depth?: Depth;
}

/** The check of a protection: none where the manifest does without it. */
export function protection({ name, asked, subject, sentence, severity, depth = 'sweep' }: Protection): Check[] {
  if (asked === false) return [];
  const check = { facet: `protection/${name}`, depth, path: name, measure: name, breach: 'exposed', subject, noun: '' } as const;
  return [
    asked === true
      ? { ...check, rule: { is: 'equals', value: 1 }, sentence, ...graver(severity) }
      : { ...check, rule: { is: 'never_shrinks' }, sentence: `${sentence}, and was not before`, ...graver(severity) },
  ];
}

/** A protection that has a height: days kept, copies, years locked. */
interface Level {
  /** The measure, and the name of the facet. */
  readonly name: string;
  /** The key under `expect`. */
  readonly path: string;
  /** What the manifest asks for, at least; undefined: it must not fall once it has been seen. 0: whatever it is, it will do. */
  readonly asked: number | undefined;
  readonly subject: string;
  readonly noun: string;
  readonly unit?: 'bytes' | 'ms';
  readonly severity: Check['severity'];
  readonly depth?: Depth;
}

/** The check of a protection that has a height: none where the manifest asks for nothing. */
export function level({ name, path, asked, subject, noun, unit, severity, depth = 'sweep' }: Level): Check[] {
  if (asked === 0) return [];
  const rule: Check['rule'] = asked === undefined ? { is: 'never_shrinks' } : { is: 'at_least', bound: asked };
  const check: Check = { facet: `protection/${name}`, depth, path, measure: name, breach: 'exposed', subject, noun, rule };
  return [{ ...check, ...(unit && { unit }), ...graver(severity) }];
}

function graver(severity: Check['severity']): Pick<Check, 'severity'> {
  return severity === undefined ? {} : { severity };
}
