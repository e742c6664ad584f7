/**
 * PostgreSQL servers that a fleet is simulated with: as much of the protocol (version 3, Frontend/Backend Protocol) as the postgres probe
 * speaks in a sweep, on a port of 127.0.0.1 each, all in one process of their own. Says its ports as one line of JSON. On SIGUSR2 every
 * database but `postgres` is gone; says when it has told of that for the second time, as `{"told": ms since 1970}`.
 */
import { createServer, type Socket } from 'node:net';

/** What the process is told, through its environment. */
export interface SimulatedServers {
  readonly servers: number;
  /** Databases of each: `db_1` up to this, and `postgres`. */
  readonly databases: number;
}

const SSL_REQUEST = 80_877_103;
const CANCEL_REQUEST = 80_877_102;
const TEXT = 25;
const INT4 = 23;
const FLOAT8 = 701;
const READY = message('Z', Buffer.from('I'));
/** AuthenticationOk, then BackendKeyData. */
const WELCOME = Buffer.concat([message('R', int32(0)), message('K', int32(1), int32(1)), READY]);

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

function message(type: string, ...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  return Buffer.concat([Buffer.from(type), int32(body.length + 4), body]);
}

function int16(value: number): Buffer {
  return int32(value).subarray(2);
}

function done(tag: string): Buffer {
  return message('C', Buffer.from(`${tag}\0`));
}

interface Answer {
  readonly described: Buffer;
  readonly given: Buffer;
}

/** One row of text: its description, then the row and the end of the command. */
function answer(row: Readonly<Record<string, { readonly type: number; readonly text: string }>>): Answer {
  const columns = Object.entries(row);
  const described = columns.map(([name, { type }]) =>
    Buffer.concat([Buffer.from(`${name}\0`), int32(0), int16(0), int32(type), int16(-1), int32(-1), int16(0)]),
  );
  const values = columns.map(([, { text }]) => {
    const bytes = Buffer.from(text);
    return Buffer.concat([int32(bytes.length), bytes]);
  });
  const count = int16(columns.length);
  return { described: message('T', count, ...described), given: Buffer.concat([message('D', count, ...values), done('SELECT 1')]) };
}

/** The answer to the sweep's question. */
function catalogue(server: number, names: readonly string[], answers: number): Answer {
  const databases = names.map((name, n) => [String(16_384 + n), name, true, -1, false, answers, 0, '']);
  return answer({
    system: { type: TEXT, text: `73014420000000${String(server).padStart(5, '0')}` },
    timeline: { type: INT4, text: '1' },
    started: { type: TEXT, text: '2026-01-01 00:00:00+00' },
    asked: { type: TEXT, text: 'postgres' },
    behind: { type: FLOAT8, text: '0' },
    databases: { type: TEXT, text: JSON.stringify(databases) },
  });
}

function serve(socket: Socket, question: () => Answer): void {
  const asked: Asked = { statements: new Map(), answer: undefined, question };
  let rest: Buffer = Buffer.alloc(0);
  let begun = false;
  socket.on('error', () => socket.destroy());
  socket.on('data', (bytes: Buffer) => {
    rest = Buffer.concat([rest, bytes]);
    for (;;) {
      const head = begun ? 1 : 0;
      if (rest.length < head + 4) return;
      const length = head + rest.readInt32BE(head);
      if (rest.length < length) return;
      const [type, body] = [begun ? String.fromCharCode(rest[0] ?? 0) : '', rest.subarray(head + 4, length)];
      rest = rest.subarray(length);
      if (begun) socket.write(reply(type, body, asked));
      else if (body.readInt32BE(0) === CANCEL_REQUEST) socket.destroy();
      else if (body.readInt32BE(0) === SSL_REQUEST) socket.write('N');
      else {
        begun = true;
        socket.write(WELCOME);
      }
      if (type === 'X') socket.end();
    }
  });
}

/** What one connection has asked by the extended query. */
interface Asked {
  /** By name of the statement: whether it is the sweep's question. */
  readonly statements: Map<string, boolean>;
  /** To what was bound last, where that is the sweep's question. */
  answer: Answer | undefined;
  readonly question: () => Answer;
}

const isSweep = (text: Buffer): boolean => text.includes('pg_catalog.pg_database');

/** The `n`th of the strings that a message begins with. */
function string(body: Buffer, n: number): string {
  return body.toString('latin1').split('\0', n + 1)[n] ?? '';
}

/** Simple query, and the extended one's Parse, Bind, Describe, Execute and Sync. */
function reply(type: string, body: Buffer, asked: Asked): Buffer {
  switch (type) {
    case 'Q':
      return Buffer.concat([done('SELECT 0'), READY]);
    case 'P':
      asked.statements.set(string(body, 0), isSweep(body));
      return message('1');
    case 'B':
      asked.answer = asked.statements.get(string(body, 1)) === true ? asked.question() : undefined;
      return message('2');
    case 'D':
      return asked.answer?.described ?? message('n');
    case 'E':
      return asked.answer?.given ?? done('SELECT 0');
    case 'S':
      return READY;
    default:
      return Buffer.alloc(0);
  }
}

const { servers, databases } = JSON.parse(process.env['BENCH_TASK'] ?? '{}') as SimulatedServers;
let names = ['postgres', ...Array.from({ length: databases }, (_, n) => `db_${n + 1}`)];
const ports = await Promise.all(
  Array.from({ length: servers }, async (_, server) => {
    let answers = 0;
    let told = 0;
    const question = (): Answer => {
      if (names.length === 1 && ++told === 2) process.stdout.write(`${JSON.stringify({ told: Date.now() })}\n`);
      return catalogue(server, names, ++answers);
    };
    const listener = createServer({ noDelay: true }, (socket) => serve(socket, question));
    await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
    const address = listener.address();
    return typeof address === 'object' ? address?.port : undefined;
  }),
);
process.on('SIGUSR2', () => (names = ['postgres']));
process.stdout.write(`${JSON.stringify({ ports })}\n`);
