import type { Page } from '../core/page.ts';

/** When it was seen, not when it was sent: a page may have waited in the outbox. RFC 3339. */
export function detectedAt(page: Page): string {
  if (page.event !== 'trigger') return page.at;
  const seen = page.resources.map((resource) => resource.first_seen_bad).filter((at) => at !== null);
  return seen.toSorted()[0] ?? page.at;
}
