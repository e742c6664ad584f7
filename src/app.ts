/** The composition root: files -> plan -> adapters -> watch. Embeddable: nothing here touches the process. */
import type { Writable } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { probes } from '../probes/index.ts';
import { createSystemClock } from './adapters/clock-system.ts';
import { createNodeCron } from './adapters/cron-node.ts';
import { createHttpHeartbeat } from './adapters/heartbeat-http.ts';
import { createSeveralHeartbeats } from './adapters/heartbeat-several.ts';
import { systemRandom } from './adapters/random-system.ts';
import { openStore } from './adapters/store-sqlite.ts';
import { readWatcherPublic } from './adapters/watcher-key.ts';
import { createTcpWitness } from './adapters/witness-tcp.ts';
import { loadAccepted } from './approval/accepted.ts';
import { isProven } from './approval/prove-record.ts';
import { fingerprintSigning } from './approval/read-signing.ts';
import { settle, type Settled } from './approval/settle.ts';
import { Vigil } from './approval/vigil.ts';
import { inForceOf, rulesOf, worldOf, type World } from './approval/world.ts';
import { checkCertificate } from './check-certificate.ts';
import { confinement, isGranted } from './confine.ts';
import { agentsFor } from './config/agents-for.ts';
import { digestConfig } from './config/digest-config.ts';
import { Anchoring } from './cosigning/anchoring.ts';
import { Cosigning } from './cosigning/cosigning.ts';
import { laterFor, routeFor } from './config/route-for.ts';
import type { Config } from './config/types.ts';
import type { PrintedResource } from './core/page.ts';
import { compileManifest, readConfigFile, secretReader, type Files, type FilesContext } from './files.ts';
import { reasonNotToArm } from './loop/first-arming.ts';
import type { Group, Plan } from './loop/plan.ts';
import type { Source } from './loop/sources.ts';
import { closeGroups } from './loop/plan.ts';
import { Archiver } from './loop/archiver.ts';
import { Watch } from './loop/watch.ts';
import { makeAnchor } from './make-anchor.ts';
import { makePager, refOrText } from './make-pager.ts';
import { makeSources } from './make-sources.ts';
import { openKey, openState } from './open-state.ts';
import { pageSources } from './page-sources.ts';
import type { Clock, Log, Snapshot } from './ports.ts';
import { Reloader } from './reloader.ts';
import { RequestOffice } from './request-office.ts';
import { serveWeb, StartError } from './serve-web.ts';
import type { Link } from './probe.ts';
import { ulidMaker } from './values/ulid.ts';

export { checkCertificate, confinement, isGranted, makePager, probes };

export interface AppContext {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Where the console pager writes. */
  readonly out: Pick<Writable, 'write'>;
}

/** The context in which files are read: the registry and what a cron expression is. */
export function filesContext(context: Pick<AppContext, 'env' | 'cwd'>): FilesContext {
  return { env: context.env, cwd: context.cwd, probes, loadCron, ownKey: readWatcherPublic };
}

/** Whether resources of this kind hold data that has to have copies; true of a kind that nobody knows. */
export function holdsData(kind: string): boolean {
  const known = [...probes.values()].flatMap((probe) => probe.kinds.get(kind) ?? []);
  return known.every(({ holds = 'data' }) => holds === 'data');
}

async function loadCron(): Promise<(text: string) => boolean> {
  const cron = await createNodeCron();
  return (text) => cron.isCron(text);
}

