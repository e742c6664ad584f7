import type { Measure } from '../../../../src/probe.ts';
import { formatDuration } from '../../../../src/values/duration.ts';
import { formatSize } from '../../../../src/values/size.ts';
import type { Reading } from '../../kind.ts';
import { exact, pinOf } from '../../measure.ts';
import { keyPattern } from '../../s3/pattern.ts';
import type { ListedObject, StoredObject } from './objects.ts';
import type { BackupsTarget } from './target.ts';

/** Of how many before the newest the median is taken. */
const BEFORE = 7;

/** What there is to say of a whole list: of what matches the pattern. `gone` where nothing does. */
export function readSet(
  objects: readonly ListedObject[],
  { pattern, writtenWithin, dated }: BackupsTarget,
  now: number,
  account: string,
): Reading {
  const pin = pinOf({ account, bucket_created: dated ? objects[0]?.bucketCreated : undefined });
  const { matches } = keyPattern(pattern);
  const set = objects.filter(({ key }) => matches(key)).toSorted((a, b) => b.at - a.at || (a.key < b.key ? -1 : 1));
  const [newest] = set;
  if (newest === undefined) return { pin, measures: {}, gone: true, say: `nothing matches ${pattern}` };
  const whole = set.filter(({ size }) => size > 0);
  // A dump of nothing is fresh of nothing.
  const youngest = whole[0] ?? newest;
  const age = (at: number): number => Math.max(0, now - at);
  const measures: Record<string, Measure> = {
    count: exact(whole.length, 'count'),
    newest_age: exact(age(youngest.at), 'ms'),
    newest_size: exact(newest.size, 'bytes'),
    newest_share: exact(shareOfPrevious(set), 'count'),
    reach: exact(age((whole.at(-1) ?? newest).at), 'ms'),
    written: exact(set.filter(({ at }) => age(at) <= writtenWithin).length, 'count'),
  };
  const empty = set.length - whole.length;
  const said = [
    `${set.length} objects`,
    `newest ${newest.key}, ${formatSize(newest.size)}, ${formatDuration(age(newest.at))} old`,
    `oldest ${formatDuration(age((whole.at(-1) ?? newest).at))} old`,
    ...(empty > 0 ? [`${empty} of zero bytes`] : []),
  ];
  return { pin, measures, say: said.join(', ') };
}

/** The newest ones of a list that match, newest first. */
export function newestOf(objects: readonly StoredObject[], pattern: string, most: number): readonly StoredObject[] {
  const { matches } = keyPattern(pattern);
  return objects
    .filter(({ key, size }) => size > 0 && matches(key))
    .toSorted((a, b) => b.at - a.at)
    .slice(0, most);
}

/** The size of the newest in percent of the median of those before it; 100 where there is none before it. */
function shareOfPrevious([newest, ...before]: readonly StoredObject[]): number {
  const sizes = before
    .slice(0, BEFORE)
    .map(({ size }) => size)
    .toSorted((a, b) => a - b);
  const median = sizes[Math.floor(sizes.length / 2)] ?? 0;
  return median === 0 || newest === undefined ? 100 : (newest.size / median) * 100;
}
