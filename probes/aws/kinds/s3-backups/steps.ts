import type { Measure } from '../../../../src/probe.ts';
import { formatDuration } from '../../../../src/values/duration.ts';
import { codeOf } from '../../errors.ts';
import type { Step } from '../../kind.ts';
import { exact } from '../../measure.ts';
import { canaryStep } from '../../s3/canary.ts';
import { isUnimplemented } from '../../s3/none.ts';
import { owned } from '../../s3/owned.ts';
import { keyPattern } from '../../s3/pattern.ts';
import type { Vantage } from '../../vantage.ts';
import { objectPages, versionsBelow, type StoredObject } from './objects.ts';
import { newestOf } from './reading.ts';
import { LOCK, MARKERS, type BackupsTarget } from './target.ts';

/** How S3, and what speaks like it, say that an object has no lock of its own. */
const UNLOCKED = /^(?:NoSuchObjectLockConfiguration|ObjectLockConfigurationNotFoundError)$/;

/** What is inspected of a set beyond its list. */
export function stepsOf(vantage: Vantage, target: BackupsTarget): Step[] {
  const { bucket, canaries, lock } = target;
  return [
    ...(lock ? [{ facets: [LOCK], call: 's3:GetObjectRetention', ask: () => askLock(vantage, target, lock) }] : []),
    { facets: [MARKERS], call: 's3:ListObjectVersions', ask: () => askMarkers(vantage, target) },
    ...(Object.keys(canaries).length === 0 ? [] : [canaryStep(vantage, bucket, canaries)]),
  ];
}

type Said = { readonly measures: Readonly<Record<string, Measure>>; readonly say: string };

/** How long the lock that ends first still holds, of everything that the newest restorable point takes. One that is not locked holds for nothing. */
async function askLock(
  vantage: Vantage,
  { scope, pattern, bucket }: BackupsTarget,
  lock: NonNullable<BackupsTarget['lock']>,
): Promise<Said> {
  const objects: StoredObject[] = [];
  for await (const page of objectPages(vantage, scope)) objects.push(...page);
  const newest = newestOf(objects, pattern, lock.newest);
  const now = vantage.now().wall;
  let first: { readonly key: string; readonly left: number; readonly say: string } | undefined;
  for (const { key } of newest) {
    const one = await lockOf(vantage, bucket, key, lock.mode, now);
    if (!first || one.left < first.left) first = { key, ...one };
  }
  const { left, key, say } = first ?? { left: 0, key: 'nothing', say: 'is there to be locked' };
  return { measures: { lock_left: exact(left, 'ms') }, say: `of the newest ${newest.length} asked the first to be free: ${key} ${say}` };
}

async function lockOf(
  vantage: Vantage,
  bucket: string,
  Key: string,
  wanted: 'compliance' | 'governance',
  now: number,
): Promise<{ readonly left: number; readonly say: string }> {
  try {
    const { Retention: { Mode, RetainUntilDate: until } = {} } = await vantage.ask('s3', 'GetObjectRetention', (s3, options) =>
      s3.getObjectRetention({ ...owned(vantage, bucket), Key }, options),
    );
    if (Mode === undefined || until === undefined) return { left: 0, say: 'has no lock' };
    const left = Math.max(0, until.getTime() - now);
    const say = `is locked in ${Mode} mode until ${until.toISOString()}, for another ${formatDuration(left)}`;
    // What GOVERNANCE holds, one permission lets go.
    return { left: Mode === 'COMPLIANCE' || wanted === 'governance' ? left : 0, say };
  } catch (error) {
    const code = codeOf(error);
    // A bucket without object lock refuses the very question.
    const refused = code === 'InvalidRequest';
    if (!UNLOCKED.test(code) && !refused && !isUnimplemented(code)) throw error;
    return { left: 0, say: `has no lock (${code})` };
  }
}

/** How many of the set are there no more for whoever does not ask for versions. */
async function askMarkers(vantage: Vantage, { scope, pattern }: BackupsTarget): Promise<Said> {
  const { matches } = keyPattern(pattern);
  const versions = (await versionsBelow(vantage, scope)).filter(({ key }) => matches(key));
  const kept = new Set(versions.flatMap(({ key, marker, size }) => (!marker && size > 0 ? [key] : [])));
  const hidden = versions.filter(({ marker, latest, key }) => marker && latest && kept.has(key)).map(({ key }) => key);
  const [first] = hidden;
  const say =
    first === undefined ? 'nothing is hidden by a delete marker' : `${hidden.length} hidden by delete markers, ${first} among them`;
  return { measures: { delete_markers: exact(hidden.length, 'count') }, say };
}
