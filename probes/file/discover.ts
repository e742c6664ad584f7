import type { Discovery, DiscoveryDepth, Wanted } from '../../src/probe.ts';
import { clean } from '../../src/values/text.ts';
import type { Crew } from './crew.ts';
import type { DiscoveryJob } from './discovery-job.ts';
import { splitPattern } from './glob.ts';
import type { FileTarget } from './job.ts';

/** How far below a root is looked, and how many folders in all. */
const DEEP = 4;
const MOST_FOLDERS = 2000;

interface Exploration {
  readonly crew: Crew;
  /** Absolute folders named in config.yaml. */
  readonly roots: readonly string[];
  readonly wanted: readonly Wanted<FileTarget>[];
  readonly depth: DiscoveryDepth;
  readonly now: () => number;
  readonly signal: AbortSignal;
}

/** The volumes that are mounted, and the sets of backups below `roots` and in the folders of the roll; one child process, so that none hangs us. */
export async function* discoverFiles(exploration: Exploration): AsyncGenerator<Discovery> {
  const { roots, wanted, depth, now, signal, crew } = exploration;
  let child = crew.take(false);
  async function* ask(explore: DiscoveryJob['explore'], path: string): AsyncGenerator<Discovery, readonly string[]> {
    if (!child.usable) child = crew.take(false);
    const job: DiscoveryJob = { id: `discover ${explore} ${path}`, explore, path, now: now(), proposals: depth === 'proposals' };
    const done = await crew.explore(child, job, signal);
    if (done.is === 'answered') {
      yield* done.answer.said;
      return done.answer.folders;
    }
    if (done.is !== 'aborted')
      yield {
        kind: 'unexplored',
        on: clean(path || 'the mounts', 200),
        reason: done.is === 'hung' ? 'timeout' : 'threw',
        say: done.say,
        hides: true,
      };
    return [];
  }
  try {
    for (const mountPoint of yield* ask('mounts', '')) {
      if (signal.aborted) return;
      yield* ask('mounts', mountPoint);
    }
    const queue = startsOf(roots, wanted);
    const seen = new Set(queue.map(({ path }) => path));
    let done = 0;
    for (let next = queue.shift(); next && !signal.aborted; next = queue.shift()) {
      const { path, left } = next;
      if (done >= MOST_FOLDERS) {
        yield {
          kind: 'unexplored',
          on: 'the folders',
          reason: 'partial-answer',
          say: `only ${MOST_FOLDERS} folders are looked through`,
          hides: true,
        };
        break;
      }
      const folders = yield* ask('folder', path);
      done++;
      yield { kind: 'progress', done, what: clean(path, 100) };
      for (const folder of left > 0 ? folders : []) if (!seen.has(folder)) queue.push({ path: folder, left: left - 1 });
      for (const folder of left > 0 ? folders : []) seen.add(folder);
    }
  } finally {
    crew.give(child);
  }
}

/** The roots with what is below them, and by itself the folder of each set that is on the roll. */
function startsOf(roots: readonly string[], wanted: readonly Wanted<FileTarget>[]): { path: string; left: number }[] {
  const near = wanted.flatMap(({ target }) => {
    if (target.is !== 'backups') return [];
    const { folder, parts } = splitPattern(target.pattern);
    // A pattern over folders begins above them.
    return [{ path: folder === '/' ? folder : folder.replace(/\/+$/, ''), left: parts.length - 1 }];
  });
  const starts = [...roots.map((path) => ({ path: path === '/' ? path : path.replace(/\/+$/, ''), left: DEEP })), ...near];
  const deepest = new Map<string, number>();
  for (const { path, left } of starts) deepest.set(path, Math.max(left, deepest.get(path) ?? 0));
  return [...deepest].map(([path, left]) => ({ path, left }));
}
