import { dirname } from 'node:path';
import type { Right, Wanted } from '../../src/probe.ts';
import { splitPattern } from './glob.ts';
import type { FileTarget } from './job.ts';

/** The rights that the watcher's account needs in the file system. None of them can change anything. */
export function rightsFor(wanted: readonly Wanted<FileTarget>[]): Right[] {
  const rights = wanted.flatMap(({ target, checks }) => {
    const folder = target.is === 'volume' ? target.path : splitPattern(target.pattern).folder;
    const reads = checks.some((check) => check.depth === 'inspect');
    return [
      { right: 'search', on: `every folder above ${folder}`, why: 'to reach it' },
      { right: 'read', on: dirname(folder), why: 'to prove that it is gone, when it is' },
      { right: 'read and search', on: folder, why: 'to list it and to see sizes and dates' },
      ...(reads
        ? [
            {
              right: 'read',
              on: target.is === 'volume' ? `the sentinels in ${folder}` : target.pattern,
              why: 'to see whether they are whole',
            },
          ]
        : []),
    ];
  });
  return [...new Map(rights.map((right) => [JSON.stringify(right), right])).values()];
}
