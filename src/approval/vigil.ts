import type { Config } from '../config/types.ts';
import { fingerprintSigning } from './read-signing.ts';
import { rested } from './rested.ts';

const EVERY_MS = 30_000;
/** Looks after which what never comes to rest is judged as it lies there: whoever keeps writing must not keep people from hearing of it. */
const RESTLESS = 10;

interface Vigilance {
  readonly clock: { sleep(ms: number, signal?: AbortSignal): Promise<void> };
  readonly log: { warn(message: string, fields?: Readonly<Record<string, unknown>>): void };
  /** `fingerprintSigning` of the files from before they were first judged: what is edited while the watcher starts is an edit like any other. */
  readonly judged: string;
  /** The config in force; undefined where nobody has to sign. */
  readonly look: () => Config | undefined;
  /** Judges the files anew, loads what people signed, and says how the rest stands. */
  readonly tell: () => Promise<void>;
}

/**
 * Looks twice a minute whether manifest, signatures and signers are as they were when they were last judged; where they are not, and
 * stay so for two looks, they are judged anew: what enough people signed is loaded, and of the rest it is said early what a reload would find.
 */
export class Vigil {
  readonly #parts: Vigilance;
  readonly #stop = new AbortController();
  readonly #ended: Promise<void>;

  constructor(parts: Vigilance) {
    this.#parts = parts;
    this.#ended = this.#watch();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#ended;
  }

  async #watch(): Promise<void> {
    const { clock, log, look, tell } = this.#parts;
    let { judged } = this.#parts;
    let seen = judged;
    let restless = 0;
    while (await rested(clock.sleep(EVERY_MS, this.#stop.signal))) {
      try {
        const now = await fingerprintSigning(look());
        restless = now === judged ? 0 : restless + 1;
        // Whoever is still writing is left to finish.
        if (now !== judged && (now === seen || restless === RESTLESS)) {
          restless = 0;
          await tell();
          judged = now;
        }
        seen = now;
      } catch (error) {
        log.warn('the signed files could not be judged', { why: error instanceof Error ? error.message : String(error) });
      }
    }
  }
}
