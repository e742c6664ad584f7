import { readFile } from 'node:fs/promises';
import type { Pager } from '../ports.ts';
import { guardPager } from './guard-pager.ts';
import { rootOf, toMail } from './mail-message.ts';
import { readSecret, type SecretSource } from './secret-source.ts';
import { SeveralReceivers } from './several-receivers.ts';
import { smtpSend, type SmtpServer } from './smtp-send.ts';

export interface EmailPagerOptions {
  readonly name: string;
  readonly server: Pick<SmtpServer, 'host' | 'port' | 'tls'>;
  /** Absolute path of a PEM file with the authorities to trust; the system's without it. */
  readonly ca: string | undefined;
  readonly auth: { readonly user: string; readonly password: SecretSource } | undefined;
  readonly from: string;
  readonly to: readonly string[];
  /** One attempt, ms. */
  readonly timeout: number;
}

/**
 * Mails pages over SMTP. The receipt says that the server took the mail into its queue, not that it arrived. Its `ref` begins with the
 * Message-ID of the incident's first mail, which the later ones refer to; mailboxes that the server would not take are named behind it.
 */
export function createEmailPager(options: EmailPagerOptions): Pager {
  // Loaded only where a mail pager is configured, and then before the first page: by then the disk may be gone.
  const library = import('nodemailer');
  library.catch(() => undefined);
  const several = new SeveralReceivers();
  return guardPager(options.name, async (letter, signal, secrets) => {
    const { server, from, to, timeout } = options;
    const auth = options.auth && { user: options.auth.user, password: await readSecret(options.auth.password) };
    if (auth) secrets.push(auth.password);
    const ca = options.ca === undefined ? undefined : await readFile(options.ca, 'utf8');
    const root = rootOf(letter.prior);
    const mail = toMail(letter, from, to, root);
    const results = await smtpSend(await library, {
      server: { ...server, ...(ca === undefined ? {} : { ca }), ...(auth && { auth }) },
      mail,
      recipients: several.missing(letter.id, to),
      timeout,
      signal,
    });
    const { delivery, lacking } = several.settle(letter.id, results, false);
    if (delivery.kind !== 'delivered') return delivery;
    const without = lacking.length > 0 ? ` without ${lacking.join(', ')}`.slice(0, 300) : '';
    return { kind: 'delivered', ref: `${root ?? mail.messageId}${without}` };
  });
}
