import { spawnSync } from 'node:child_process';
import { makeFolder } from './folder.ts';

export interface SmallDisk {
  readonly path: string;
  resize(kib: number): void;
  remove(): void;
}

/** A file system of so many KiB in memory; undefined where this user may not mount one. */
export function mountSmallDisk(kib: number): SmallDisk | undefined {
  const folder = makeFolder();
  const mount = (options: string) => spawnSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', folder.path]).status === 0;
  if (!mount(`size=${kib}k`)) {
    folder.remove();
    return undefined;
  }
  return {
    path: folder.path,
    resize: (size) => void mount(`remount,size=${size}k`),
    remove: () => {
      spawnSync('umount', [folder.path]);
      folder.remove();
    },
  };
}
