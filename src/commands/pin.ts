import { readFile } from 'node:fs/promises';
import { createSystemClock } from '../adapters/clock-system.ts';
import { replaceFile } from '../adapters/replace-file.ts';
import { filesContext, makePlan, probes, recall } from '../app.ts';
import { createHash } from 'node:crypto';
import type { Config, Manifest } from '../config/types.ts';
import { EXIT } from '../core/exit.ts';
import type { Resource } from '../core/expectation.ts';
import { diffManifests, toRemembered } from '../core/manifest-diff.ts';
import type { Identity } from '../core/report.ts';
import { pinText, type Pinning } from '../draft/pin-text.ts';
import { compileManifest, readFiles } from '../files.ts';
import { identifyOnce, type Identified } from '../loop/once.ts';
import { closeGroups } from '../loop/plan.ts';
import type { Io } from './io.ts';
import { knownIds } from './known-ids.ts';
import { plainLines } from './lines.ts';

export interface PinOptions {
  readonly config: string | undefined;
  /** Which resources; all where none is named. */
  readonly ids: readonly string[];
  /** Write nothing, and say what would be written. */
  readonly dryRun: boolean;
  readonly json: boolean;
}

/** The schema `rollcall/pin/v1`. */
interface PinResult {
  readonly schema: 'rollcall/pin/v1';
  readonly manifest: { readonly id: string; readonly version: number; readonly sha256: string };
  /** Identities that were written, or would be. */
  readonly pinned: readonly { readonly id: string; readonly identity: Identity }[];
  /** Ids that say it all already. */
  readonly unchanged: readonly string[];
  /** Why nothing was written: each of them was not seen to be what it should be. */
  readonly refused: readonly { readonly id: string; readonly verdict: string; readonly why: string }[];
  /** SHA-256 of the file as it is now; null where nothing was written. */
  readonly written: string | null;
}

/**
 * Writes the identities seen now into the manifest on the disk, and nothing else. Where one of those asked for is absent, another one, or out
 * of sight, nothing is written at all (law 2). Raises no version and signs nothing: that is for people.
 */
export async function pin(io: Io, { config: option, ids: asked, dryRun, json }: PinOptions): Promise<number> {
  const { config, manifest } = await readFiles(option, filesContext(io));
  const ids = knownIds(asked, manifest, io);
  if (!ids) return EXIT.usage;
  const seen = await look(config, manifest, ids, io);
  const refused = seen.flatMap(({ printed, pin: found }) =>
    found ? [] : [{ id: printed.id, verdict: printed.verdict, why: printed.skipped[0]?.say ?? printed.summary }],
  );
  const byId = new Map(manifest.resources.map((resource) => [resource.id, resource]));
  const pinnings = seen.flatMap(({ printed: { id }, pin: found }) => {
    const resource = byId.get(id);
    const add = found && resource ? missing(resource, found) : {};
    return Object.keys(add).length > 0 ? [{ id, add }] : [];
  });
  const { id, version, sha256 } = manifest;
  const result: PinResult = {
    schema: 'rollcall/pin/v1',
    manifest: { id, version, sha256 },
    pinned: refused.length > 0 ? [] : pinnings.map((one) => ({ id: one.id, identity: one.add })),
    unchanged: ids.filter((one) => !pinnings.some((other) => other.id === one) && !refused.some((other) => other.id === one)),
    refused,
    written: null,
  };
  const say = (written: string | null): void => {
    io.out(json ? `${JSON.stringify({ ...result, written }, null, 2)}\n` : textOf({ ...result, written }, config, dryRun));
  };
  if (refused.length > 0) {
    say(null);
    return refused.some(({ verdict }) => verdict !== 'blind') ? EXIT.critical : EXIT.unknown;
  }
  if (pinnings.length === 0 || dryRun) {
    say(null);
    return EXIT.ok;
  }
  const next = await edit(config, manifest, pinnings, io);
  if (next === undefined) return EXIT.config;
  await replaceFile(config.manifest, next);
  say(digest(next));
  return EXIT.ok;
}

