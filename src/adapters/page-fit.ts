import type { Page } from '../core/page.ts';

/** Bytes of a value as JSON in UTF-8. */
export function jsonBytes(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}

/**
 * The page in at most `maxBytes` of JSON: as many of its resources, first to last, as fit; then `truncated` is true.
 * `total` keeps counting all of them.
 */
export function fitPage(page: Page, maxBytes: number): Page {
  if (jsonBytes(page) <= maxBytes) return page;
  const cut: Page = { ...page, truncated: true, resources: [] };
  let room = maxBytes - jsonBytes(cut);
  const kept: Page['resources'][number][] = [];
  for (const resource of page.resources) {
    room -= jsonBytes(resource) + 1;
    if (room < 0) break;
    kept.push(resource);
  }
  return { ...cut, resources: kept };
}
