import { BadAnswer } from './errors.ts';

/** A list that the answer must have, be it empty: one without it is no answer to what was asked. @throws BadAnswer */
export function listOf<Item>(list: readonly Item[] | undefined, what: string): readonly Item[] {
  if (list === undefined) throw new BadAnswer(`the answer has no ${what}`);
  return list;
}
