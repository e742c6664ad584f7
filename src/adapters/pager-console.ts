import type { Page } from '../core/page.ts';
import type { Pager } from '../ports.ts';
import { clean } from '../values/text.ts';
import { guardPager } from './guard-pager.ts';
import { headline, origin, remainder, resourceLines } from './page-text.ts';

const SHOWN = 20;

export interface ConsolePagerOptions {
  readonly name: string;
  readonly out: { write(text: string): unknown };
}

/** Writes pages as plain text. Its receipt says that the text was handed to the stream, not that anybody read it. */
export function createConsolePager({ name, out }: ConsolePagerOptions): Pager {
  return guardPager(name, async ({ page }) => {
    out.write(render(page));
    return { kind: 'delivered', ref: null };
  });
}

function render(page: Page): string {
  const resources = page.resources.slice(0, SHOWN);
  const lines = [
    headline(page),
    `  ${origin(page)}`,
    ...resources.flatMap((resource) => resourceLines(resource).map((line, index) => (index === 0 ? `  ${line}` : `    ${line}`))),
    ...[remainder(page, resources.length)].filter((line) => line !== undefined).map((line) => `  ${line}`),
    ...(page.links.status ? [`  status ${clean(page.links.status)}`] : []),
  ];
  return `${lines.join('\n')}\n`;
}
