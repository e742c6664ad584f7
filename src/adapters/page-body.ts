import type { Page } from '../core/page.ts';
import { clean } from '../values/text.ts';
import { claimLines, origin, remainder, resourceLines, signedHead } from './page-text.ts';

/** What stands below the headline in plain text: who pages, up to `shown` resources with what is known of each, and where the rest is. */
export function bodyLines(page: Page, shown: number): string[] {
  const resources = page.resources.slice(0, shown);
  return [
    origin(page),
    ...claimLines(page),
    ...resources.flatMap((resource) => resourceLines(resource).map((line, index) => (index === 0 ? line : `  ${line}`))),
    ...[remainder(page, resources.length)].filter((line) => line !== undefined),
    ...(page.links.status ? [`status ${clean(page.links.status)}`] : []),
  ];
}

/** Fewer and fewer of the resources, until what is said of them fits. */
const SHOWN = [50, 20, 10, 5, 3, 2, 1, 0] as const;

/**
 * The first lines and as many resources as `fits` has room for; where not even that is little enough, its beginning. The signed head of the record comes last,
 * where there is room left for it: it takes that of nothing else.
 */
export function fitBody(page: Page, first: readonly string[], fits: (text: string) => boolean): string {
  const head = signedHead(page);
  let text = '';
  for (const shown of SHOWN) {
    text = [...first, ...bodyLines(page, shown)].join('\n');
    if (!fits(text)) continue;
    const signed = `${text}\n\n${head}`;
    return head !== undefined && fits(signed) ? signed : text;
  }
  let length = text.length;
  while (length > 0 && !fits(cut(text, length))) length = Math.floor(length * 0.9);
  return cut(text, length);
}

function cut(text: string, length: number): string {
  return `${text.slice(0, length).toWellFormed()}…`;
}
