import { Socket } from 'node:net';
import type * as Nodemailer from 'nodemailer';
import type { Delivery } from '../ports.ts';
import { formatDuration } from '../values/duration.ts';
import { redact } from '../values/secret.ts';
import { clean } from '../values/text.ts';
import type { MailMessage } from './mail-message.ts';

export interface SmtpServer {
  readonly host: string;
  readonly port: number;
  /** `implicit`: TLS from the first byte; `starttls`: no word but over TLS; `off`: in clear. */
  readonly tls: 'implicit' | 'starttls' | 'off';
  /** PEM; the system's authorities without it. */
  readonly ca?: string;
  readonly auth?: { readonly user: string; readonly password: string };
}

export interface SmtpSend {
  readonly server: SmtpServer;
  readonly mail: MailMessage;
  /** Whom this attempt is for: some or all of the mail's readers. */
  readonly recipients: readonly string[];
  /** For the whole attempt, ms. */
  readonly timeout: number;
  readonly signal: AbortSignal;
}

/**
 * One SMTP session, never longer than `timeout`; what became of each recipient. A 250 after the text is the receipt. Replies of 5xx are
 * refusals (RFC 5321 §4.2.1: do not repeat as it is), everything else is worth another try. Never throws, never quotes the password.
 */
export async function smtpSend(nodemailer: typeof Nodemailer, send: SmtpSend): Promise<ReadonlyMap<string, Delivery>> {
  const { server, mail, recipients, timeout, signal } = send;
  const { host, port, tls, ca, auth } = server;
  const socket = new Socket();
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    socket.destroy(new Error('too late'));
  }, timeout);
  const giveUp = (): void => void socket.destroy(new Error('given up'));
  signal.addEventListener('abort', giveUp, { once: true });
  // Its clocks run out after ours, whose word for it is the one to say.
  const theirs = 2 * timeout + 1000;
  const transport = nodemailer.createTransport({
    host,
    port,
    socket,
    secure: tls === 'implicit',
    requireTLS: tls === 'starttls',
    ignoreTLS: tls === 'off',
    tls: { minVersion: 'TLSv1.2', ...(ca === undefined ? {} : { ca }) },
    ...(auth && { auth: { user: auth.user, pass: auth.password } }),
    connectionTimeout: theirs,
    dnsTimeout: theirs,
    greetingTimeout: theirs,
    socketTimeout: theirs,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const failure = (error: unknown): Delivery =>
    late ? { kind: 'retryable', why: `no answer within ${formatDuration(timeout)}` } : failureOf(error, auth);
  try {
    const message = { ...mail, to: [...mail.to], textEncoding: 'quoted-printable' as const };
    const info = await transport.sendMail({ ...message, envelope: { from: mail.from.address, to: [...recipients] } });
    return each(recipients, info.rejectedErrors, { kind: 'delivered', ref: null }, failure);
  } catch (error) {
    return each(recipients, rejectedBy(error), failure(error), failure);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', giveUp);
    transport.close();
    // Whatever the library still waits for, the session is over.
    socket.destroy();
  }
}

/** Each recipient's own error where it has one, else what became of the mail. */
function each(
  recipients: readonly string[],
  rejected: readonly Error[] | undefined,
  otherwise: Delivery,
  failure: (error: unknown) => Delivery,
): ReadonlyMap<string, Delivery> {
  const errors = new Map(rejected?.map((error) => [String(field(error, 'recipient')), error]));
  return new Map(
    recipients.map((recipient) => {
      const error = errors.get(recipient);
      return [recipient, error ? failure(error) : otherwise];
    }),
  );
}

function rejectedBy(error: unknown): readonly Error[] | undefined {
  const rejected = field(error, 'rejectedErrors');
  return Array.isArray(rejected) ? rejected.filter((one) => one instanceof Error) : undefined;
}

function failureOf(error: unknown, auth: SmtpServer['auth']): Delivery {
  const status = field(error, 'responseCode');
  const text = error instanceof Error ? error.message : String(error);
  const code = field(error, 'code');
  const secrets = auth ? [auth.password, base64(auth.password), base64(`\0${auth.user}\0${auth.password}`)] : [];
  const why = clean(redact(typeof code === 'string' && !text.includes(code) ? `${text} (${code})` : text, secrets));
  return { kind: typeof status === 'number' && status >= 500 && status < 600 ? 'refused' : 'retryable', why };
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}
