import { createHash } from 'node:crypto';
import type { Letter } from '../ports.ts';
import { clean } from '../values/text.ts';
import { fitBody } from './page-body.ts';
import { headline } from './page-text.ts';

const MAX_SUBJECT = 200;
const MAX_TEXT = 64 * 1024;

/** A mail as nodemailer takes it. Plain text only: markup from a resource's name has nothing to act on. */
export interface MailMessage {
  readonly from: { readonly name: string; readonly address: string };
  readonly to: readonly { readonly name: string; readonly address: string }[];
  readonly subject: string;
  readonly text: string;
  readonly messageId: string;
  readonly inReplyTo?: string;
  readonly references?: string;
  readonly date: Date;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * The mail for a letter: the same over all attempts, so that a reader's program can drop the copy of one that was sent twice. `root` is
 * the Message-ID of the incident's first mail, where there was one.
 */
export function toMail(letter: Letter, from: string, to: readonly string[], root: string | undefined): MailMessage {
  const { page } = letter;
  const line = headline(page);
  return {
    from: { name: clean(`rollcall ${page.watchdog}`, 100), address: from },
    to: to.map((address) => ({ name: '', address })),
    subject: clean(line, MAX_SUBJECT),
    text: `${fitBody(page, [line], (text) => Buffer.byteLength(text) <= MAX_TEXT)}\n`,
    messageId: messageId(letter.id, from),
    ...(root === undefined ? {} : { inReplyTo: root, references: root }),
    date: new Date(page.at),
    headers: {
      // RFC 3834: no holiday notice answers it.
      'Auto-Submitted': 'auto-generated',
      ...(page.event === 'trigger' && page.severity === 'critical' ? { Importance: 'high', 'X-Priority': '1' } : {}),
    },
  };
}

/** Made of the letter's id alone and the sender's domain. */
export function messageId(id: string, from: string): string {
  const local = /^[\w-]{1,64}$/.test(id) ? id : createHash('sha256').update(id).digest('hex');
  return `<${local}@${from.slice(from.lastIndexOf('@') + 1)}>`;
}

/** The Message-ID that a receipt begins with. */
export function rootOf(receipt: string | undefined): string | undefined {
  return /^<[\w.-]+@[\w.-]+>/.exec(receipt ?? '')?.[0];
}
