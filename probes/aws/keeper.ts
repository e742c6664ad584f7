import type { Look, ProbeContext } from '../../src/probe.ts';
import { untilAborted } from './bounded.ts';
import { PaceBook } from './pace-book.ts';
import type { Connection } from './schema.ts';
import { Session } from './session.ts';

interface Use {
  readonly session: Session;
  done(): void;
}

/**
 * Hands out sessions: on the usual path one for all looks as long as its caller is believed; on a fresh path a new one each time, with credentials
 * found anew, a caller asserted anew and connections of its own. The paces are shared by all.
 */
export class SessionKeeper {
  readonly #connection: Connection;
  readonly #context: ProbeContext;
  readonly #paces: PaceBook;
  readonly #users = new Map<Session, number>();
  readonly #closed = new AbortController();
  #usual: Promise<Session> | undefined;
  #current: Session | undefined;

  constructor(connection: Connection, context: ProbeContext) {
    this.#connection = connection;
    this.#context = context;
    this.#paces = new PaceBook(context.clock);
  }

  /** @throws what opening it throws; `signal` ends the wait. */
  async use(path: Look['path'], signal: AbortSignal): Promise<Use> {
    const session = path === 'fresh' ? await this.#open(signal) : await untilAborted(this.#shared(), signal);
    this.#users.set(session, (this.#users.get(session) ?? 0) + 1);
    return { session, done: () => this.#leave(session) };
  }

  close(): void {
    this.#closed.abort(new Error('the link is closed'));
    this.#current = undefined;
    for (const session of this.#users.keys()) session.close();
    void this.#usual?.then(
      (session) => session.close(),
      () => undefined,
    );
  }

  #shared(): Promise<Session> {
    if (this.#current && !this.#current.isGood) this.#retire(this.#current);
    this.#usual ??= this.#opened();
    return this.#usual;
  }

  /** The one for all; where it cannot be opened, the next look tries again. */
  async #opened(): Promise<Session> {
    try {
      // No single look's end may break off what others wait for too.
      const session = await this.#open(this.#closed.signal);
      this.#current = session;
      return session;
    } catch (error) {
      this.#usual = undefined;
      throw error;
    }
  }

  #open(signal: AbortSignal): Promise<Session> {
    return Session.open(this.#connection, this.#context, this.#paces, signal);
  }

  #retire(session: Session): void {
    this.#usual = undefined;
    this.#current = undefined;
    if (!this.#users.has(session)) session.close();
  }

  #leave(session: Session): void {
    const left = (this.#users.get(session) ?? 1) - 1;
    if (left > 0) {
      this.#users.set(session, left);
      return;
    }
    this.#users.delete(session);
    if (session !== this.#current) session.close();
  }
}
