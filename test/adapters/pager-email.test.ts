import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { join } from 'node:path';
import { createEmailPager, type EmailPagerOptions } from '../../src/adapters/pager-email.ts';
import { Secret } from '../../src/values/secret.ts';
import { makeLetter, testPager } from '../contract/pager.ts';
import { makeCertificate } from '../support/certificate.ts';
import { makeFolder, type Folder } from '../support/folder.ts';
import { startMailServer, type MailServer, type MailServerOptions } from '../support/mail-server.ts';
import { makeHostilePage, makePrintedResource } from '../support/page.ts';

const PASSWORD = 'correct horse battery staple';
const LOGIN = { user: 'rollcall', password: PASSWORD };
const FROM = 'rollcall@example.org';
const never = new AbortController().signal;

function pagerAt(port: number, options: Partial<EmailPagerOptions> = {}, tls: 'starttls' | 'implicit' | 'off' = 'off') {
  const server = { host: '127.0.0.1', port, tls };
  const rest = { ca: undefined, auth: undefined, from: FROM, to: ['oncall@example.org'], timeout: 5000 };
  return createEmailPager({ name: 'mail', server, ...rest, ...options });
}

describe('behind a mail server', () => {
  let server: MailServer;

  before(async () => void (server = await startMailServer({ login: LOGIN })));
  after(() => server.close());

  testPager('email', {
    open: (_url, timeout) => pagerAt(server.port, { auth: { user: LOGIN.user, password: async () => new Secret(PASSWORD) }, timeout }),
    secrets: [PASSWORD],
  });
});

