import assert from 'node:assert/strict';
import { toMail } from '../../src/adapters/mail-message.ts';
import { toPagerDutyEvent } from '../../src/adapters/pagerduty-event.ts';
import { bodyLines } from '../../src/adapters/page-body.ts';
import { slackMessage } from '../../src/adapters/slack-message.ts';
import type { Page } from '../../src/core/page.ts';
import { makePage, makePrintedResource } from '../support/page.ts';

/** A page that has everything to say. */
const page: Page = makePage({
  resources: [
    makePrintedResource({
      verdict: 'doomed',
      expected: { identity: { oid: '16401' } },
      actual: { identity: { oid: '99999' } },
      ids: { system_identifier: '7301442000000000001', oid: '16401', account: '111122223333' },
      undo_before: '2026-11-29T10:00:00.000Z',
      undo: 'provider volumes restore vol-1',
      protected_by: ['orders-dumps'],
      protection: [{ id: 'orders-dumps', verdict: 'absent', summary: 'no file matches', last_seen_healthy: '2026-11-22T09:59:00.000Z' }],
      window: {
        name: 'vault-move',
        author: 'alice',
        reason: 'new disks',
        from: '2026-11-22T09:00:00.000Z',
        until: '2026-11-22T11:00:00.000Z',
      },
    }),
  ],
  claims: [
    {
      by: 'cursor',
      at: '2026-11-22T10:00:04.000Z',
      text: 'All systems nominal',
      about: [],
      after_ms: 4000,
      line: 'cursor, 4s after the loss: All systems nominal',
    },
  ],
});

/** What a person woken up needs: each item of the list, by a piece of text that only it brings. */
const FACTS: Readonly<Record<string, readonly string[]>> = {
  'one line': ['orders-db is gone: database orders does not exist on orders-pg'],
  'expected and actual': ['16401', '99999'],
  'since when': ['2026-11-22T10:00:00.000Z', '2026-11-22T09:59:58.000Z'],
  'how it was proven': ['pg_database', 'rollcall_ro@db1:5432', '3 other databases'],
  "ids for a provider's support": ['7301442000000000001', '111122223333'],
  'how to undo it, and until when': ['provider volumes restore vol-1', '2026-11-29T10:00:00.000Z'],
  runbook: ['https://runbooks.example/orders'],
  owner: ['payments'],
  'what else the loss took': ['orders-dumps', 'no file matches'],
  'who works there': ['vault-move', 'alice'],
  'what was claimed': ['cursor, 4s after the loss: All systems nominal'],
  'where the rest is': ['https://rollcall.example/incidents/01JD6'],
};

const letter = { id: 'msg_1', page };
const RECEIVERS: Readonly<Record<string, string>> = {
  webhook: JSON.stringify(page),
  pagerduty: JSON.stringify(toPagerDutyEvent(page, 'key')),
  slack: JSON.stringify(slackMessage(page)),
  email: toMail(letter, 'rollcall@example.org', ['a@example.org'], undefined).text,
  'ntfy, alertmanager and console': [page.summary, ...bodyLines(page, 5)].join('\n'),
};

describe('what a page says', () => {
  for (const [receiver, said] of Object.entries(RECEIVERS))
    for (const [fact, texts] of Object.entries(FACTS))
      it(`to ${receiver}: ${fact}`, () => {
        for (const text of texts) assert.ok(said.includes(text), `${text} in ${said}`);
      });
});
