import assert from 'node:assert/strict';
import { parseFstab } from '../../../probes/file/fstab.ts';
import { parseMountinfo } from '../../../probes/file/mountinfo.ts';
import { isNetwork } from '../../../probes/file/network.ts';

const RECORDED = String.raw`27 1 254:0 / / rw,relatime - ext4 /dev/vda rw,discard
36 27 8:17 /sub\040vol /srv/my\040data\011x\134y\043z rw,noatime shared:1 master:2 propagate_from:2 - btrfs /dev/sdb1 rw
40 27 0:44 / /mnt/nas rw,relatime shared:3 - nfs4 nas:/export/a\040b rw,vers=4.2
41 27 0:45 / /mnt/none rw - tmpfs  rw
half a line
`;

describe('the mount table', () => {
  it('is read with optional fields, octal escapes and empty sources', () => {
    const [root, btrfs, nfs, nameless, ...more] = parseMountinfo(RECORDED);
    assert.deepEqual(root, { id: 27, device: '254:0', root: '/', mountPoint: '/', type: 'ext4', source: '/dev/vda' });
    assert.equal(btrfs?.mountPoint, '/srv/my data\tx\\y#z');
    assert.equal(btrfs.root, '/sub vol');
    assert.equal(btrfs.type, 'btrfs');
    assert.equal(nfs?.source, 'nas:/export/a b');
    assert.equal(nameless?.source, '');
    assert.deepEqual(more, []);
  });

  it('of fstab leaves out comments, swap and what is no line', () => {
    const text =
      '# a comment\n  # another\nUUID=1-2 /srv/data/ ext4 defaults 0 2\nnas:/x /mnt/a\\040b nfs4 _netdev\n/swap none swap sw\nhalf\n';
    assert.deepEqual(parseFstab(text), [
      { source: 'UUID=1-2', mountPoint: '/srv/data', type: 'ext4' },
      { source: 'nas:/x', mountPoint: '/mnt/a b', type: 'nfs4' },
    ]);
  });

  it('tells filesystems served by others from local ones', () => {
    for (const type of ['nfs', 'nfs4', 'cifs', 'fuse.sshfs', 'fuse', '9p', 'ceph', 'autofs']) assert.ok(isNetwork(type), type);
    for (const type of ['ext4', 'xfs', 'btrfs', 'zfs', 'tmpfs', 'fuseblk', 'overlay']) assert.ok(!isNetwork(type), type);
  });
});
