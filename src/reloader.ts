/** A part of `app`: the files in force, and how others take their place while the daemon runs. */
import { settle, type Settled } from './approval/settle.ts';
import { readConfigFile, refuseMoves, type ConfigRead, type FilesContext } from './files.ts';
import type { Plan } from './loop/plan.ts';
import type { Watch } from './loop/watch.ts';
import type { Clock, Log } from './ports.ts';

interface Parts {
  /** `-c`. */
  readonly option: string | undefined;
  readonly reading: FilesContext;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Pick<Log, 'info' | 'error'>;
  readonly watch: Pick<Watch, 'reload' | 'stand' | 'trouble'>;
  readonly makePlan: (files: Settled) => Plan;
  /** Why this process cannot follow a changed config; undefined where it can. */
  readonly beyond?: ((config: Settled['config']) => string | undefined) | undefined;
}

export class Reloader {
  readonly #parts: Parts;
  #files: Settled;
  #plan: Plan;
  #turn = Promise.resolve();
  #ended = false;

  /** `files`, `plan`: what is watched from the start on. */
  constructor(parts: Parts, files: Settled, plan: Plan) {
    this.#parts = parts;
    this.#files = files;
    this.#plan = plan;
  }

  get files(): Settled {
    return this.#files;
  }

  get plan(): Plan {
    return this.#plan;
  }

  /** Lets a reload under way end, and begins no other: what it opens is closed with the rest. */
  async stop(): Promise<void> {
    this.#ended = true;
    await this.#turn;
  }

  /** Reads all files anew; where they are wrong, the old ones stay in force and somebody is told. */
  reload(): Promise<void> {
    return this.#inTurn(() =>
      this.#load(async () => {
        const read = await this.#read();
        this.#refuseBeyond(read.config);
        return this.#settle(read);
      }),
    );
  }

  /**
   * Judges the signed files anew. A manifest that enough people signed is loaded; whatever else lies there is told of. config.yaml is nobody's to sign, so
   * that its edits wait for a person who says that they count: what is loaded is read with the one in force.
   */
  lookAgain(): Promise<void> {
    return this.#inTurn(async () => {
      const before = this.#files;
      const inForce = { config: before.config, complaints: [] };
      // A config.yaml that cannot be read, or that no manifest fits, hides no edit of the manifest.
      const found = this.#read().then((read) => this.#settle(read));
      const { accepted, standing } = await found.catch(() => this.#settle(inForce));
      if (accepted?.sha256 === before.accepted?.sha256) {
        this.#files = { ...before, accepted, standing };
        return this.#parts.watch.stand(standing);
      }
      await this.#load(async () => {
        const next = await this.#settle(inForce);
        if (next.accepted?.sha256 === accepted?.sha256) return next;
        throw new Error('a signed manifest waits for config.yaml as it lies there now: reload by hand (SIGHUP)');
      });
      if (this.#files !== before) return;
      // What enough people signed is no tampering; what they had not signed is still watched until theirs can be loaded.
      const { state, approval } = before.standing;
      if (state === 'signed') await this.#parts.watch.stand({ state, cloned: [], ...(approval && { approval }) });
    });
  }

  async #load(find: () => Promise<Settled>): Promise<void> {
    const { log, watch, makePlan } = this.#parts;
    try {
      const next = await find();
      refuseMoves(this.#files, next);
      const plan = makePlan(next);
      await watch.reload(plan);
      this.#files = next;
      this.#plan = plan;
      log.info('a manifest was loaded', { version: next.manifest.version, signing: next.standing.state });
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      log.error('reload refused', { why });
      await watch.trouble('reload.failed', `reload refused, watching on with the last good files: ${why}`, 'warning');
    }
  }

  /** Before anything else is said of it: a file that this process may not read looks like one that is wrong. */
  #refuseBeyond(config: Settled['config']): void {
    const why = this.#parts.beyond?.(config);
    if (why !== undefined) throw new Error(why);
  }

  #read(): Promise<ConfigRead> {
    return readConfigFile(this.#parts.option, this.#parts.reading);
  }

  #settle(read: ConfigRead): Promise<Settled> {
    return settle(read, this.#parts.reading, this.#files.accepted, this.#parts.clock.now().wall);
  }

  /** One after another: what is judged must not be overtaken by what is loaded. What fails keeps nobody waiting. */
  #inTurn(what: () => Promise<void>): Promise<void> {
    const done = this.#turn.then(() => (this.#ended ? undefined : what()));
    this.#turn = done.catch(() => {});
    return done;
  }
}
