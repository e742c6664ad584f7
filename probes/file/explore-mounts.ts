import { statfsSync, statSync } from 'node:fs';
import type { Discovery, Found } from '../../src/probe.ts';
import { formatSize, writeSize } from '../../src/values/size.ts';
import { clean } from '../../src/values/text.ts';
import type { DiscoveryAnswer, DiscoveryJob } from './discovery-job.ts';
import { filesystemIdentity, placeOf, readMounts } from './mount.ts';
import type { Mount } from './mountinfo.ts';
import { isNetwork } from './network.ts';
import { refusal } from './refusal.ts';
import type { System } from './system.ts';
import { bornOf } from './volume.ts';

const LOCAL = /^(?:ext[234]|xfs|btrfs|zfs|f2fs|jfs|reiserfs|bcachefs|ntfs3?|fuseblk|exfat|vfat|ocfs2|gfs2)$/;
/** The system's own: what is lost there is reinstalled. */
const SYSTEMS =
  /^\/(?:$|boot(?:\/|$)|efi(?:\/|$)|proc(?:\/|$)|sys(?:\/|$)|dev(?:\/|$)|run(?:\/|$)|snap(?:\/|$)|usr$|etc(?:\/|$)|var\/lib\/(?:docker|containerd|containers|kubelet)(?:\/|$))/;

/** Which mounts hold anybody's data, to be looked at one by one: each may hang. */
export function listMounts(system: System): DiscoveryAnswer {
  const mounts = readMounts(system).filter(
    ({ type, mountPoint }) => (LOCAL.test(type) || isNetwork(type)) && type !== 'autofs' && !SYSTEMS.test(mountPoint),
  );
  // Mounted over, only the last of one place is seen; of one folder of a filesystem that is mounted twice, the first will do.
  const seen = new Map(
    [...new Map(mounts.map((mount) => [mount.mountPoint, mount])).values()]
      .reverse()
      .map((mount) => [`${mount.device} ${mount.root}`, mount]),
  );
  return { said: [], folders: [...seen.values()].map(({ mountPoint }) => mountPoint).sort() };
}

/** One mount as an entry of the roll. Never throws. */
export function exploreMount({ path, proposals }: DiscoveryJob, system: System): DiscoveryAnswer {
  try {
    // The system's own files are mounted into containers one by one.
    if (!statSync(path).isDirectory()) return { said: [], folders: [] };
    const { mount, born } = placeOf(path, system);
    const pin = { ...filesystemIdentity(mount, system), ...bornOf(born) };
    const found: Found = { kind: 'found', of: 'file.volume', label: path, name: path.slice(1), entry: { path }, pin };
    return { said: [proposals ? { ...found, ...proposeVolume(path, mount) } : found], folders: [] };
  } catch (error) {
    const say = clean(error instanceof Error ? error.message : String(error), 200);
    const found: Found = {
      kind: 'found',
      of: 'file.volume',
      label: path,
      name: path.slice(1),
      entry: { path },
      pin: {},
      facts: [`could not be looked into: ${say}`],
    };
    const denied: Discovery = { kind: 'unexplored', on: clean(path, 200), reason: refusal(error), say, hides: false };
    return { said: [found, denied], folders: [] };
  }
}

function proposeVolume(path: string, { type, source, root }: Mount): Pick<Found, 'facts' | 'expect'> {
  // Of a folder of a filesystem that is mounted here the kernel tells what all of the filesystem holds: no floor of the folder.
  if (root !== '/') return { facts: [`${clean(root, 120)} of ${clean(type, 40)} ${clean(source, 120)}`], expect: { mounted: true } };
  const { bsize, blocks, bfree } = statfsSync(path);
  const used = (blocks - bfree) * bsize;
  return {
    facts: [`${clean(type, 40)} ${clean(source, 120)}, ${formatSize(used)} of ${formatSize(blocks * bsize)} in use`],
    expect: { mounted: true, ...(used >= 1024 && { min_used: writeSize(used / 2), max_shrink: '30%' }) },
  };
}
