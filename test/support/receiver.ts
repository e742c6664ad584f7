import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What reached a receiver. `body` is the JSON or the form that `text` is, else the text itself. */
export interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  readonly body: unknown;
  /** Wall time of arrival, ms. */
  readonly at: number;
}

/** A scripted answer; a string body goes out as it is, anything else as JSON. */
export interface Reply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/**
 * `hang`: takes the request and never answers. `stall`: sends the status and half a body, then nothing.
 * `flood`: answers 500 with a body that never ends. `reset`: cuts the connection. A function sees the request first, and may take its time.
 */
export type Answer = Given | ((request: Received) => Given | Promise<Given>);

type Given = Reply | 'hang' | 'stall' | 'flood' | 'reset';

export interface Receiver {
  /** `http://127.0.0.1:PORT`, without a slash at the end. */
  readonly url: string;
  readonly requests: readonly Received[];
  /** Given once each, in order; after them `otherwise` is given. */
  answer(...answers: readonly Answer[]): void;
  otherwise(answer: Answer): void;
  /** Resolves with the requests as soon as there are `count` of them. */
  received(count: number): Promise<readonly Received[]>;
  close(): Promise<void>;
}

/** A real HTTP server on loopback that remembers what it was sent and answers by script (200 with an empty body otherwise). */
export async function startReceiver(fallback: Answer = { status: 200 }): Promise<Receiver> {
  const requests: Received[] = [];
  const script: Answer[] = [];
  let otherwise = fallback;
  const waiting: { readonly count: number; readonly resolve: (requests: readonly Received[]) => void }[] = [];
  const serve = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const request = await read(incoming);
    requests.push(request);
    for (const waiter of waiting) if (requests.length >= waiter.count) waiter.resolve(requests);
    const answer = script.shift() ?? otherwise;
    give(typeof answer === 'function' ? await answer(request) : answer, response);
  };
  // A sender that hangs up in the middle of its request leaves nothing to answer.
  const server = createServer((incoming, response) => void serve(incoming, response).catch(() => response.destroy()));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    answer: (...answers) => void script.push(...answers),
    otherwise: (answer) => void (otherwise = answer),
    received: (count) =>
      new Promise((resolve) => {
        if (requests.length >= count) resolve(requests);
        else waiting.push({ count, resolve });
      }),
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

async function read(incoming: IncomingMessage): Promise<Received> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString('utf8');
  const headers = Object.fromEntries(Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]));
  return {
    method: incoming.method ?? '',
    path: incoming.url ?? '',
    headers,
    text,
    body: parse(text, headers['content-type'] ?? ''),
    at: Date.now(),
  };
}

function parse(text: string, type: string): unknown {
  if (type.includes('json')) return JSON.parse(text);
  if (!type.includes('x-www-form-urlencoded')) return text;
  return Object.fromEntries(new URLSearchParams(text));
}

function give(answer: Given, response: ServerResponse): void {
  if (answer === 'hang') return;
  if (answer === 'reset') {
    response.socket?.resetAndDestroy();
    return;
  }
  if (answer === 'stall') {
    response.writeHead(200, { 'content-type': 'application/json' }).write('{"st');
    return;
  }
  if (answer === 'flood') {
    const pour = (): void => {
      while (!response.destroyed && response.write('\u001b[2J'.repeat(4000)));
    };
    response.writeHead(500).on('drain', pour);
    pour();
    return;
  }
  const { status = 200, headers = {}, body = '' } = answer;
  const plain = typeof body === 'string';
  response.writeHead(status, { ...(plain ? {} : { 'content-type': 'application/json' }), ...headers });
  response.end(plain ? body : JSON.stringify(body));
}
