import { basename } from 'node:path';
import type { Facet, Identity, Measure, Report } from '../../src/probe.ts';
import { formatDuration } from '../../src/values/duration.ts';
import { formatSize } from '../../src/values/size.ts';
import { proveEmpty, proveMissing } from './absence.ts';
import { missingNetworkMount } from './device.ts';
import { COMPLETE, COUNT, NEWEST, SIZE } from './facets.ts';
import { listFiles, type FileSet } from './files.ts';
import { splitPattern } from './glob.ts';
import { onlyWanted } from './identity.ts';
import type { Answer, BackupsTarget, Job, KnownMount } from './job.ts';
import { filesystemIdentity, placeOf, readMounts } from './mount.ts';
import type { Mount } from './mountinfo.ts';
import { FUTURE_MS, OPEN_LIMIT, openNewest, rank, shareOfPrevious, type Ranked } from './newest.ts';
import { isMissing } from './refusal.ts';
import { exact, Reporter, text } from './reporter.ts';
import type { System } from './system.ts';

/** Looks once at a set of backups. Synchronous, for a child process, as `lookAtVolume`. */
export function lookAtBackups(job: Job, target: BackupsTarget, system: System): Answer {
  const reporter = new Reporter(job);
  const kept = job.known ? { mount: job.known } : {};
  const { folder } = splitPattern(target.pattern);
  const mounts = mountsOrNone(system);
  const missing = missingNetworkMount(folder, mounts, job.known, system);
  if (missing) return { reports: reporter.blindToAll('unreachable', 'mountinfo', missing), ...kept };
  let set: FileSet;
  try {
    set = listFiles(target.pattern);
  } catch (error) {
    if (!isMissing(error)) return { reports: reporter.refused(job.facets, `list ${target.pattern}`, error), ...kept };
    return { reports: proveMissing(folder, reporter, `: no file matches ${target.pattern}`), ...kept };
  }
  // After the listing, which makes an automounter mount.
  const { pin, mount, automount } = groundOf(folder, target.identity, system);
  if (automount) return { reports: reporter.blindToAll('unreachable', 'mountinfo', `the automounter did not mount ${folder}`), ...kept };
  const stands = mount ? { mount } : kept;
  if (set.files.length === 0) return { reports: noneMatch(target, set, reporter), ...stands };
  const ranked = rank(set, job.at.wall);
  const reports = job.depth === 'sweep' ? sweep(job, target, set, ranked, pin, reporter) : inspect(target, set, ranked, pin, reporter);
  return { reports, ...stands };
}

function noneMatch(target: BackupsTarget, set: FileSet, reporter: Reporter): Report[] {
  const odd = set.odd > 0 ? ` (${set.odd} matching links or folders are not backups)` : '';
  const said = `no file matches ${target.pattern}${odd}`;
  const others = set.others + set.odd;
  if (others === 0) return proveEmpty(set.folder, reporter, `${said} in the empty ${set.folder}`);
  return [reporter.unseen({ scope: set.folder, others, said })];
}

function sweep(job: Job, target: BackupsTarget, set: FileSet, ranked: Ranked, pin: Identity, reporter: Reporter): Report[] {
  const { judged } = ranked;
  const measures: Record<string, Measure> = {
    count: exact(set.files.length - ranked.empty, 'count'),
    total_size: exact(
      set.files.reduce((sum, file) => sum + file.size, 0),
      'bytes',
    ),
  };
  const looked: Facet[] = ['presence', COUNT];
  // A dump of nothing is fresh of nothing.
  const dated = ranked.trusted.slice(ranked.growing).find((file) => file.size > 0) ?? judged;
  if (judged && dated) {
    measures['newest_age'] = exact(Math.max(0, job.at.wall - dated.mtime), 'ms');
    measures['newest_size'] = exact(judged.size, 'bytes');
    measures['newest_share'] = exact(shareOfPrevious(ranked), 'count');
    looked.push(NEWEST, SIZE);
  }
  const untold = Object.keys(target.identity).filter((key) => !(key in pin));
  if (untold.length === 0 && Object.keys(pin).length > 0) looked.push('identity');
  const said = describe(set, ranked, job.at.wall);
  return [
    reporter.seen(pin, looked, measures, reporter.evidence('readdir, lstat', said)),
    ...reporter.blind(
      looked.includes('identity') ? [] : ['identity'],
      'partial-answer',
      'mountinfo',
      `which filesystem holds ${set.folder} cannot be told`,
    ),
    ...(judged ? [] : reporter.blind([NEWEST, SIZE], 'partial-answer', 'lstat', `${said}: this clock or the storage's is wrong`)),
  ];
}

/** Reads the newest backups' heads and ends. */
function inspect(target: BackupsTarget, set: FileSet, ranked: Ranked, pin: Identity, reporter: Reporter): Report[] {
  if (!ranked.judged)
    return reporter.blind([COMPLETE], 'partial-answer', 'lstat', 'every backup is dated in the future: the newest cannot be told');
  try {
    const { newest, whole, opened } = openNewest(ranked, target.wholeWanted, OPEN_LIMIT);
    const said = `${basename(ranked.judged.path)}: ${newest?.damage ?? `${newest?.format ?? 'unknown'} format, nothing wrong with it`}; ${whole} of ${opened} opened are whole`;
    if (!newest) return reporter.blind([COMPLETE], 'partial-answer', 'read', 'every backup was deleted while it was opened');
    if (newest.growing)
      return reporter.blind([COMPLETE], 'partial-answer', 'read head and end', `${basename(ranked.judged.path)} is still being written`);
    if (target.strict && newest.format === 'unknown' && newest.damage === undefined)
      return reporter.blind(
        [COMPLETE],
        'partial-answer',
        'read head and end',
        `${basename(ranked.judged.path)}: no format that can be told to be complete`,
      );
    // What is still being written is not yet known to be damaged.
    const measures = { damage: text(newest.damage ?? 'none'), whole: exact(whole + ranked.growing, 'count') };
    return [reporter.seen(pin, [COMPLETE], measures, reporter.evidence('read head and end', said))];
  } catch (error) {
    return reporter.refused([COMPLETE], `read a backup of ${set.folder}`, error);
  }
}

function describe(set: FileSet, { judged, future, empty, growing }: Ranked, now: number): string {
  const notes = [
    judged && `newest ${basename(judged.path)}, ${formatSize(judged.size)}, ${formatDuration(Math.max(0, now - judged.mtime))} old`,
    empty > 0 && `${empty} of zero bytes`,
    growing > 0 && `${growing} newer still being written`,
    future > 0 && `${future} dated more than ${formatDuration(FUTURE_MS)} ahead and not trusted`,
    set.odd > 0 && `${set.odd} links or folders not followed`,
  ].filter((note) => typeof note === 'string');
  return [`${set.files.length} files`, ...notes].join(', ');
}

/** Which filesystem the set lies on. A vantage without a mount table (not Linux) identifies nothing, but still lists. */
function groundOf(
  folder: string,
  wanted: Identity,
  system: System,
): { readonly pin: Identity; readonly mount?: KnownMount; readonly automount: boolean } {
  try {
    const { mount } = placeOf(folder, system);
    const { mountPoint, type, source, device } = mount;
    return {
      pin: onlyWanted(filesystemIdentity(mount, system), wanted),
      mount: { mountPoint, type, source, device },
      automount: type === 'autofs',
    };
  } catch {
    return { pin: {}, automount: false };
  }
}

function mountsOrNone(system: System): Mount[] {
  try {
    return readMounts(system);
  } catch {
    return [];
  }
}
