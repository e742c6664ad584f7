import { connect as connectPlain, isIP, type Socket } from 'node:net';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';
import { BadAnswer } from '../../src/probe-kit/failure.ts';
import { Refusal } from './errors.ts';
import { encodeCommand, Replies, type Reply } from './resp.ts';

/** Where a server is and as whom to ask it. */
export interface Address {
  /** A path of a unix socket, or a host. */
  readonly host: string;
  readonly port: number;
  readonly user?: string;
  readonly password?: string;
}

interface Waiting {
  readonly resolve: (reply: Exclude<Reply, Refusal>) => void;
  readonly reject: (error: Error) => void;
}

/** One connection, for one look: it ends with its signal, and nothing connects it again. */
export class Session {
  readonly #socket: Socket;
  readonly #signal: AbortSignal;
  readonly #replies = new Replies();
  readonly #waiting: Waiting[] = [];
  readonly #stop = (): void => this.#end(this.#signal.reason as Error);
  #over: Error | undefined;

  private constructor(socket: Socket, signal: AbortSignal) {
    this.#socket = socket;
    this.#signal = signal;
    socket.on('data', (chunk: Buffer) => this.#hear(chunk));
    socket.on('error', (error) => this.#end(error));
    socket.on('close', () => this.#end(Object.assign(new Error('the server closed the connection'), { code: 'ECONNRESET' })));
    signal.addEventListener('abort', this.#stop, { once: true });
  }

  /**
   * Connects and says who we are. `limit`: what that may take, ms. `signal` bounds the whole session. @throws what the server, the socket,
   * TLS or the signal says.
   */
  static async open(address: Address, tls: ConnectionOptions | false, limit: number, signal: AbortSignal): Promise<Session> {
    signal.throwIfAborted();
    const { host, port, user, password } = address;
    const where = host.startsWith('/') ? { path: host } : { host, port };
    // Many servers behind one address tell by the name which of them is meant; of an address, and of a path, TLS knows none.
    const named = host.startsWith('/') || isIP(host) !== 0 ? {} : { servername: host };
    const socket = tls ? connectTls({ ...where, ...named, ...tls }) : connectPlain(where);
    const session = new Session(socket, signal);
    const late = AbortSignal.timeout(limit);
    const tooLate = (): void => session.#end(late.reason as Error);
    late.addEventListener('abort', tooLate, { once: true });
    try {
      await session.#connected(tls ? 'secureConnect' : 'connect');
      if (password !== undefined) await session.#authenticate(user, password);
      return session;
    } catch (error) {
      session.close();
      throw error;
    } finally {
      late.removeEventListener('abort', tooLate);
    }
  }

  /** One command, and what it is answered. Several may be on their way; they are answered in turn. @throws Refusal as the server says it. */
  async ask(words: readonly string[]): Promise<Exclude<Reply, Refusal>> {
    if (this.#over) throw this.#over;
    const { promise, resolve, reject } = Promise.withResolvers<Exclude<Reply, Refusal>>();
    this.#waiting.push({ resolve, reject });
    this.#socket.write(encodeCommand(words));
    return promise;
  }

  close(): void {
    this.#end(new Error('the session is closed'));
  }

  async #authenticate(user: string | undefined, password: string): Promise<void> {
    try {
      await this.ask(['AUTH', ...(user === undefined ? [] : [user]), password]);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      // A server that does not know the command repeats what came with it, cut off after so many characters: a part of a password, which nothing masks.
      throw new Refusal(error.message.replace(/,? with args beginning with.*$/s, ''));
    }
  }

  async #connected(event: string): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<Exclude<Reply, Refusal>>();
    this.#waiting.push({ resolve, reject });
    this.#socket.once(event, () => this.#waiting.shift()?.resolve(null));
    await promise;
  }

  #hear(chunk: Buffer): void {
    if (this.#over) return;
    try {
      for (const reply of this.#replies.take(chunk)) {
        const waiting = this.#waiting.shift();
        if (!waiting) {
          // A server that has no room for one more says so unasked.
          if (reply instanceof Refusal) throw reply;
          throw new BadAnswer('the server answers what nobody asked');
        }
        if (reply instanceof Refusal) waiting.reject(reply);
        else waiting.resolve(reply);
      }
    } catch (error) {
      this.#end(error as Error);
    }
  }

  #end(error: Error): void {
    if (this.#over) return;
    this.#over = error;
    this.#signal.removeEventListener('abort', this.#stop);
    this.#socket.destroy();
    for (const { reject } of this.#waiting.splice(0)) reject(error);
  }
}
