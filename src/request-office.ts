/** A part of `app`: what may be asked, approved and used over HTTP or by files while the daemon runs. */
import { Mailbox } from './approval/mailbox.ts';
import { makeRequest, type Asked } from './approval/make-request.ts';
import { readApproval, type ApprovalFile } from './approval/read-request.ts';
import { openRequest, type Registry } from './approval/registry.ts';
import { isSigned, takeApproval, type Heard } from './approval/take-approval.ts';
import { consumeGrant, finishGrant, issueGrant, type Consumed, type Issued } from './approval/take-grant.ts';
import type { World } from './approval/world.ts';
import type { GrantUse } from './core/grant.ts';
import type { RequestDocument } from './core/request.ts';
import { printRequest, type PrintedRequest } from './core/request-state.ts';
import { Budget } from './loop/budget.ts';
import type { Clock, Log } from './ports.ts';
import type { Instant } from './core/report.ts';

/** What one can be told besides an answer: too much of it, or nobody signs here. */
export type Unheard =
  | { readonly ok: false; readonly kind: 'too-many'; readonly afterMs: number }
  | { readonly ok: false; readonly kind: 'unsigned' };

export type Asking =
  | { readonly ok: true; readonly request: RequestDocument }
  | { readonly ok: false; readonly kind: 'refused'; readonly why: string };

export type Hearing =
  | { readonly ok: true; readonly people: readonly string[]; readonly request: PrintedRequest }
  | Extract<Heard, { readonly ok: false }>;

/** All who ask, approve and use together: who is refused fills the ledger, too. */
const PER_MINUTE = 30;
/** Of these, files that nobody signed who may: each is an entry of the ledger, so that people see why it does not count. */
const STRANGERS_PER_MINUTE = 6;
/** Of one who asks: nobody keeps the others from asking. */
const WAITING_AT_MOST = 20;
/** Of one who asks: each is in the ledger, with all that its approvers are shown. */
const PER_DAY = 200;
const DAY_MS = 86_400_000;

export class RequestOffice {
  readonly #store: Registry;
  readonly #world: () => World | undefined;
  readonly #clock: Clock;
  readonly #newId: (at: Instant) => string;
  readonly #budget: Budget;
  readonly #strangers: Budget;
  readonly #asked = new Map<string, number>();
  #day: number;

  constructor(store: Registry, world: () => World | undefined, clock: Clock, newId: (at: Instant) => string) {
    this.#store = store;
    this.#world = world;
    this.#clock = clock;
    this.#newId = newId;
    this.#day = clock.now().steady;
    this.#budget = new Budget(PER_MINUTE, this.#day);
    this.#strangers = new Budget(STRANGERS_PER_MINUTE, this.#day);
  }

  /** Ms since 1970. */
  now(): number {
    return this.#clock.now().wall;
  }

  ask(asked: Asked): Promise<Asking | Unheard> {
    return this.#heard<Asking>(async (world, at) => {
      const { name } = asked.requester;
      const own = (await this.#store.requests()).filter(({ status, document }) => status === 'PENDING' && document.requester.name === name);
      if (own.length >= WAITING_AT_MOST) return { ok: false, kind: 'refused', why: `${own.length} requests of ${name} wait to be decided` };
      if (!this.#spend(name, at)) return { ok: false, kind: 'refused', why: `${name} has asked ${PER_DAY} times in a day` };
      const made = await makeRequest(world, asked, this.#newId(at), at.wall);
      if (!made.ok) return { ok: false, kind: 'refused', why: made.why };
      await openRequest(this.#store, made.record, at);
      return { ok: true, request: made.record.document };
    });
  }

  /** `given`: an approval as it came from outside. Undefined where it is none. */
  async hear(given: unknown): Promise<Hearing | Unheard | undefined> {
    const approval = readApproval(given);
    return approval && this.#heard((world, at) => this.#take(approval, world, at));
  }

  issue(id: string, by: string): Promise<Issued | Unheard> {
    return this.#heard((world, at) => issueGrant(this.#store, world, id, by, at));
  }

  consume(token: string, use: GrantUse): Promise<Consumed | Unheard> {
    return this.#heard((world, at) => consumeGrant(this.#store, world, token, use, at));
  }

  finish(token: string, exit: number): Promise<{ readonly ok: boolean } | Unheard> {
    return this.#heard(async (_world, at) => ({ ok: await finishGrant(this.#store, token, exit, at) }));
  }

  /** Takes the approvals that lie in a folder, and goes on looking there until it is stopped. */
  collect(folder: string, log: Log): Mailbox {
    return new Mailbox({
      folder,
      clock: this.#clock,
      log,
      weigh: async (approval) => {
        const { id } = approval.request;
        const found = await this.#store.request(id);
        if (!found) return 'stranger';
        if (found.status !== 'PENDING' || found.said.some(({ signature }) => signature === approval.signature)) return 'none';
        const world = this.#world();
        return world && isSigned(world, found, approval, this.now()) ? 'signed' : 'stranger';
      },
      take: async (approval, weight) => {
        // Whoever may write into the folder must not use up what those have who ask and approve otherwise.
        if (weight === 'stranger' && this.#strangers.take(1, this.#clock.now().steady) === 0) return false;
        const heard = await this.#heard((world, at) => this.#take(approval, world, at));
        if (!heard.ok) log.warn('an approval does not count', { request: approval.request.id, kind: heard.kind });
        return heard.ok || 'why' in heard;
      },
    });
  }

  async list(): Promise<readonly PrintedRequest[]> {
    return (await this.#store.requests()).map(printRequest);
  }

  async find(id: string): Promise<PrintedRequest | undefined> {
    const found = await this.#store.request(id);
    return found && printRequest(found);
  }

  async #take(approval: ApprovalFile, world: World, at: Instant): Promise<Hearing> {
    const heard = await takeApproval(this.#store, world, approval, at);
    return heard.ok ? { ok: true, people: heard.people, request: printRequest(heard.record) } : heard;
  }

  /** Counts what one asks in a day. */
  #spend(name: string, at: Instant): boolean {
    if (at.steady - this.#day >= DAY_MS) {
      this.#day = at.steady;
      this.#asked.clear();
    }
    const count = (this.#asked.get(name) ?? 0) + 1;
    if (count <= PER_DAY) this.#asked.set(name, count);
    return count <= PER_DAY;
  }

  async #heard<T>(what: (world: World, at: Instant) => Promise<T>): Promise<T | Unheard> {
    const [world, at] = [this.#world(), this.#clock.now()];
    if (!world) return { ok: false, kind: 'unsigned' };
    if (this.#budget.take(1, at.steady) === 0) return { ok: false, kind: 'too-many', afterMs: this.#budget.wait(at.steady) };
    return what(world, at);
  }
}
