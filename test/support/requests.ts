import { makeRequest, type Asked } from '../../src/approval/make-request.ts';
import type { ApprovalFile } from '../../src/approval/read-request.ts';
import { openRequest } from '../../src/approval/registry.ts';
import { worldOf, type World } from '../../src/approval/world.ts';
import { openStore, type SqliteStore } from '../../src/adapters/store-sqlite.ts';
import { filesContext } from '../../src/app.ts';
import type { PrintedResource } from '../../src/core/page.ts';
import { decisionBytes, type Decision, type RequestDocument } from '../../src/core/request.ts';
import { compileManifest } from '../../src/files.ts';
import { makePrintedResource } from './page.ts';
import { SignedSite } from './signed-site.ts';
import type { Signer, SignParts } from './ssh-signer.ts';

/** When everything in these tests happens. */
export const NOW = Date.UTC(2026, 10, 23, 12);
export const at = (ms = 0) => ({ wall: NOW + ms, steady: 5_000_000 + ms });
export const MINUTE = 60_000;

/** What a person says, signed. */
export function say(request: RequestDocument, signer: Signer, decision: Decision = 'approve', parts: SignParts = {}): ApprovalFile {
  const signature = signer.sign(decisionBytes(decision, request), { namespace: 'change@rollcall', ...parts });
  return { schema: 'rollcall/approval/v1', decision, request, signature };
}

/** A site whose manifest two of alice, bob and carol signed, its store, and what is known of its roll. */
export class Registrar implements AsyncDisposable {
  readonly site: SignedSite;
  readonly known = new Map<string, Partial<PrintedResource>>();
  readonly store: SqliteStore;
  #made = 0;

  private constructor(store: SqliteStore, site: SignedSite) {
    this.store = store;
    this.site = site;
    for (const id of ['one', 'two', 'dump'])
      this.known.set(id, { verdict: 'present', breaches: [], expected: { identity: { device: id } } });
  }

  static async open(more: Readonly<Record<string, unknown>> = { policy: { k: 1, weakening: 2 } }): Promise<Registrar> {
    const site = new SignedSite();
    await site.begin(more);
    return new Registrar(await openStore(site.state), site);
  }

  async world(): Promise<World> {
    const settled = await this.site.settle(NOW);
    const context = filesContext({ env: {}, cwd: this.site.path });
    const world = worldOf(settled, {
      print: (id) => (this.known.has(id) ? makePrintedResource({ id, last_seen_healthy: null, ...this.known.get(id) }) : undefined),
      compile: (bytes) => compileManifest(bytes, settled.config, context),
    });
    if (!world) throw new Error('nobody signs here');
    return world;
  }

  /** Asks for the loss of `one` within the next hour, as an agent, if nothing else is said; kept in the store. */
  async ask(more: Partial<Asked> = {}, wall = NOW): Promise<RequestDocument> {
    const id = `01KAAAAAAAAAAAAAAAAAAAAA${String(10 + ++this.#made)}`;
    const asked: Asked = {
      action: 'expect-loss',
      target: 'one',
      reason: 'moved to another server',
      until: wall + 60 * MINUTE,
      requester: { name: 'cursor', kind: 'agent', known: 'token' },
      ...more,
    };
    const made = await makeRequest(await this.world(), asked, id, wall);
    if (!made.ok) throw new Error(made.why);
    await openRequest(this.store, made.record, { wall, steady: wall });
    return made.record.document;
  }

  /** What the ledger says of requests, as `kind word`. */
  async told(): Promise<string[]> {
    return (await this.store.ledger(1, 100)).map(({ kind, body }) => `${kind} ${String(body['is'] ?? body['kind'])}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.store.close();
    this.site[Symbol.dispose]();
  }
}
