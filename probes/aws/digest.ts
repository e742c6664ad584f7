import { createHash } from 'node:crypto';

/** The digest of a policy whatever the order of its keys and its blanks: `sha256:…`. A policy that is no JSON has that of its text. */
export function policyDigest(policy: string): string {
  let canonical = policy;
  try {
    canonical = JSON.stringify(sorted(JSON.parse(policy)));
  } catch {
    // Left as it is.
  }
  return `sha256:${createHash('sha256').update(canonical).digest('hex')}`;
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, one]) => [key, sorted(one)]),
  );
}
