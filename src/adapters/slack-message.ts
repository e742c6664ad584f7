import type { Page } from '../core/page.ts';
import { claimLines, headline, origin, remainder, resourceLines, signedHead } from './page-text.ts';
import { slackLink, slackText } from './slack-text.ts';

// Documented: 50 blocks, 3000 characters a section, 150 a header. Measured by users: msg_blocks_too_long from about 13,200 in sum.
const MAX_HEADER = 150;
const MAX_SECTION = 2900;
const MAX_SUM = 12_000;
const MAX_RESOURCES = 44;
const MAX_TEXT = 1500;
const MAX_HEAD = 1000;

export type SlackBlock =
  | { readonly type: 'header' | 'section'; readonly text: { readonly type: 'plain_text'; readonly text: string; readonly emoji: false } }
  | {
      readonly type: 'context';
      readonly elements: readonly [
        { readonly type: 'mrkdwn'; readonly text: string } | { readonly type: 'plain_text'; readonly text: string; readonly emoji: false },
      ];
    };

/** `text` is what notifications and screen readers say; `blocks` is what the channel shows. */
export interface SlackMessage {
  readonly text: string;
  readonly blocks: readonly SlackBlock[];
}

/** The root message of an incident: everything that fits. Contents are plain text blocks, in which Slack knows no markup. */
export function slackMessage(page: Page): SlackMessage {
  const head = headline(page);
  const opening: SlackBlock[] = [plain('header', head, MAX_HEADER)];
  if (slackText(head, MAX_TEXT).length >= MAX_HEADER) opening.push(plain('section', head, MAX_SECTION));
  opening.push(plain('section', [origin(page), ...claimLines(page)].join('\n'), MAX_SECTION));
  const links = [slackLink(page.links.runbook, 'Runbook'), slackLink(page.links.status, 'Status')].filter((link) => link !== undefined);
  const linkLine = links.join('  ');
  // What follows the resources needs room too: one line on the rest, and the links.
  let room = MAX_SUM - MAX_SECTION / 2 - MAX_HEAD - linkLine.length - sum(opening);
  const shown: SlackBlock[] = [];
  for (const resource of page.resources.slice(0, MAX_RESOURCES)) {
    const block = plain('section', resourceLines(resource).join('\n'), MAX_SECTION);
    room -= sum([block]);
    if (room < 0) break;
    shown.push(block);
  }
  const rest = remainder(page, shown.length);
  return {
    text: slackText(head, MAX_TEXT),
    blocks: [
      ...opening,
      ...shown,
      ...(rest ? [plain('section', rest, MAX_SECTION / 2)] : []),
      ...(linkLine ? [{ type: 'context', elements: [{ type: 'mrkdwn', text: linkLine }] } as const] : []),
      ...headBlocks(page),
    ],
  };
}

/** The signed head of the record, small and as it stands, so that it can be copied. */
function headBlocks(page: Page): SlackBlock[] {
  const head = signedHead(page);
  const text = slackText(head ?? '', MAX_HEAD);
  // Cut it would be worth nothing.
  return head === undefined || text.endsWith('…') ? [] : [{ type: 'context', elements: [{ type: 'plain_text', text, emoji: false }] }];
}

/** A later message of the same incident, short: it goes below the root message, which is rewritten to the present state. */
export function slackNote(page: Page): SlackMessage {
  const text = slackText(headline(page), MAX_TEXT);
  return { text, blocks: [plain('section', `${headline(page)}\n${origin(page)}`, MAX_SECTION), ...headBlocks(page)] };
}

function plain(type: 'header' | 'section', text: string, max: number): SlackBlock {
  return { type, text: { type: 'plain_text', text: slackText(text, max), emoji: false } };
}

function sum(blocks: readonly SlackBlock[]): number {
  return blocks.reduce((length, block) => length + (block.type === 'context' ? 0 : block.text.text.length), 0);
}
