import { constants, openSync, closeSync, fstatSync, readFileSync, readdirSync, readlinkSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Identity } from '../../src/probe.ts';
import { parseMountinfo, type Mount } from './mountinfo.ts';
import { isNetwork } from './network.ts';
import type { System } from './system.ts';

/** A folder that was opened, and what it lies on. */
export interface Place {
  /** Where it really is, links resolved. */
  readonly real: string;
  readonly inode: number;
  /** When the folder was made, in ns since 1970; undefined where the filesystem does not keep it. */
  readonly born?: bigint;
  readonly mount: Mount;
}

/** Opens a folder, which also makes an automounter mount it, and asks the kernel which mount it lies on. Throws what node:fs throws. */
export function placeOf(path: string, system: System): Place {
  const fd = openSync(path, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NONBLOCK);
  try {
    // By the mount's id, not by comparing paths: an overmounted or moved folder cannot be mistaken.
    const id = Number(/^mnt_id:\s*(\d+)/m.exec(readFileSync(join(system.fdinfo, String(fd)), 'utf8'))?.[1]);
    const mount = readMounts(system).find((candidate) => candidate.id === id);
    if (!mount) throw new Error(`the kernel lists no mount for ${path}`);
    const { ino, birthtimeNs, ctimeNs } = fstatSync(fd, { bigint: true });
    // Where the kernel cannot tell the birth, libuv answers 0 or the time of the last change: neither identifies anything.
    const born = birthtimeNs > 0n && birthtimeNs !== ctimeNs ? { born: birthtimeNs } : {};
    return { real: readlinkSync(join(system.descriptors, String(fd))), inode: Number(ino), ...born, mount };
  } finally {
    closeSync(fd);
  }
}

export function readMounts(system: System): Mount[] {
  return parseMountinfo(readFileSync(system.mountinfo, 'utf8'));
}

/** What stays the same over remounts and reboots: the filesystem's UUID, the source where its name is stable, the family of its type. */
export function filesystemIdentity(mount: Mount, system: System): Identity {
  const uuid = uuidOf(mount, system);
  return { ...(uuid ? { filesystem: uuid } : {}), ...(isStable(mount) ? { device: mount.source } : {}), type: family(mount.type) };
}

/** nfs and nfs4 are one server's answer to two dialects, ext3 mounts as ext4: the family does not change by itself. */
function family(type: string): string {
  if (type === 'nfs4') return 'nfs';
  if (type === 'smb3') return 'cifs';
  return /^ext[234]$/.test(type) ? 'ext' : type;
}

/** `/dev/sdb` may be `/dev/sdc` after a reboot, and `tmpfs` is no device at all. */
function isStable({ type, source }: Mount): boolean {
  if (isNetwork(type)) return source !== 'none' && source !== '';
  return type === 'zfs' || /^\/dev\/(mapper|disk\/by-[a-z]+|md|zvol)\//.test(source);
}

function uuidOf(mount: Mount, system: System): string | undefined {
  return listOrNone(system.uuids).find((uuid) => {
    const target = statSync(join(system.uuids, uuid), { throwIfNoEntry: false });
    if (!target) return false;
    if (deviceName(target.rdev) === mount.device) return true;
    // btrfs shows a device number of its own: its source is compared instead.
    return mount.source.startsWith('/dev/') && statSync(mount.source, { throwIfNoEntry: false })?.rdev === target.rdev;
  });
}

/** A folder's names, or none where it is not there or may not be read. */
export function listOrNone(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** `major:minor` of a device number, packed as glibc does. */
function deviceName(rdev: number): string {
  const packed = BigInt(rdev);
  const major = ((packed >> 32n) & 0xfffff000n) | ((packed >> 8n) & 0xfffn);
  const minor = ((packed >> 12n) & 0xffffff00n) | (packed & 0xffn);
  return `${major}:${minor}`;
}
