import type { Page } from '../core/page.ts';
import type { Pager } from '../ports.ts';
import { guardPager } from './guard-pager.ts';
import { bodyLines } from './page-body.ts';
import { headline } from './page-text.ts';

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
  return `${[headline(page), ...bodyLines(page, SHOWN).map((line) => `  ${line}`)].join('\n')}\n`;
}
