import type { AwsTarget } from './kind.ts';

/** By what an entry of the roll means a thing found: its key, in the region that it says or leaves to the connection. */
export function aliasOf({ key, region = '' }: Pick<AwsTarget, 'key' | 'region'>): string {
  return `${region} ${key}`;
}