async function look(config: Config, manifest: Manifest, ids: readonly string[], io: Io): Promise<readonly Identified[]> {
  const known = await recall(config);
  const clock = createSystemClock(Number(known?.meta['steady'] ?? 0));
  const plan = makePlan({ config: { ...config, pagers: new Map() }, manifest }, { ...io, out: { write: () => true } }, clock);
  try {
    return await identifyOnce(plan, ids, known?.resources ?? new Map(), clock, io.signal);
  } finally {
    await closeGroups(plan);
  }
}

/** What was seen of the keys that the kind has for an identity and the manifest does not state. */
function missing({ kind, identity }: Resource, found: Identity): Identity {
  const entry = [...probes.values()].flatMap((probe) => probe.kinds.get(kind) ?? [])[0]?.entry;
  const shape = identityKeys(entry?.shape['identity']);
  return Object.fromEntries(Object.entries(found).filter(([key]) => !(key in identity) && shape.has(key)));
}

/** The keys of an optional map in a schema. */
function identityKeys(schema: unknown): ReadonlySet<string> {
  const { shape, def } = (schema ?? {}) as { readonly shape?: object; readonly def?: { readonly innerType?: unknown } };
  if (shape) return new Set(Object.keys(shape));
  return def?.innerType === undefined ? new Set() : identityKeys(def.innerType);
}

/** The manifest's text with the pins in it, proven to differ in nothing else; undefined, with the reasons on stderr, where it cannot be made. */
async function edit(config: Config, manifest: Manifest, pinnings: readonly Pinning[], io: Io): Promise<string | undefined> {
  const bytes = await readFile(config.manifest);
  if (digest(bytes) !== manifest.sha256) return refuse(io, `${config.manifest} was changed meanwhile; run it again`);
  const made = pinText(bytes.toString('utf8'), pinnings);
  if (!made.ok) return refuse(io, `identity cannot be added to ${made.ids.join(', ')}: it comes by an alias; write it there by hand`);
  const read = await compileManifest(Buffer.from(made.text), config, filesContext(io), {
    file: manifest.file,
    signed: config.signers !== undefined,
  });
  if (!read.ok) return refuse(io, `the manifest would no longer be whole: ${read.complaints[0]?.message ?? ''}`);
  const diff = diffManifests(manifest.resources.map(toRemembered), read.value.resources.map(toRemembered));
  const wanted = new Set(pinnings.map(({ id }) => id));
  const other = [
    ...diff.added,
    ...diff.removed,
    ...diff.repinned,
    ...[...diff.weakened, ...diff.neutral].map(({ id }) => id),
    ...diff.strengthened.flatMap(({ id, what }) => (what === 'pinned' && wanted.has(id) ? [] : [id])),
  ];
  return other.length > 0 ? refuse(io, `more than the identity would change of ${[...new Set(other)].join(', ')}`) : made.text;
}

function refuse(io: Io, why: string): undefined {
  io.err(`rollcall: nothing was written: ${why}\n`);
  return undefined;
}

function textOf({ manifest, pinned, unchanged, refused, written }: PinResult, config: Config, dryRun: boolean): string {
  const lines = [
    ...pinned.map(
      ({ id, identity }) =>
        `${id}: ${Object.entries(identity)
          .map(([key, value]) => `${key} ${value}`)
          .join(', ')}`,
    ),
    ...(unchanged.length > 0 ? [`${unchanged.length} ${unchanged.length === 1 ? 'resource says' : 'resources say'} it all already`] : []),
    ...refused.map(({ id, verdict, why }) => `${id}: ${verdict}: ${why}`),
    ...(refused.length > 0
      ? ['nothing was written: what is not seen to be there, and the right one, is not pinned; name the ids that may be']
      : []),
    ...(pinned.length > 0 && dryRun ? ['nothing was written (--dry-run)'] : []),
    ...(written === null ? [] : [`written to ${config.manifest}; ${nextStep(manifest, config)}`]),
  ];
  return `${plainLines(lines).join('\n')}\n`;
}

function nextStep({ version, sha256 }: PinResult['manifest'], { signers }: Config): string {
  if (signers === undefined) return `its version is ${version} still: count it up, then reload the daemon`;
  return `its version is ${version} still: if version ${version} is in force, set version: ${version + 1} and previous: sha256:${sha256}; then sign it anew`;
}

function digest(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}