/** Opens every connection that a manifest needs, and no other. Nothing is contacted yet. */
export function makePlan(
  { config, manifest, standing, accepted }: Files & Partial<Pick<Settled, 'standing' | 'accepted'>>,
  context: AppContext,
  clock: Clock,
): Plan {
  const secret = secretReader(context.env);
  const links = new Map<string, Link>();
  const groups = new Map<string, Group>();
  const groupOf = new Map<string, string>();
  const waits = new Map<string, number>();
  for (const resource of manifest.resources) {
    const connection = config.connections.get(resource.connection);
    const probe = connection && probes.get(connection.probe);
    if (!connection || !probe) throw new Error(`resource ${resource.id} has no connection that can be opened`);
    const link = links.get(connection.name) ?? probe.open(connection.settings, { connection: connection.name, clock, secret });
    links.set(connection.name, link);
    const name = `${connection.name}\n${probe.batchKey(connection.settings, resource.target)}`;
    const inspectionsPerMinute = probe.inspectionsPerMinute(connection.settings);
    const patience: Group['patience'] = (depth) => probe.patience(connection.settings, depth);
    const audits = { accept: connection.accept ?? [], agents: agentsFor(config, probe.name) };
    if (!groups.has(name)) groups.set(name, { name, connection: connection.name, link, inspectionsPerMinute, patience, ...audits });
    groupOf.set(resource.id, name);
    waits.set(resource.kind, probe.kinds.get(resource.kind)?.confirmAfterMs ?? 0);
  }
  const pagers = new Map([...config.pagers].map(([name, pager]) => [name, makePager(pager, secret, context, clock)]));
  return {
    manifest,
    configDigests: digestConfig(config),
    resources: manifest.resources,
    windows: manifest.windows,
    leftOut: manifest.leftOut,
    sources: makeSources(config, probes, links, { clock, secret }),
    groups,
    groupOf,
    confirmAfterMs: (kind) => waits.get(kind) ?? 0,
    pagers,
    pagersFor: (severity) => routeFor(config, severity),
    laterFor: (severity) => laterFor(config, severity),
    repeat: config.defaults.repeat,
    statusUrl: rootOf(config.watchdog),
    ...(config.ledger?.anchor && { anchor: makeAnchor(config.ledger.anchor, config.watchdog.name, secret) }),
    ...(standing && { standing }),
    ...(standing?.state === 'signed' && { inForce: inForceOf({ manifest, accepted }) }),
  };
}

/** Every connection as one that can be asked what is there, whether or not there is a manifest. Nothing is contacted yet. */
export function openSources(config: Config, context: Pick<AppContext, 'env'>, clock: Clock): Source[] {
  return makeSources(config, probes, new Map(), { clock, secret: secretReader(context.env) });
}

/** Where people reach the HTTP interface: as config.yaml says, else where it listens. */
function rootOf({ url, listen: address, tls }: Config['watchdog']): string | undefined {
  if (url !== undefined || address === 'off' || 'socket' in address) return url?.replace(/\/+$/, '');
  return `${tls ? 'https' : 'http'}://${address.host.includes(':') ? `[${address.host}]` : address.host}:${address.port}`;
}

/** What is remembered, without disturbing a daemon; nothing where there is no store yet. */
export async function recall(config: Pick<Config, 'watchdog'>): Promise<Snapshot | undefined> {
  try {
    const store = await openStore(config.watchdog.state, { readOnly: true });
    try {
      return await store.load();
    } finally {
      await store.close();
    }
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'missing') return undefined;
    throw error;
  }
}

/** The files as the daemon would watch them now, and what it remembers; throws `FilesError` where it could watch nothing. */
export async function settleFiles(
  option: string | undefined,
  context: Pick<AppContext, 'env' | 'cwd'>,
): Promise<Settled & { readonly known: Snapshot | undefined }> {
  const reading = filesContext(context);
  const read = await readConfigFile(option, reading);
  const known = await recall(read.config);
  return { ...(await settle(read, reading, known && loadAccepted(known.meta), createSystemClock(0).now().wall)), known };
}

export interface App {
  /** Resolves when the watch has ended. */
  run(): Promise<void>;
  /** Reads the files anew; where they are wrong, the old ones stay in force and somebody is told. */
  reload(): Promise<void>;
  /** Ends everything in reverse order of its start. Concurrent callers share one ending. */
  stop(): Promise<void>;
  readonly watch: Watch;
  /** Where the status can be read; undefined where `listen` is off. */
  readonly url: string | undefined;
  readonly files: Settled;
}

