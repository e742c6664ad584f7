import { basename, dirname } from 'node:path';
import { readFileSync } from 'node:fs';
import type { Identity } from '../../src/probe.ts';
import { parseFstab, type FstabEntry } from './fstab.ts';
import type { KnownMount, VolumeTarget } from './job.ts';
import { listOrNone } from './mount.ts';
import type { Mount } from './mountinfo.ts';
import { isNetwork } from './network.ts';
import type { Absence } from './reporter.ts';
import type { System } from './system.ts';

/** Whether the device that should be mounted is still known to the system. */
export type DeviceState =
  | { readonly is: 'there'; readonly what: string; readonly pin: Identity }
  | { readonly is: 'gone'; readonly absence: Absence }
  /** Nothing says which device it was, or the place where devices are listed shows none at all. */
  | { readonly is: 'unknown' };

/** Looks for a volume's device by what the manifest, fstab and earlier looks say of it. */
export function findDevice(target: VolumeTarget, known: KnownMount | undefined, system: System): DeviceState {
  const entry = fstabOf(system).find((candidate) => candidate.mountPoint === target.path);
  const uuid = target.identity['filesystem'] ?? /^UUID=(.+)$/.exec(entry?.source ?? '')?.[1]?.replaceAll('"', '');
  if (uuid) return inListing(system.uuids, uuid, `filesystem ${uuid}`, { filesystem: uuid });
  if (known && isBlockDevice(known.device)) return inListing(system.devices, known.device, `${known.source} (${known.device})`, {});
  const path = target.identity['device'] ?? entry?.source;
  if (path?.startsWith('/dev/')) return inListing(dirname(path), basename(path), path, target.identity['device'] ? { device: path } : {});
  return { is: 'unknown' };
}

/** A mounted filesystem whose device the kernel no longer lists: pulled out, detached, deleted at the provider. */
export function lostUnderMount(mount: Mount, system: System): Absence | undefined {
  if (!isBlockDevice(mount.device)) return undefined;
  const state = inListing(system.devices, mount.device, `${mount.source} (${mount.device})`, {});
  return state.is === 'gone' ? state.absence : undefined;
}

function inListing(folder: string, name: string, what: string, pin: Identity): DeviceState {
  const names = listOrNone(folder);
  if (names.includes(name)) return { is: 'there', what, pin };
  if (names.length === 0) return { is: 'unknown' };
  const said = `the device ${what} is gone: not among the ${names.length} of ${folder}`;
  return { is: 'gone', absence: { scope: folder, others: names.length, said } };
}

/**
 * The network mount that should lie under `path` and does not, in words; undefined where there is none. Asks only the mount table,
 * fstab and what was known before: it never touches the path, so it cannot hang.
 */
export function missingNetworkMount(
  path: string,
  mounts: readonly Mount[],
  known: KnownMount | undefined,
  system: System,
): string | undefined {
  const wanted: (FstabEntry | KnownMount)[] = [...fstabOf(system), ...(known ? [known] : [])];
  for (const { mountPoint, type, source } of wanted) {
    if (!isNetwork(type) || !isWithin(path, mountPoint)) continue;
    const there = mounts.findLast((mount) => mount.mountPoint === mountPoint);
    // An automounter's own mount is a promise to mount, kept when the path is touched.
    if (!there || !isNetwork(there.type)) return `${type} ${source} is not mounted at ${mountPoint}`;
  }
  return undefined;
}

function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith('/') ? folder : `${folder}/`);
}

function isBlockDevice(device: string): boolean {
  return !device.startsWith('0:');
}

function fstabOf(system: System): FstabEntry[] {
  try {
    return parseFstab(readFileSync(system.fstab, 'utf8'));
  } catch {
    return [];
  }
}
