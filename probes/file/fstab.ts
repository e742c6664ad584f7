import { unescapeOctal } from './mountinfo.ts';

/** A line of /etc/fstab: what the administrator wants mounted where. */
export interface FstabEntry {
  readonly source: string;
  readonly mountPoint: string;
  readonly type: string;
}

export function parseFstab(text: string): FstabEntry[] {
  return text.split('\n').flatMap((line) => {
    if (line.trimStart().startsWith('#')) return [];
    const [source, mountPoint, type] = line.trim().split(/\s+/);
    if (!source || !mountPoint?.startsWith('/') || !type) return [];
    return [{ source: unescapeOctal(source), mountPoint: trimSlash(unescapeOctal(mountPoint)), type }];
  });
}

function trimSlash(path: string): string {
  return path.length > 1 ? path.replace(/\/+$/, '') : path;
}