/** Starts the daemon from its files; rejects, with nothing left running, where it cannot be started. */
export async function startApp(
  option: string | undefined,
  context: AppContext & {
    readonly log: Log;
    readonly version: string;
    /** Why this process cannot follow a changed config; undefined where it can. */
    readonly beyond?: (config: Config) => string | undefined;
  },
): Promise<App> {
  const { log } = context;
  const releasers: { readonly name: string; readonly release: () => Promise<void> | void }[] = [];
  const release = async (): Promise<void> => {
    for (let next = releasers.pop(); next; next = releasers.pop())
      try {
        await next.release();
      } catch (error) {
        log.error('could not be released', { what: next.name, error: error instanceof Error ? error.message : String(error) });
      }
  };
  try {
    const reading = filesContext(context);
    const read = await readConfigFile(option, reading);
    const state = await openState(read.config.watchdog.state, log, read.config.ledger?.archive?.folder);
    releasers.push({ name: 'state', release: () => state.release() });
    const { store, snapshot } = state;
    const clock = createSystemClock(Number(snapshot.meta['steady'] ?? 0));
    const random = systemRandom;
    const newId = ulidMaker(random);
    const secret = secretReader(context.env);
    // Before anything is judged: what this key signs must count for nobody, from the first start on.
    const key = openKey(read.config.watchdog.state, read.config.watchdog.name, log);
    const lying = await fingerprintSigning(read.config);
    const settled = await settle(read, reading, loadAccepted(snapshot.meta), clock.now().wall);
    let reloader: Reloader | undefined;
    const filesNow = (): Settled => reloader?.files ?? settled;
    const plan = makePlan(settled, context, clock);
    releasers.push({ name: 'links', release: () => closeGroups(reloader?.plan ?? plan) });
    const strong = await reasonNotToArm(plan, snapshot, clock);
    if (strong !== undefined) throw new StartError(strong);
    const { heartbeat, watchdog, ledger } = settled.config;
    const watch = new Watch(
      watchdog.name,
      plan,
      {
        clock,
        turn: () => turn(),
        random,
        cron: await createNodeCron(),
        log,
        store,
        heartbeat: heartbeat && {
          to: createSeveralHeartbeats(
            heartbeat.urls.map((url) => createHttpHeartbeat({ url: refOrText(url, secret), timeout: 10_000, clock })),
          ),
          every: heartbeat.every,
        },
        witness: watchdog.witness && createTcpWitness(watchdog.witness),
        newId,
        isProven: (record) => {
          const rules = rulesOf(filesNow());
          return rules !== undefined && isProven(rules, record);
        },
        sign: key?.sign,
      },
      snapshot,
    );
    releasers.push({ name: 'watch', release: () => watch.stop() });
    const { beyond } = context;
    const parts = { option, reading, clock, log, watch, beyond, makePlan: (next: Settled) => makePlan(next, context, clock) };
    const now = (reloader = new Reloader(parts, settled, plan));
    releasers.push({ name: 'reloader', release: () => now.stop() });
    const look = () => (now.files.standing.state === 'unsigned' ? undefined : now.files.config);
    const judged = settled.standing.state === 'unsigned' ? '' : lying;
    const vigil = new Vigil({ clock, log, judged, look, tell: () => now.lookAgain() });
    releasers.push({ name: 'vigil', release: () => vigil.stop() });
    const compile: World['compile'] = (bytes) => compileManifest(bytes, now.files.config, reading);
    const isArmed = (id: string) => watch.status().armed?.includes(id) ?? false;
    const office = new RequestOffice(store, () => worldOf(now.files, { print: printerOf(watch), compile, isArmed }), clock, newId);
    const { approvals } = settled.config.requests;
    const mailbox = approvals === undefined ? undefined : office.collect(approvals, log);
    if (mailbox) releasers.push({ name: 'approvals', release: () => mailbox.stop() });
    const cosigning = key && new Cosigning({ store, clock, key, ...ledger, meta: snapshot.meta, tell: watch.trouble.bind(watch) });
    if (cosigning) releasers.push({ name: 'cosigning', release: () => cosigning.stop() });
    const archiver = ledger?.archive && new Archiver({ store, clock, log, ...ledger.archive, tell: watch.trouble.bind(watch) });
    if (archiver) releasers.push({ name: 'archiver', release: () => archiver.stop() });
    const { anchor } = ledger ?? {};
    const anchoring =
      key &&
      anchor &&
      new Anchoring({
        ...makeAnchor(anchor, watchdog.name, secret),
        every: anchor.every,
        store,
        clock,
        log,
        sign: key.sign,
        tell: watch.trouble.bind(watch),
      });
    if (anchoring) releasers.push({ name: 'anchoring', release: () => anchoring.stop() });
    const closed = (id: string) => store.incident(id);
    const more = { closed, cosigning, sources: pageSources(store, watch, holdsData), version: context.version };
    const web = await serveWeb({ config: () => now.files.config, watch, office, secret, clock, log, more });
    if (web) releasers.push({ name: 'web', release: () => web.close() });
    let stopping: Promise<void> | undefined;
    return {
      watch,
      url: web?.url,
      get files() {
        return now.files;
      },
      run: () => watch.run(),
      stop: () => (stopping ??= release()),
      reload: async () => {
        await web?.renew();
        await now.reload();
      },
    };
  } catch (error) {
    await release();
    throw error;
  }
}

/** What is known of each resource at this moment, printed once for all who are asked for. */
function printerOf(watch: Watch): World['print'] {
  let known: ReadonlyMap<string, PrintedResource> | undefined;
  return (id) => (known ??= new Map(watch.status().resources.map((one) => [one.id, one]))).get(id);
}

export type { Files };
