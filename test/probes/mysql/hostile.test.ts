import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { Watcher } from './helpers.ts';

const PASSWORD = 'only-the-watcher-knows';
const MIB = 1024 ** 2;

/** One packet of the protocol: three bytes of length, its number, what it says. */
function packet(nth: number, ...parts: readonly (string | readonly number[])[]): Buffer {
  const said = Buffer.concat(parts.map((part) => Buffer.from(part as string)));
  return Buffer.concat([Buffer.from([said.length & 255, (said.length >> 8) & 255, said.length >> 16, nth]), said]);
}

const zeros = (length: number) => Array.from({ length }, () => 0);
const HELLO = packet(
  0,
  [10],
  '8.0.36\0',
  [1, 0, 0, 0],
  '12345678',
  [0, 0xff, 0xf7, 33, 2, 0, 0xff, 0x81, 21],
  zeros(10),
  '123456789012\0',
  'mysql_native_password\0',
);
const OK = packet(2, [0, 0, 0, 2, 0, 0, 0]);

/** What a watcher says of a server that does `say` to whoever comes, and all that it told that server. */
async function look(say: (socket: Socket) => void): Promise<{ reason: string; excerpt: string; heard: string }> {
  let heard = '';
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => undefined).on('data', (data) => (heard += data.toString('latin1'))));
    say(socket);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    const url = `mysql://watcher:${PASSWORD}@127.0.0.1:${(server.address() as AddressInfo).port}`;
    await using watcher = new Watcher(url, { app: { name: 'app' } });
    const [report, ...others] = await watcher.reports('sweep');
    assert.ok(report?.kind === 'blind' && others.length === 0);
    assert.ok(!JSON.stringify(report).includes(PASSWORD));
    return { reason: report.reason, excerpt: report.evidence.excerpt, heard };
  } finally {
    for (const socket of sockets) socket.destroy();
    server.close();
  }
}

describe('what answers in the place of a MySQL', () => {
  it('and asks for the password in clear does not get it', async () => {
    const { reason, excerpt, heard } = await look((socket) => {
      socket.write(HELLO);
      socket.once('data', () => socket.write(packet(2, [0xfe], 'mysql_clear_password\0')));
    });
    assert.equal(reason, 'protocol');
    assert.match(excerpt, /mysql_clear_password/);
    assert.match(heard, /watcher/);
    assert.ok(!heard.includes(PASSWORD));
  });

  it('and asks for a proof that nobody here speaks is not understood', async () => {
    const { reason, excerpt } = await look((socket) => {
      socket.write(HELLO);
      socket.once('data', () => socket.write(packet(2, [0xfe], 'client_ed25519\0', '1234')));
    });
    assert.equal(reason, 'protocol');
    assert.match(excerpt, /client_ed25519/);
  });

  it('and offers no TLS where it is asked for gets nothing', async () => {
    const server = createServer((socket) =>
      socket
        .on('error', () => undefined)
        .write(
          packet(
            0,
            [10],
            '8.0.36\0',
            [1, 0, 0, 0],
            '12345678',
            [0, 0xff, 0xf3, 33, 2, 0, 0xff, 0x81, 21],
            zeros(10),
            '123456789012\0',
            'mysql_native_password\0',
          ),
        ),
    );
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    try {
      const url = `mysql://watcher:${PASSWORD}@127.0.0.1:${(server.address() as AddressInfo).port}`;
      await using watcher = new Watcher(url, { app: { name: 'app' } }, { tls: { mode: 'require' } });
      const [report] = await watcher.reports('sweep');
      assert.ok(report?.kind === 'blind' && report.reason === 'unreachable');
    } finally {
      server.close();
    }
  });

  for (const [what, bytes] of [
    ['another protocol', Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'.repeat(20))],
    ['nonsense', Buffer.from('0100000a0500000001fffefdfc', 'hex')],
    ['an error that is cut off', packet(0, [0xff])],
  ] as const)
    it(`and speaks ${what} ends nothing but its own connection`, async () => {
      const { reason } = await look((socket) => socket.end(bytes));
      assert.ok(['protocol', 'unreachable', 'timeout'].includes(reason), reason);
    });

  it('and answers a question with nonsense is not believed', async () => {
    const { reason } = await look((socket) => {
      socket.write(HELLO);
      socket.once('data', () => {
        socket.write(OK);
        socket.on('data', () => socket.write(packet(1, [3, 255, 255, 255])));
      });
    });
    assert.ok(['protocol', 'timeout'].includes(reason), reason);
  });

  it('and answers without end is cut off', async () => {
    const { reason, excerpt } = await look((socket) => {
      socket.write(HELLO);
      socket.once('data', () => {
        socket.write(OK);
        socket.once('data', () => {
          const more = () => {
            while (socket.writable && socket.write(Buffer.alloc(MIB, 255)));
            socket.once('drain', more);
          };
          more();
        });
      });
    });
    assert.equal(reason, 'protocol');
    assert.match(excerpt, /more than 64 MiB|does not speak as a MySQL does/);
  });
});
