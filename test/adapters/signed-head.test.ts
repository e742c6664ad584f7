import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { toAlert } from '../../src/adapters/alertmanager-alert.ts';
import { findCheckpoint, isSignedBy, signCheckpoint } from '../../src/adapters/checkpoint.ts';
import { toMail } from '../../src/adapters/mail-message.ts';
import { ED25519, printKey } from '../../src/adapters/note-key.ts';
import { fitBody } from '../../src/adapters/page-body.ts';
import { toPagerDutyEvent } from '../../src/adapters/pagerduty-event.ts';
import { createNtfyPager } from '../../src/adapters/pager-ntfy.ts';
import { slackMessage, slackNote, type SlackMessage } from '../../src/adapters/slack-message.ts';
import type { Page } from '../../src/core/page.ts';
import { startMailServer } from '../support/mail-server.ts';
import { createEmailPager } from '../../src/adapters/pager-email.ts';
import { makePage, makePrintedResource } from '../support/page.ts';
import { startReceiver } from '../support/receiver.ts';
import { FakeClock } from '../support/fake-clock.ts';

const { privateKey: key } = generateKeyPairSync('ed25519');
const ORIGIN = 'rollcall/vault%20eu';
const LINE = printKey(ORIGIN, key, ED25519);
const checkpoint = signCheckpoint({ origin: ORIGIN, size: 812, root: Buffer.alloc(32, 7).toString('base64') }, key);
const signed = (parts: Partial<Page> = {}) => makePage({ ledger_head: { seq: 812, hash: 'a'.repeat(64), checkpoint }, ...parts });
const textOf = ({ blocks }: SlackMessage) =>
  blocks.map((block) => (block.type === 'context' ? block.elements[0].text : block.text.text)).join('\n');
const mailOf = (page: Page) => toMail({ id: 'msg_1', page }, 'rollcall@example.org', ['a@example.org'], undefined).text;
const many = Array.from({ length: 300 }, (_, n) =>
  makePrintedResource({ id: `db-${n}`, summary: `database db-${n} is gone. ${'x'.repeat(200)}` }),
);

/** Messages as people keep them, each with what comes around the signed head when it is saved or copied. */
const KEPT: Readonly<Record<string, (page: Page) => string>> = {
  'a mail': mailOf,
  'a mail as it was saved, with the ends of lines of mail': (page) => `Subject: x\r\n\r\n${mailOf(page).replaceAll('\n', '\r\n')}`,
  'a mail that was answered': (page) => mailOf(page).replace(/^/gm, '> '),
  'a message of Slack': (page) => textOf(slackMessage(page)),
  'a note in a thread of Slack': (page) => textOf(slackNote(page)),
  'an annotation of Alertmanager': (page) => toAlert(page, 0, 1000).annotations['checkpoint'] ?? '',
  'the details in PagerDuty': (page) =>
    (toPagerDutyEvent(page, 'key').payload.custom_details as { ledger_head: { checkpoint: string } }).ledger_head.checkpoint,
};

describe('the signed head of the record', () => {
  for (const [name, keep] of Object.entries(KEPT))
    it(`is found again in ${name}, also in that of a page about hundreds`, () => {
      for (const page of [signed(), signed({ resources: many, total: many.length })]) {
        const found = findCheckpoint(keep(page));
        assert.ok(found && isSignedBy(found, LINE), keep(page).slice(-500));
        assert.equal(found.size, 812);
      }
    });

  it('is found again in a message of ntfy', async () => {
    const receiver = await startReceiver({ status: 200, body: JSON.stringify({ id: 'sPs71M8A2T', event: 'message' }) });
    const parts = { name: 'phone', server: receiver.url, topic: 'pages', token: undefined, timeout: 5000, clock: new FakeClock() };
    const pager = createNtfyPager(parts);
    await pager.deliver({ id: 'msg_1', page: signed() }, new AbortController().signal);
    const { message = '' } = (receiver.requests[0]?.body ?? {}) as { message?: string };
    const found = findCheckpoint(message);
    assert.ok(found && isSignedBy(found, LINE), message);
    await receiver.close();
  });

  it('is found again in a mail as it travelled and was saved', async () => {
    const server = await startMailServer();
    const to = { host: '127.0.0.1', port: server.port, tls: 'off' } as const;
    const rest = { ca: undefined, auth: undefined, from: 'rollcall@example.org', to: ['a@example.org'], timeout: 5000 };
    await createEmailPager({ name: 'mail', server: to, ...rest }).deliver({ id: 'msg_1', page: signed() }, new AbortController().signal);
    const raw = server.mails[0]?.raw ?? '';
    assert.match(raw, /quoted-printable/);
    const found = findCheckpoint(raw);
    assert.ok(found && isSignedBy(found, LINE), raw);
    await server.close();
  });

  it('takes the room of nothing else, and is whole or not there', () => {
    const without = fitBody(makePage(), [], () => true);
    for (const room of [without.length, without.length + 100, without.length + 1000]) {
      const text = fitBody(signed(), [], (one) => one.length <= room);
      assert.ok(text.startsWith(without));
      assert.equal(findCheckpoint(text) !== undefined, room > without.length + 500);
      if (room <= without.length + 500) assert.equal(text, without);
    }
  });

  it('is not in what nobody signed', () => {
    for (const [name, keep] of Object.entries(KEPT)) {
      if (name.includes('PagerDuty')) continue;
      assert.doesNotMatch(keep(makePage()), /the record, signed|undefined/);
      assert.equal(findCheckpoint(keep(makePage())), undefined);
    }
    assert.equal(toAlert(makePage(), 0, 1000).annotations['checkpoint'], undefined);
  });

  it('is found whatever stands around it, and only where it is whole', () => {
    assert.equal(findCheckpoint(`before\n${checkpoint}after\n`)?.size, 812);
    assert.equal(findCheckpoint(checkpoint.replace('\n\n', '\n'))?.size, undefined);
    assert.equal(findCheckpoint(checkpoint.slice(0, checkpoint.indexOf('\u2014')))?.size, undefined);
    assert.equal(findCheckpoint('x'.repeat(1_000_000))?.size, undefined);
  });
});
