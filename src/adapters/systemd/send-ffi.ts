/** Sends one datagram; false where the system did not take it at once. */
export interface DatagramSocket {
  send(message: string): boolean;
  close(): void;
}

// Linux: AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, MSG_DONTWAIT | MSG_NOSIGNAL; struct sockaddr_un holds 108 bytes of path.
const AF_UNIX = 1;
const SOCK_DGRAM_CLOEXEC = 0o2000002;
const DONTWAIT_NOSIGNAL = 0x4040;
const MAX_PATH = 108;

/**
 * A unix datagram socket, which Node has none of, through libc and `node:ffi` (since Node 26.1, experimental: loading it emits one
 * ExperimentalWarning). Undefined where there is no `node:ffi`, no libc of Linux, or the path does not fit.
 * @param path of the receiving socket; a leading `@` names the abstract namespace.
 */
export async function openFfiSocket(path: string): Promise<DatagramSocket | undefined> {
  const address = socketAddress(path);
  if (!address) return undefined;
  try {
    const { dlopen } = await import('node:ffi');
    const { functions: libc } = dlopen(null, {
      socket: { arguments: ['i32', 'i32', 'i32'], return: 'i32' },
      sendto: { arguments: ['i32', 'buffer', 'u64', 'i32', 'buffer', 'u32'], return: 'i64' },
      close: { arguments: ['i32'], return: 'i32' },
    });
    const fd = libc.socket(AF_UNIX, SOCK_DGRAM_CLOEXEC, 0);
    if (fd < 0) return undefined;
    return {
      send(message) {
        const bytes = Buffer.from(message);
        return libc.sendto(fd, bytes, BigInt(bytes.length), DONTWAIT_NOSIGNAL, address, address.length) === BigInt(bytes.length);
      },
      close: () => void libc.close(fd),
    };
  } catch {
    return undefined;
  }
}

function socketAddress(path: string): Buffer | undefined {
  const name = Buffer.from(path.startsWith('@') ? `\0${path.slice(1)}` : `${path}\0`);
  if (name.length > MAX_PATH) return undefined;
  const family = new Uint8Array(new Uint16Array([AF_UNIX]).buffer);
  return Buffer.concat([family, name]);
}
