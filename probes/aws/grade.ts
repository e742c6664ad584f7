import type { Check, Depth } from '../../src/probe.ts';

/** A protection that comes in grades, or in a length of time: the higher the measure, the better. */
interface Grade {
  /** The measure, and the name of the facet. */
  readonly name: string;
  /** The key under `expect`; the measure's own name unless stated. */
  readonly path?: string;
  /** The facet, where several grades share one. */
  readonly facet?: string;
  /** What the manifest asks for, at least; undefined: it must not fall once it has been seen; `any`: whatever it is, it will do. */
  readonly asked: number | 'any' | undefined;
  readonly subject: string;
  /** The sentence while it is lower: `bucket backups has no object lock in compliance mode`. */
  readonly sentence: string;
  readonly unit?: 'ms';
  readonly severity: Check['severity'];
  readonly depth?: Depth;
}

/** The check of a protection by grades, paged as `exposed`: none where the manifest takes any. */
export function grade({ name, path = name, facet = name, asked, subject, sentence, unit, severity, depth = 'sweep' }: Grade): Check[] {
  if (asked === 'any') return [];
  const check = {
    facet: `protection/${facet}`,
    depth,
    path,
    measure: name,
    breach: 'exposed',
    subject,
    noun: '',
    ...(unit && { unit }),
    ...(severity && { severity }),
  } as const;
  return [
    asked === undefined
      ? { ...check, rule: { is: 'never_shrinks' }, sentence: `${sentence}, and it was better before` }
      : { ...check, rule: { is: 'at_least', bound: asked }, sentence },
  ];
}
