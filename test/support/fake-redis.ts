import { createServer, type AddressInfo, type Socket } from 'node:net';

/** Takes the question and says nothing. */
export const HANG = Symbol('hang');
/** Ends the connection. */
export const CUT = Symbol('cut');

/** RESP as it goes out, or none. */
export type RedisAnswer = string | Buffer | typeof HANG | typeof CUT;

export interface FakeRedis extends AsyncDisposable {
  readonly port: number;
  /** Every command that came, in order, its name in capitals. */
  readonly asked: readonly (readonly string[])[];
  /** Connections that were made. */
  readonly connections: () => number;
}

export const bulk = (text: string): string => `$${Buffer.byteLength(text)}\r\n${text}\r\n`;

/** A server on loopback that speaks RESP and answers as told: what a real one cannot be brought to say, or to leave unsaid. */
export async function startFakeRedis(answer: (words: readonly string[]) => RedisAnswer): Promise<FakeRedis> {
  const asked: (readonly string[])[] = [];
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createServer((socket) => {
    connections++;
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    socket.on('error', () => {});
    let held = '';
    socket.on('data', (chunk) => {
      held += chunk.toString('latin1');
      for (let found = nextCommand(held); found; found = nextCommand(held)) {
        held = held.slice(found.length);
        const words = [found.words[0]?.toUpperCase() ?? '', ...found.words.slice(1)];
        asked.push(words);
        const said = answer(words);
        if (said === CUT) socket.destroy();
        else if (said !== HANG) socket.write(said);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    asked,
    connections: () => connections,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The first whole command of what has come, and how long it is. */
function nextCommand(text: string): { readonly words: readonly string[]; readonly length: number } | undefined {
  const head = /^\*(\d+)\r\n/.exec(text);
  if (!head) return undefined;
  const words: string[] = [];
  let at = head[0].length;
  for (let left = Number(head[1]); left > 0; left--) {
    const size = /^\$(\d+)\r\n/.exec(text.slice(at, at + 20));
    if (!size) return undefined;
    const from = at + size[0].length;
    const end = from + Number(size[1]);
    if (text.length < end + 2) return undefined;
    words.push(Buffer.from(text.slice(from, end), 'latin1').toString('utf8'));
    at = end + 2;
  }
  return { words, length: at };
}
