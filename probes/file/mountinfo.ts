/** One line of /proc/self/mountinfo (proc_pid_mountinfo(5)). */
export interface Mount {
  readonly id: number;
  /** `major:minor` of the files on it, as the kernel prints it; major 0 for filesystems without a block device. */
  readonly device: string;
  /** Which folder of the filesystem is mounted: not `/` for bind mounts and subvolumes. */
  readonly root: string;
  readonly mountPoint: string;
  readonly type: string;
  readonly source: string;
}

/** The mounts of /proc/self/mountinfo, in the kernel's order. Lines that are none are left out. */
export function parseMountinfo(text: string): Mount[] {
  return text.split('\n').flatMap((line) => {
    const fields = line.split(' ');
    // Between the sixth field and the separator stands any number of optional fields (`shared:1 master:2`).
    const dash = fields.indexOf('-', 6);
    const [id, , device, root, mountPoint] = fields;
    const type = fields[dash + 1];
    const source = fields[dash + 2];
    if (dash < 0 || !id || !device || !root || !mountPoint || !type || source === undefined) return [];
    return [
      { id: Number(id), device, root: unescapeOctal(root), mountPoint: unescapeOctal(mountPoint), type, source: unescapeOctal(source) },
    ];
  });
}

/** `\040` as a space: how the kernel and fstab write blanks, tabs, newlines, backslashes and hashes in a path. */
export function unescapeOctal(text: string): string {
  return text.replace(/\\([0-3][0-7]{2})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));
}
