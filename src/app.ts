/** The composition root: files -> plan -> adapters -> watch. Embeddable: nothing here touches the process. */
import type { Writable } from 'node:stream';
import { probes } from '../probes/index.ts';
import { createSystemClock } from './adapters/clock-system.ts';
import { createNodeCron } from './adapters/cron-node.ts';
import { createHttpHeartbeat } from './adapters/heartbeat-http.ts';
import { createSeveralHeartbeats } from './adapters/heartbeat-several.ts';
import { systemRandom } from './adapters/random-system.ts';
import { openStore } from './adapters/store-sqlite.ts';
import { createTcpWitness } from './adapters/witness-tcp.ts';
import { loadAccepted } from './approval/accepted.ts';
import { isProven } from './approval/prove-record.ts';
import { settle, type Settled } from './approval/settle.ts';
import { Vigil } from './approval/vigil.ts';
import { inForceOf, rulesOf, worldOf, type World } from './approval/world.ts';
import { agentsFor } from './config/agents-for.ts';
import { digestConfig } from './config/digest-config.ts';
import { Cosigning } from './cosigning/cosigning.ts';
import { laterFor, routeFor } from './config/route-for.ts';
import type { Config } from './config/types.ts';
import type { PrintedResource } from './core/page.ts';
import { compileManifest, readConfigFile, refuseMoves, secretReader, type Files, type FilesContext } from './files.ts';
import { reasonNotToArm } from './loop/first-arming.ts';
import type { Group, Plan } from './loop/plan.ts';
import { closeGroups } from './loop/plan.ts';
import { Archiver } from './loop/archiver.ts';
import { Watch } from './loop/watch.ts';
import { makePager, refOrText } from './make-pager.ts';
import { openKey, openState } from './open-state.ts';
import type { Clock, Log, Snapshot } from './ports.ts';
import { RequestOffice } from './request-office.ts';
import { serveWeb, StartError } from './serve-web.ts';
import type { Link } from './probe.ts';
import { ulidMaker } from './values/ulid.ts';

export { makePager, probes };

export interface AppContext {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Where the console pager writes. */
  readonly out: Pick<Writable, 'write'>;
}

/** The context in which files are read: the registry and what a cron expression is. */
export function filesContext(context: Pick<AppContext, 'env' | 'cwd'>): FilesContext {
  return { env: context.env, cwd: context.cwd, probes, loadCron };
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
    groups,
    groupOf,
    confirmAfterMs: (kind) => waits.get(kind) ?? 0,
    pagers,
    pagersFor: (severity) => routeFor(config, severity),
    laterFor: (severity) => laterFor(config, severity),
    repeat: config.defaults.repeat,
    statusUrl: rootOf(config.watchdog),
    ...(standing && { standing }),
    ...(standing?.state === 'signed' && { inForce: inForceOf({ manifest, accepted }) }),
  };
}

/** Where people reach the HTTP interface: as config.yaml says, else where it listens. */
function rootOf({ url, listen: address }: Config['watchdog']): string | undefined {
  if (url !== undefined || address === 'off') return url?.replace(/\/+$/, '');
  return `http://${address.host.includes(':') ? `[${address.host}]` : address.host}:${address.port}`;
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
  context: AppContext & { readonly log: Log; readonly version: string },
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
    let files = await settle(read, reading, loadAccepted(snapshot.meta), clock.now().wall);
    let plan = makePlan(files, context, clock);
    releasers.push({ name: 'links', release: () => closeGroups(plan) });
    const strong = await reasonNotToArm(plan, snapshot, clock);
    if (strong !== undefined) throw new StartError(strong);
    const { heartbeat, watchdog } = files.config;
    const key = openKey(watchdog.state, watchdog.name, log);
    const watch = new Watch(
      watchdog.name,
      plan,
      {
        clock,
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
          const rules = rulesOf(files);
          return rules !== undefined && isProven(rules, record);
        },
        sign: key?.sign,
      },
      snapshot,
    );
    releasers.push({ name: 'watch', release: () => watch.stop() });
    const resettle = async (): Promise<Settled> => settle(await readConfigFile(option, reading), reading, files.accepted, clock.now().wall);
    let turn = Promise.resolve();
    // One after another: what is judged must not be overtaken by what is loaded. What fails keeps nobody waiting.
    const inTurn = (what: () => Promise<void>): Promise<void> => {
      const done = turn.then(what);
      turn = done.catch(() => {});
      return done;
    };
    const lookAgain = async (): Promise<void> => {
      const { accepted, standing } = await resettle();
      const same = accepted?.sha256 === files.accepted?.sha256;
      if (same) files = { ...files, accepted, standing };
      else log.info('a signed manifest waits to be loaded', { version: accepted?.head.version });
      // What enough people signed is no tampering; what they had not signed is still watched until theirs is loaded.
      const { state, approval } = files.standing;
      if (same || state === 'signed') await watch.stand(same ? standing : { state, cloned: [], ...(approval && { approval }) });
    };
    const look = () => (files.standing.state === 'unsigned' ? undefined : files.config);
    const vigil = new Vigil({ clock, log, look, tell: () => inTurn(lookAgain) });
    releasers.push({ name: 'vigil', release: () => vigil.stop() });
    const compile: World['compile'] = (bytes) => compileManifest(bytes, files.config, reading);
    const isArmed = (id: string) => watch.status().armed?.includes(id) ?? false;
    const office = new RequestOffice(store, () => worldOf(files, { print: printerOf(watch), compile, isArmed }), clock, newId);
    const { approvals } = files.config.requests;
    const mailbox = approvals === undefined ? undefined : office.collect(approvals, log);
    if (mailbox) releasers.push({ name: 'approvals', release: () => mailbox.stop() });
    const cosigning =
      key && new Cosigning({ store, clock, key, ...files.config.ledger, meta: snapshot.meta, tell: watch.trouble.bind(watch) });
    if (cosigning) releasers.push({ name: 'cosigning', release: () => cosigning.stop() });
    const { archive } = files.config.ledger ?? {};
    const archiver = archive && new Archiver({ store, clock, log, ...archive, tell: watch.trouble.bind(watch) });
    if (archiver) releasers.push({ name: 'archiver', release: () => archiver.stop() });
    const closed = (id: string) => store.incident(id);
    const web = await serveWeb(files.config, watch, office, secret, { closed, cosigning, version: context.version });
    if (web) releasers.push({ name: 'web', release: () => web.close() });
    let stopping: Promise<void> | undefined;
    return {
      watch,
      url: web?.url,
      get files() {
        return files;
      },
      run: () => watch.run(),
      stop: () => (stopping ??= release()),
      reload: () =>
        inTurn(async () => {
          try {
            const next = await resettle();
            refuseMoves(files, next);
            const nextPlan = makePlan(next, context, clock);
            await watch.reload(nextPlan);
            files = next;
            plan = nextPlan;
            log.info('a manifest was loaded', { version: next.manifest.version, signing: next.standing.state });
          } catch (error) {
            const why = error instanceof Error ? error.message : String(error);
            log.error('reload refused', { why });
            await watch.trouble('reload.failed', `reload refused, watching on with the last good files: ${why}`, 'warning');
          }
        }),
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
