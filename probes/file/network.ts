// Filesystems whose data lies on another machine: where they are not mounted, nothing is known of what is on them.
// `autofs` stands for a mount that its daemon did not make; `fuseblk` is a local disk and not among them.
const NETWORK = new Set([
  '9p',
  'afs',
  'autofs',
  'beegfs',
  'ceph',
  'cifs',
  'davfs',
  'fuse',
  'glusterfs',
  'lustre',
  'ncpfs',
  'nfs',
  'nfs4',
  'orangefs',
  'smb3',
  'smbfs',
  'virtiofs',
]);

/** True for filesystem types served by another machine or by a process (nfs, cifs, ceph, 9p, fuse.*). */
export function isNetwork(type: string): boolean {
  return NETWORK.has(type) || type.startsWith('fuse.');
}
