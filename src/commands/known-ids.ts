import type { Manifest } from '../config/types.ts';
import { clean } from '../values/text.ts';
import { nearest } from '../values/suggest.ts';
import type { Io } from './io.ts';

/** The ids asked for, or all; undefined, with a word on stderr for each, where one is not on the roll. */
export function knownIds(
  asked: readonly string[],
  manifest: Pick<Manifest, 'resources'>,
  io: Pick<Io, 'err'>,
): readonly string[] | undefined {
  const ids = manifest.resources.map(({ id }) => id);
  const unknown = asked.filter((id) => !ids.includes(id));
  for (const id of unknown) {
    const near = nearest(id, ids);
    io.err(`rollcall: no resource '${clean(id, 80)}' on the roll${near === undefined ? '' : `; did you mean '${near}'?`}\n`);
  }
  if (unknown.length > 0) return undefined;
  return asked.length > 0 ? [...new Set(asked)] : ids;
}
