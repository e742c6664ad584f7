/** Where the kernel and the system's configuration say what is mounted and which devices exist. */
export interface System {
  readonly mountinfo: string;
  /** Descriptor information: names the mount an open folder lies on. */
  readonly fdinfo: string;
  readonly descriptors: string;
  readonly fstab: string;
  /** Links named by filesystem UUID, kept by udev. */
  readonly uuids: string;
  /** One entry `major:minor` per block device the kernel knows. */
  readonly devices: string;
}

export const LINUX: System = {
  mountinfo: '/proc/self/mountinfo',
  fdinfo: '/proc/self/fdinfo',
  descriptors: '/proc/self/fd',
  fstab: '/etc/fstab',
  uuids: '/dev/disk/by-uuid',
  devices: '/sys/dev/block',
};
