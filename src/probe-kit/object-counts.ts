import * as z from 'zod';
import type { Check, Facet, Issue } from '../probe.ts';
import { share } from '../values/fields.ts';

export const OBJECTS: Facet = 'content/objects';

/** What a manifest may demand of the number of things of one kind in a database. */
export const objectsSchema = z.strictObject({
  min: z.int().min(1).optional().describe('How many there are, at least.'),
  max_shrink: share().optional().describe('By how much their number may fall below the highest ever seen healthy.'),
});

type Objects = Readonly<Record<string, z.output<typeof objectsSchema> | undefined>>;

/** What of it can be read but says nothing. */
export function objectIssues(objects: Objects): Issue[] {
  return Object.entries(objects).flatMap(([kind, { min, max_shrink } = {}]) =>
    min === undefined && max_shrink === undefined
      ? [{ path: ['expect', 'objects', kind], message: 'must say min, max_shrink or both' }]
      : [],
  );
}

/** What `KIND_total` must come to, for each kind of thing. */
export function objectChecks(database: string, objects: Objects): Check[] {
  return Object.entries(objects).flatMap(([kind, { min, max_shrink } = {}]): Check[] => {
    const base = {
      depth: 'inspect',
      facet: OBJECTS,
      measure: `${kind}_total`,
      breach: 'diminished',
      subject: `database ${database}`,
      noun: kind,
    } as const;
    return [
      ...(min === undefined ? [] : [{ ...base, path: `objects.${kind}.min`, rule: { is: 'at_least', bound: min } as const }]),
      ...(max_shrink === undefined
        ? []
        : [
            { ...base, path: `objects.${kind}.max_shrink`, rule: { is: 'shrinks_at_most', share: max_shrink, corroboration: [] } as const },
          ]),
    ];
  });
}
