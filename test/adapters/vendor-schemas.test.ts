import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { jsonBytes } from '../../src/adapters/page-fit.ts';
import { toPagerDutyEvent } from '../../src/adapters/pagerduty-event.ts';
import { slackMessage, slackNote } from '../../src/adapters/slack-message.ts';
import type { Page } from '../../src/core/page.ts';
import { makeHostilePage, makePage, makePrintedResource } from '../support/page.ts';

const KEY = 'k'.repeat(32);

function readSchema(name: string): z.ZodType {
  const text = readFileSync(new URL(`../schemas/${name}.json`, import.meta.url), 'utf8');
  return z.fromJSONSchema(JSON.parse(text) as Parameters<typeof z.fromJSONSchema>[0]);
}

/** What crosses the wire, held against the vendor's schema. */
function complaints(schema: z.ZodType, message: object): string[] {
  const { error } = schema.safeParse(JSON.parse(JSON.stringify(message)));
  return (error?.issues ?? []).map(({ path, message: said }) => `${path.join('.')}: ${said}`);
}

const many = Array.from({ length: 500 }, (_, n) => makePrintedResource({ id: `db-${n}` }));
const PAGES: Readonly<Record<string, Page>> = {
  'one loss': makePage(),
  'a resolve': makePage({ event: 'resolve', reason: 'resolved' }),
  'a test without resources': makePage({ event: 'test', reason: 'test', resources: [], total: 0, links: {} }),
  'five thousand': makePage({ resources: many, total: 5000, truncated: true }),
  'one with a hostile name': makeHostilePage(1),
  'hundreds with hostile names': makeHostilePage(300),
  'long words only': makePage({ summary: 'x'.repeat(5000), dedup_key: 'y'.repeat(2000), watchdog: 'z'.repeat(2000) }),
};

describe("the vendors' schemas and limits", () => {
  const event = readSchema('pagerduty-event');
  const message = readSchema('slack-message');

  for (const [name, page] of Object.entries(PAGES)) {
    it(`PagerDuty: ${name}`, () => {
      const sent = toPagerDutyEvent(page, KEY);
      assert.deepEqual(complaints(event, sent), []);
      assert.ok(jsonBytes(sent) <= 512 * 1000, `${jsonBytes(sent)} bytes`);
    });

    it(`Slack: ${name}`, () => {
      for (const sent of [slackMessage(page), slackNote(page)]) {
        assert.deepEqual(complaints(message, sent), []);
        const sum = sent.blocks.reduce(
          (all, block) => all + (block.type === 'context' ? block.elements[0].text : block.text.text).length,
          0,
        );
        assert.ok(sum <= 13_200, `${sum} characters`);
      }
    });
  }

  it('refuse what a vendor would', () => {
    const sent = toPagerDutyEvent(makePage(), KEY);
    assert.notDeepEqual(complaints(event, { ...sent, routing_key: 'short' }), []);
    assert.notDeepEqual(complaints(event, { ...sent, payload: { ...sent.payload, severity: 'page' } }), []);
    assert.notDeepEqual(complaints(event, { ...sent, details: {} }), []);
    const shown = slackMessage(makePage());
    assert.notDeepEqual(complaints(message, { ...shown, blocks: Array.from({ length: 51 }, () => shown.blocks[0]) }), []);
    assert.notDeepEqual(
      complaints(message, { text: 'x', blocks: [{ type: 'header', text: { type: 'plain_text', text: 'x'.repeat(151) } }] }),
      [],
    );
  });
});
