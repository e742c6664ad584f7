import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import type { Certificate } from './certificate.ts';

/** A mail that the server took in. */
export interface ReceivedMail {
  readonly from: string;
  readonly to: readonly string[];
  readonly user: string | undefined;
  readonly secure: boolean;
  /** Header fields, unfolded, names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** The text, decoded from quoted-printable. */
  readonly text: string;
  readonly raw: string;
}

/** The reply of a refused step, `undefined` to go on, `hang` to say nothing for ever. */
type Step = { readonly code: number; readonly say: string } | 'hang' | undefined;

export interface MailServerOptions {
  readonly certificate?: Certificate;
  /** TLS from the first byte. */
  readonly implicit?: boolean;
  /** Without it anybody may send. */
  readonly login?: { readonly user: string; readonly password: string };
}

/** What the server says to each step; changed while it runs. */
export interface Script {
  connect?: Step;
  recipient?: (address: string) => Step;
  data?: Step;
}

export interface MailServer {
  readonly port: number;
  readonly mails: readonly ReceivedMail[];
  readonly script: Script;
  /** Connections made so far. */
  connections(): number;
  close(): Promise<void>;
}

/** A real SMTP server on loopback; it offers STARTTLS where it has a certificate. */
export async function startMailServer({ certificate, implicit = false, login }: MailServerOptions = {}): Promise<MailServer> {
  const mails: ReceivedMail[] = [];
  const script: Script = {};
  let connections = 0;
  const answer = (step: Step, callback: (error?: Error | null) => void): void => {
    if (step === 'hang') return;
    callback(step && Object.assign(new Error(step.say), { responseCode: step.code }));
  };
  const server = new SMTPServer({
    ...certificate,
    secure: implicit,
    hideSTARTTLS: certificate === undefined,
    authOptional: login === undefined,
    allowInsecureAuth: true,
    closeTimeout: 100,
    logger: false,
    onConnect: (_session, callback) => {
      connections++;
      answer(script.connect, callback);
    },
    onAuth: ({ username, password }, _session, callback) => {
      const told = password ?? '';
      if (username === login?.user && told === login?.password) callback(null, { user: username ?? '' });
      // A server that repeats what it was told.
      else callback(Object.assign(new Error(`no: ${told} ${Buffer.from(told).toString('base64')}`), { responseCode: 535 }));
    },
    onRcptTo: ({ address }, _session, callback) => answer(script.recipient?.(address), callback),
    onData: (stream, session, callback) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const { mailFrom, rcptTo } = session.envelope;
        const raw = Buffer.concat(chunks).toString('utf8');
        const to = rcptTo.map(({ address }) => address);
        const from = mailFrom === false ? '' : mailFrom.address;
        if (script.data === undefined)
          mails.push({ from, to, user: session.user as string | undefined, secure: session.secure, ...parse(raw) });
        answer(script.data, callback);
      });
    },
  });
  // A client that hangs up in the middle is what some tests are about.
  server.on('error', () => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.server.address() as AddressInfo).port,
    mails,
    script,
    connections: () => connections,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

function parse(raw: string): Pick<ReceivedMail, 'headers' | 'text' | 'raw'> {
  const end = raw.indexOf('\r\n\r\n');
  const fields = raw
    .slice(0, end)
    .replaceAll(/\r\n[ \t]+/g, ' ')
    .split('\r\n');
  const headers = Object.fromEntries(
    fields.map((line) => [line.split(':', 1)[0]?.toLowerCase() ?? '', line.slice(line.indexOf(':') + 1).trim()]),
  );
  const bytes = raw
    .slice(end + 4)
    .replaceAll('=\r\n', '')
    .replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return { headers, text: Buffer.from(bytes, 'latin1').toString('utf8').replaceAll('\r\n', '\n'), raw };
}