describe('the email pager', () => {
  const servers: MailServer[] = [];
  let folder: Folder;

  beforeEach(() => void (folder = makeFolder()));
  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => server.close()));
    folder.remove();
  });

  async function start(options: MailServerOptions = {}): Promise<MailServer> {
    const server = await startMailServer(options);
    servers.push(server);
    return server;
  }

  /** A server with a certificate of its own making, and the file that names it as an authority. */
  async function startTls(implicit: boolean): Promise<{ server: MailServer; ca: string }> {
    const certificate = makeCertificate();
    const ca = join(folder.path, 'ca.pem');
    writeFileSync(ca, certificate.cert);
    return { server: await start({ certificate, implicit, login: LOGIN }), ca };
  }

  it('mails plain text that says what is gone, from whom and to all', async () => {
    const { port, mails } = await start();
    const letter = makeLetter();
    const delivery = await pagerAt(port, { to: ['a@example.org', 'b@example.org'] }).deliver(letter, never);
    assert.deepEqual(delivery, { kind: 'delivered', ref: `<${letter.id}@example.org>` });
    const [mail, ...others] = mails;
    assert.ok(mail && others.length === 0);
    assert.deepEqual([mail.from, mail.to], [FROM, ['a@example.org', 'b@example.org']]);
    const { headers } = mail;
    assert.equal(headers['from'], '"rollcall vault-eu" <rollcall@example.org>');
    assert.equal(headers['to'], 'a@example.org, b@example.org');
    assert.equal(headers['subject'], 'CRITICAL: orders-db is gone: database orders does not exist on orders-pg');
    assert.equal(headers['message-id'], `<${letter.id}@example.org>`);
    assert.equal(headers['date'], 'Sun, 22 Nov 2026 10:00:02 +0000');
    assert.equal(headers['auto-submitted'], 'auto-generated');
    assert.equal(headers['importance'], 'high');
    assert.match(headers['content-type'] ?? '', /^text\/plain; charset=utf-8/);
    assert.match(mail.text, /^CRITICAL: orders-db is gone.*\nrollcall vault-eu at .*\norders-db: absent/);
    assert.match(mail.text, /\n {2}actual: nothing\n/);
  });

  it('keeps the Message-ID over attempts, and threads what follows below the first mail', async () => {
    const { port, mails, script } = await start();
    const pager = pagerAt(port);
    const first = makeLetter();
    script.data = { code: 451, say: 'later' };
    assert.equal((await pager.deliver(first, never)).kind, 'retryable');
    delete script.data;
    const receipt = await pager.deliver(first, never);
    assert.ok(receipt.kind === 'delivered' && receipt.ref);
    await pager.deliver(first, never);
    const resolve = await pager.deliver(makeLetter({ event: 'resolve', reason: 'resolved' }, receipt.ref), never);
    assert.deepEqual(resolve, receipt);
    const root = `<${first.id}@example.org>`;
    assert.deepEqual(
      mails.map(({ headers }) => [headers['message-id'] === root, headers['in-reply-to'], headers['references']]),
      [
        [true, undefined, undefined],
        [true, undefined, undefined],
        [false, root, root],
      ],
    );
    assert.equal(mails[2]?.headers['importance'], undefined);
  });

  it('takes no receipt of another make for a Message-ID', async () => {
    const { port, mails } = await start();
    for (const prior of ['C0123:123.4', '<a@b', '<a@b c>', '<a\r\nBcc: x@y@z>']) await pagerAt(port).deliver(makeLetter({}, prior), never);
    assert.deepEqual(
      mails.map(({ headers }) => headers['in-reply-to']),
      [undefined, undefined, undefined, undefined],
    );
  });

  it('lets no name add a field, a reader or markup', async () => {
    const { port, mails } = await start();
    await pagerAt(port).deliver({ id: 'x>\r\nBcc: a@b', page: makeHostilePage() }, never);
    await pagerAt(port).deliver(
      makeLetter({ summary: 'gone\r\nBcc: thief@example.org\r\n\r\n<b>', watchdog: 'w"\r\nBcc: thief@example.org' }),
      never,
    );
    assert.equal(mails.length, 2);
    for (const { headers, to, raw } of mails) {
      assert.deepEqual(to, ['oncall@example.org']);
      assert.deepEqual(Object.keys(headers).toSorted(), [
        'auto-submitted',
        'content-transfer-encoding',
        'content-type',
        'date',
        'from',
        'importance',
        'message-id',
        'mime-version',
        'subject',
        'to',
        'x-priority',
      ]);
      assert.match(headers['message-id'] ?? '', /^<[\w-]+@example\.org>$/);
      for (const line of raw.split('\r\n')) assert.ok(line.length <= 998);
    }
  });

  it('bounds the subject and the text', async () => {
    const { port, mails } = await start();
    const resources = Array.from({ length: 1000 }, (_, index) => makePrintedResource({ id: `db-${index}`, summary: 'é'.repeat(490) }));
    await pagerAt(port).deliver(makeLetter({ resources, summary: 'é'.repeat(900) }), never);
    const [mail] = mails;
    assert.ok(mail);
    assert.ok(Buffer.byteLength(mail.text) <= 65 * 1024);
    assert.match(mail.text, /\nand 9\d\d more, listed at /);
    assert.ok((mail.headers['subject'] ?? '').length < 2500);
  });

  it('speaks TLS by STARTTLS or from the first byte, to whom its authority vouches for, and logs in', async () => {
    for (const tls of ['starttls', 'implicit'] as const) {
      const { server, ca } = await startTls(tls === 'implicit');
      const auth = { user: LOGIN.user, password: new Secret(PASSWORD) };
      assert.equal((await pagerAt(server.port, { ca, auth }, tls).deliver(makeLetter(), never)).kind, 'delivered');
      assert.deepEqual([server.mails[0]?.secure, server.mails[0]?.user], [true, 'rollcall']);
      const stranger = await pagerAt(server.port, { auth }, tls).deliver(makeLetter(), never);
      assert.ok(stranger.kind === 'retryable');
      assert.match(stranger.why, /self-signed/);
      assert.equal(server.mails.length, 1);
    }
  });

  it('sends nothing in clear where the server does not offer STARTTLS', async () => {
    const server = await start({ login: LOGIN });
    const delivery = await pagerAt(server.port, { auth: { user: LOGIN.user, password: new Secret(PASSWORD) } }, 'starttls').deliver(
      makeLetter(),
      never,
    );
    assert.ok(delivery.kind !== 'delivered');
    assert.equal(server.mails.length, 0);
  });

  it('is refused where the password is wrong, and repeats no form of it', async () => {
    const { port } = await start({ login: LOGIN });
    const wrong = 'hunter2-and-more';
    const delivery = await pagerAt(port, { auth: { user: 'rollcall', password: new Secret(wrong) } }).deliver(makeLetter(), never);
    assert.ok(delivery.kind === 'refused');
    assert.match(delivery.why, /535/);
    assert.ok(!delivery.why.includes(wrong) && !delivery.why.includes(Buffer.from(wrong).toString('base64')), delivery.why);
  });

  it('tells what is refused for good from what is worth another try, at every step', async () => {
    const { port, script, mails } = await start();
    for (const [code, kind] of [
      [421, 'retryable'],
      [451, 'retryable'],
      [550, 'refused'],
      [554, 'refused'],
    ] as const) {
      const step = { code, say: 'no, thank you' };
      script.recipient = () => step;
      const recipient = await pagerAt(port).deliver(makeLetter(), never);
      delete script.recipient;
      script.data = step;
      const data = await pagerAt(port).deliver(makeLetter(), never);
      delete script.data;
      for (const delivery of [recipient, data]) {
        assert.ok(delivery.kind === kind, JSON.stringify([code, delivery]));
        assert.match(delivery.why, new RegExp(`${code}.*no, thank you`));
      }
    }
    assert.equal(mails.length, 0);
  });

  it('sends again only to those who have not been taken, and names those who never are', async () => {
    const { port, script, mails } = await start();
    const pager = pagerAt(port, { to: ['a@example.org', 'b@example.org', 'c@example.org'] });
    script.recipient = (address) => (address.startsWith('a') ? undefined : { code: address.startsWith('b') ? 450 : 550, say: 'no' });
    const letter = makeLetter();
    const first = await pager.deliver(letter, never);
    assert.ok(first.kind === 'retryable');
    assert.match(first.why, /b@example\.org: .*450.*c@example\.org: .*550/);
    script.recipient = (address) => (address.startsWith('c') ? { code: 550, say: 'no' } : undefined);
    assert.deepEqual(await pager.deliver(letter, never), {
      kind: 'delivered',
      ref: `<${letter.id}@example.org> without c@example.org`,
    });
    assert.deepEqual(
      mails.map(({ to }) => to),
      [['a@example.org'], ['b@example.org']],
    );
    assert.equal(mails[1]?.headers['to'], 'a@example.org, b@example.org, c@example.org');
  });

  it('gives up on a server that says nothing, or stops in the middle', async () => {
    const { port, script } = await start();
    for (const step of ['connect', 'data'] as const) {
      script[step] = 'hang';
      const begun = performance.now();
      const delivery = await pagerAt(port, { timeout: 300 }).deliver(makeLetter(), never);
      assert.deepEqual(delivery, { kind: 'retryable', why: 'no answer within 300ms' });
      assert.ok(performance.now() - begun < 60_000);
      delete script[step];
    }
  });

  it('lets go of the connection at once where the caller gives up', async () => {
    const sockets: Socket[] = [];
    const silent = createServer((socket) => void sockets.push(socket.on('error', () => {})));
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const caller = new AbortController();
    const connected = new Promise((resolve) => silent.once('connection', resolve));
    const delivery = pagerAt((silent.address() as AddressInfo).port, { timeout: 100_000 }).deliver(makeLetter(), caller.signal);
    await connected;
    const closed = new Promise((resolve) => sockets[0]?.once('close', resolve));
    sockets[0]?.resume();
    const begun = performance.now();
    caller.abort();
    assert.equal((await delivery).kind, 'retryable');
    await closed;
    assert.ok(performance.now() - begun < 60_000);
    await new Promise((resolve) => silent.close(resolve));
  });

  it('calls a server that is not there, or that speaks something else, worth another try', async () => {
    const ended = await startMailServer();
    await ended.close();
    const gone = await pagerAt(ended.port).deliver(makeLetter(), never);
    assert.ok(gone.kind === 'retryable');
    assert.match(gone.why, /ECONNREFUSED/);
    const web = createServer((socket) => socket.on('error', () => {}).end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve));
    assert.equal((await pagerAt((web.address() as AddressInfo).port).deliver(makeLetter(), never)).kind, 'retryable');
    await new Promise((resolve) => web.close(resolve));
  });
});
