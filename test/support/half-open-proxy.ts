import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A TCP proxy on loopback that can fall silent, cut and refuse, and counts who came. */
export class HalfOpenProxy {
  #target: number;
  readonly #server = createServer((client) => this.#accept(client));
  readonly #sockets = new Set<Socket>();
  #silent = false;
  #connections = 0;

  private constructor(target: number) {
    this.#target = target;
  }

  /** Towards `port` on 127.0.0.1. */
  static async start(port: number): Promise<HalfOpenProxy> {
    const proxy = new HalfOpenProxy(port);
    await proxy.#listen(0);
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** How many connections were ever accepted. */
  get connections(): number {
    return this.#connections;
  }

  /** How many are open now, on the side of the client. */
  get open(): number {
    return this.#sockets.size;
  }

  /** From now on nothing passes in either direction, and nothing is said of it: connections old and new stay open. */
  fallSilent(): void {
    this.#silent = true;
    for (const socket of this.#sockets) socket.unpipe();
  }

  /** Ends the silence for new connections; those it struck stay mute. */
  speak(): void {
    this.#silent = false;
  }

  /** Resets every connection there is; new ones lead to `port`. */
  redirect(port: number): void {
    this.#target = port;
    this.reset();
  }

  /** Resets every connection there is. */
  reset(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  /** Resets every connection and listens no longer, so that new ones are refused. */
  async refuse(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.reset();
    await closed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#server.listening) await this.refuse();
  }

  #accept(client: Socket): void {
    this.#connections++;
    const upstream = connect(this.#target, '127.0.0.1');
    this.#sockets.add(client);
    client.once('close', () => {
      this.#sockets.delete(client);
      upstream.destroy();
    });
    upstream.once('close', () => {
      if (!this.#silent) client.destroy();
    });
    for (const socket of [client, upstream]) socket.on('error', () => socket.destroy());
    if (this.#silent) {
      client.resume();
      return;
    }
    client.pipe(upstream);
    upstream.on('data', (bytes: Buffer) => {
      if (!this.#silent) client.write(bytes);
    });
  }

  async #listen(port: number): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject).listen(port, '127.0.0.1', resolve);
    });
  }
}
