import { dlopen } from 'node:ffi';
import { rmSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';

/** A bound unix datagram socket, as a service manager has one. Node has none, so it is made through libc. */
export interface Datagrams {
  readonly path: string;
  /** The next message, which may still be on its way. */
  receive(): Promise<string>;
  close(): void;
}

const SOCK_DGRAM_CLOEXEC = 0o2000002;
const MSG_DONTWAIT = 0x40;

export function bindDatagrams(path: string): Datagrams {
  const { functions: libc } = dlopen(null, {
    socket: { arguments: ['i32', 'i32', 'i32'], return: 'i32' },
    bind: { arguments: ['i32', 'buffer', 'u32'], return: 'i32' },
    recv: { arguments: ['i32', 'buffer', 'u64', 'i32'], return: 'i64' },
    close: { arguments: ['i32'], return: 'i32' },
  });
  const fd = libc.socket(1, SOCK_DGRAM_CLOEXEC, 0);
  const address = Buffer.from(`\u0001\0${path.startsWith('@') ? `\0${path.slice(1)}` : `${path}\0`}`);
  if (libc.bind(fd, address, address.length) !== 0) throw new Error(`cannot bind ${path}`);
  return {
    path,
    async receive() {
      const buffer = Buffer.alloc(4096);
      for (;;) {
        const length = Number(libc.recv(fd, buffer, BigInt(buffer.length), MSG_DONTWAIT));
        if (length >= 0) return buffer.toString('utf8', 0, length);
        await wait(2);
      }
    },
    close() {
      libc.close(fd);
      rmSync(path, { force: true });
    },
  };
}
