import { createSystemClock } from '../adapters/clock-system.ts';
import { openStore, PATIENT, type SqliteStore } from '../adapters/store-sqlite.ts';
import { filesContext } from '../app.ts';
import { loadAccepted } from '../approval/accepted.ts';
import { ownFingerprint } from '../approval/read-signing.ts';
import { worldOf, type World } from '../approval/world.ts';
import { BLANK } from '../core/memory.ts';
import { printResource } from '../core/print.ts';
import type { Instant } from '../core/report.ts';
import { NEW } from '../core/state.ts';
import { compileManifest, FilesError, readConfigFile } from '../files.ts';
import type { Snapshot } from '../ports.ts';
import type { Io } from './io.ts';

/** The requests of this machine's own watcher, whether its daemon runs or not. */
export interface RegistryHere {
  readonly store: SqliteStore;
  /** Undefined where nobody signs, or no daemon has taken a signed manifest yet. */
  readonly world: World | undefined;
  readonly at: Instant;
}

export const NOBODY_SIGNS =
  'rollcall: nobody signs here (signers in config.yaml), or `rollcall watch` has not taken a signed manifest yet\n';

/** What the daemon watches by, as its store keeps it: what lies on the disk is not in force until it has been taken. */
export async function withRegistry(
  io: Io,
  option: string | undefined,
  use: (here: RegistryHere) => Promise<number>,
  readOnly = false,
): Promise<number> {
  const context = filesContext(io);
  const { config } = await readConfigFile(option, context);
  const store = await openStore(config.watchdog.state, { readOnly, patience: PATIENT });
  try {
    const known = await store.load();
    const accepted = loadAccepted(known.meta);
    const compile: World['compile'] = (bytes) => compileManifest(bytes, config, context);
    const at = createSystemClock(Number(known.meta['steady'] ?? 0)).now();
    if (!accepted) return await use({ store, world: undefined, at });
    const loaded = await compile(Buffer.from(accepted.manifest));
    if (!loaded.ok) throw new FilesError(loaded.complaints);
    const manifest = loaded.value;
    const standing = { state: 'signed', cloned: [] } as const;
    const own = ownFingerprint(config, context);
    const world = worldOf(
      { config, manifest, accepted, standing, ...(own !== undefined && { own }) },
      { print: printer(manifest.resources, known), compile },
    );
    return await use({ store, world, at });
  } finally {
    await store.close();
  }
}

function printer(resources: World['resources'], known: Snapshot): World['print'] {
  return (id) => {
    const [resource, record] = [resources.find((one) => one.id === id), known.resources.get(id)];
    return resource && printResource(resource, record?.state ?? NEW, record?.memory ?? BLANK, 0);
  };
}
