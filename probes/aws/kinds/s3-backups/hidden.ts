import type { Reading } from '../../kind.ts';
import { pinOf } from '../../measure.ts';
import { expiryOf, NEVER_MS } from '../../s3/lifecycle.ts';
import { owned } from '../../s3/owned.ts';
import { keyPattern } from '../../s3/pattern.ts';
import type { Vantage } from '../../vantage.ts';
import { versionsBelow } from './objects.ts';
import type { BackupsTarget } from './target.ts';

/** A set of which nothing is listed, and whose versions are still there below delete markers: marked for deletion, and undoable. */
export async function hiddenSet(vantage: Vantage, { scope, pattern, bucket }: BackupsTarget): Promise<Reading | undefined> {
  const { matches } = keyPattern(pattern);
  const versions = (await versionsBelow(vantage, scope)).filter(({ key }) => matches(key));
  const kept = new Set(versions.flatMap(({ key, marker, size }) => (!marker && size > 0 ? [key] : [])));
  const markers = versions.filter(({ marker, latest, key }) => marker && latest && kept.has(key));
  const [first] = markers.toSorted((a, b) => a.at - b.at);
  if (first === undefined) return undefined;
  const after = await versionsExpireAfter(vantage, bucket);
  const what = `nothing of ${bucket}/${pattern} is left to be seen: ${markers.length} objects are hidden by delete markers`;
  const undo = `take each marker away: aws s3api delete-object --bucket ${bucket} --key ${first.key} --version-id ${first.version}`;
  return {
    pin: pinOf({ account: vantage.account }),
    measures: {},
    say: `${what}, ${first.key} first, at ${new Date(first.at).toISOString()}`,
    doom: { what, undo, ...(after < NEVER_MS && { undoBefore: first.at + after }) },
  };
}

/** How long a version stays once it is no longer the newest; never, where no rule deletes it or nobody may read the rules. */
async function versionsExpireAfter(vantage: Vantage, bucket: string): Promise<number> {
  try {
    const { Rules = [] } = await vantage.ask('s3', 'GetBucketLifecycleConfiguration', (s3, options) =>
      s3.getBucketLifecycleConfiguration(owned(vantage, bucket), options),
    );
    return expiryOf(Rules).versions;
  } catch {
    return NEVER_MS;
  }
}
