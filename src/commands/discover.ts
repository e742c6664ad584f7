import { createSystemClock } from '../adapters/clock-system.ts';
import { filesContext, openSources, settleFiles } from '../app.ts';
import type { Manifest } from '../config/types.ts';
import { coverageOf, isUnmanaged, placeFound, sightOf, type Placed } from '../core/coverage.ts';
import { EXIT } from '../core/exit.ts';
import { formatInstant } from '../core/wording.ts';
import { FilesError, readConfigFile } from '../files.ts';
import { discoverAll, type Discovered } from '../loop/discovery-round.ts';
import { nearest } from '../values/suggest.ts';
import { clean, escapeUnsafe } from '../values/text.ts';
import { printDiscovery } from './discovery-json.ts';
import { draftOf } from './draft-of.ts';
import type { Io } from './io.ts';
import { ProgressLine } from './progress.ts';
import { unmanagedText } from './unmanaged-text.ts';
import { canWriteNew, writeNew } from './write-new.ts';

/** How long one connection may say nothing, ms: a page of a listing that is throttled may take its time. */
const PATIENCE_MS = 60_000;

export interface DiscoverOptions {
  readonly config: string | undefined;
  /** Which connections; all where none is named. */
  readonly connections: readonly string[];
  /** Only what is there and not on the roll. */
  readonly unmanaged: boolean;
  /** Where the draft goes; to stdout where absent. */
  readonly output: string | undefined;
  /** Whether a file that is there may be written over. */
  readonly force: boolean;
  readonly json: boolean;
}

/** Everything that was found, and how it stands with the roll. */
export interface Discovery {
  readonly watchdog: string;
  readonly manifest: Manifest | undefined;
  readonly at: string;
  readonly discovered: readonly Discovered[];
  readonly placed: readonly Placed[];
}

/** What is there on each connection, as a draft of a manifest with pins; or what of it is not on the roll. Arms nothing, and changes nothing but the file named. */
export async function discover(io: Io, options: DiscoverOptions): Promise<number> {
  const { json, output, force, unmanaged } = options;
  const { config, complaints } = await readConfigFile(options.config, filesContext(io));
  if (complaints.length > 0) io.err(`${new FilesError(complaints).message}\n`);
  const unknown = options.connections.filter((name) => !config.connections.has(name));
  for (const name of unknown) {
    const near = nearest(name, config.connections.keys());
    io.err(`rollcall: no connection '${clean(name, 80)}' in config.yaml${near === undefined ? '' : `; did you mean '${near}'?`}\n`);
  }
  if (unknown.length > 0) return EXIT.usage;
  if (output !== undefined && !(await canWriteNew(io, output, force))) return EXIT.usage;
  const manifest = unmanaged ? (await settleFiles(options.config, io)).manifest : await manifestIfAny(options.config, io);
  const clock = createSystemClock(0);
  const sources = openSources(config, io, clock).filter(
    ({ connection }) => options.connections.length === 0 || options.connections.includes(connection),
  );
  const { resources = [], leftOut = [] } = manifest ?? {};
  using progress = new ProgressLine(io);
  const discovered = await discoverAll(sources, resources, {
    depth: 'proposals',
    patience: PATIENCE_MS,
    clock,
    signal: io.signal,
    onProgress: (connection, { done, of, what }, found) =>
      progress.show(`${connection}: ${done}${of === undefined ? '' : ` of ${of}`}, ${found} found, ${what}`),
  });
  progress[Symbol.dispose]();
  if (io.signal.aborted) {
    // What was not looked at any more is in none of the answers: a draft of them would pass for all there is.
    io.err('rollcall: broken off while it looked; no draft was written\n');
    return EXIT.unknown;
  }
  const coversOf = (connection: string, kind: string) => sources.find((one) => one.connection === connection)?.coversOf(kind);
  const placed = placeFound(discovered, resources, leftOut, coversOf);
  const found: Discovery = { watchdog: config.watchdog.name, manifest, at: formatInstant(clock.now().wall), discovered, placed };
  for (const { connection, unexplored } of discovered)
    for (const { on, reason, say } of unexplored)
      io.err(`${clean(`${connection}: ${on} could not be looked into: ${reason}: ${say}`, 400)}\n`);
  for (const { connection, probe, asked } of discovered)
    if (!asked) io.err(`${connection}: the probe ${probe} cannot tell what is there\n`);
  const exit = exitOf(found, unmanaged);
  if (json) io.out(escapeUnsafe(`${JSON.stringify(printDiscovery(found, exit), null, 2)}\n`));
  else if (unmanaged) io.out(unmanagedText(coverageOf(placed), placed));
  if (output === undefined && (json || unmanaged)) return exit;
  const draft = draftOf(found, unmanaged ? isUnmanaged : () => true);
  if (output === undefined) io.out(draft.text);
  else if (!(await writeNew(io, output, draft.text, force))) return EXIT.usage;
  io.err(
    `${draft.entries} entries${output === undefined ? '' : ` in ${output}`}. Nothing is watched by this: read it, put it where config.yaml's manifest leads, then rollcall validate, grants, check.\n`,
  );
  return exit;
}

/** What is on the roll already, where there is a roll that can be read; a file that is wrong is told of, for then nobody knows. */
async function manifestIfAny(option: string | undefined, io: Io): Promise<Manifest | undefined> {
  try {
    return (await settleFiles(option, io)).manifest;
  } catch (error) {
    if (!(error instanceof FilesError)) throw error;
    const wrong = error.complaints.filter(({ code, message }) => code !== 'RC_SECRET_UNREADABLE' && !/ENOENT/.test(message));
    if (wrong.length > 0)
      io.err(`the manifest cannot be read, so nobody knows what is on the roll already (rollcall validate says more)\n`);
    return undefined;
  }
}

/** A draft is short of what may not be listed; a figure of what is not on the roll says of what it does not speak. */
function exitOf({ discovered, placed, manifest }: Discovery, unmanaged: boolean): 0 | 1 | 3 {
  const isShort = (one: Discovered): boolean =>
    unmanaged ? sightOf(one, manifest?.leftOut ?? []).hidden.length > 0 : one.unexplored.some(({ hides }) => hides);
  const blind = discovered.some(isShort) || !discovered.some(({ asked }) => asked);
  if (blind || (!unmanaged && placed.length === 0)) return EXIT.unknown;
  return unmanaged && placed.some(isUnmanaged) ? EXIT.warning : EXIT.ok;
}
