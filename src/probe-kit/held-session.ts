import type { ProbeContext } from '../probe.ts';
import type { Connector, OpenOptions, ServerSession } from './connector.ts';

/** How long one session is held: an old one may lead to a server that the url, or its name, no longer leads to. */
const HELD_MS = 60_000;

/** One session that is kept between sweeps, and replaced once in the same look where it broke or has served its time. */
export class HeldSession<Session extends ServerSession> {
  readonly #connector: Connector<Session>;
  readonly #clock: ProbeContext['clock'];
  readonly #options: OpenOptions;
  #held: Session | undefined;
  #since = 0;

  constructor(connector: Connector<Session>, clock: ProbeContext['clock'], options: OpenOptions) {
    this.#connector = connector;
    this.#clock = clock;
    this.#options = options;
  }

  /** @throws what `work` does, where it is not that the held session broke, and what the connector can read. */
  async use<T>(signal: AbortSignal, work: (session: Session) => Promise<T>): Promise<T> {
    const held = this.#held;
    if (held && (await this.#serves(held))) {
      try {
        return await work(held);
      } catch (error) {
        if (!held.over || signal.aborted) throw error;
      }
    }
    return work(await this.#replace(held, signal));
  }

  async close(): Promise<void> {
    await this.#held?.close();
  }

  async #serves(held: Session): Promise<boolean> {
    if (held.over || this.#clock.now().steady - this.#since >= HELD_MS) return false;
    return this.#connector.isCurrent(held);
  }

  /** Holds a new session in place of `old`. */
  async #replace(old: Session | undefined, signal: AbortSignal): Promise<Session> {
    const session = await this.#connector.open(signal, this.#options);
    const other = this.#held;
    // Two looks at once may both have found none.
    if (other && other !== old && !other.over) {
      await session.close();
      return other;
    }
    this.#held = session;
    this.#since = this.#clock.now().steady;
    void old?.close();
    return session;
  }
}
