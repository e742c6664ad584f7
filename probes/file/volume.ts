import { readdirSync, statfsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Facet, Identity, Measure, Report } from '../../src/probe.ts';
import { proveMissing } from './absence.ts';
import { findDevice, lostUnderMount, missingNetworkMount } from './device.ts';
import { containsFacet, MOUNTED, sentinelFacet, USED } from './facets.ts';
import { onlyWanted } from './identity.ts';
import type { Answer, Job, VolumeTarget } from './job.ts';
import { filesystemIdentity, placeOf, readMounts, type Place } from './mount.ts';
import type { Mount } from './mountinfo.ts';
import { digestOf } from './digest.ts';
import { isMissing } from './refusal.ts';
import { exact, flag, Reporter, text } from './reporter.ts';
import type { System } from './system.ts';

/** Looks once at a volume. Synchronous: it may hang in the kernel for as long as a dead mount likes, so it runs in a child process. */
export function lookAtVolume(job: Job, target: VolumeTarget, system: System): Answer {
  const reporter = new Reporter(job);
  let mounts: Mount[];
  try {
    mounts = readMounts(system);
  } catch {
    return {
      reports: reporter.blindToAll(
        'unreachable',
        `read ${system.mountinfo}`,
        'there is no mount table: volumes are looked at on Linux only',
      ),
    };
  }
  const missing = missingNetworkMount(target.path, mounts, job.known ?? declaredMount(target), system);
  if (missing) return { reports: reporter.blindToAll('unreachable', 'mountinfo', missing), ...kept(job) };
  let place: Place;
  try {
    place = placeOf(target.path, system);
  } catch (error) {
    return {
      reports: isMissing(error) ? folderGone(job, target, system, reporter) : reporter.refused(job.facets, `open ${target.path}`, error),
      ...kept(job),
    };
  }
  const { mount } = place;
  if (mount.type === 'autofs')
    return { reports: reporter.blindToAll('unreachable', 'mountinfo', `the automounter did not mount ${target.path}`), ...kept(job) };
  const mounted = place.real === mount.mountPoint;
  if (target.mounted && !mounted) return { reports: notMounted(job, target, place, system, reporter), ...kept(job) };
  const lost = lostUnderMount(mount, system);
  if (lost) return { reports: [reporter.unseen(lost)], ...kept(job) };
  const { mountPoint, type, source, device } = mount;
  return { reports: atPlace(job, target, place, mounted, system, reporter), mount: { mountPoint, type, source, device } };
}

function kept(job: Job): Pick<Answer, 'mount'> {
  return job.known ? { mount: job.known } : {};
}

/** A manifest that pins a network source at this path says what should be mounted here before anything was ever seen. */
function declaredMount({ identity, mounted, path }: VolumeTarget): Job['known'] {
  const { type, device } = identity;
  return mounted && type ? { mountPoint: path, type, source: device ?? '', device: '0:0' } : undefined;
}

function folderGone(job: Job, target: VolumeTarget, system: System, reporter: Reporter): Report[] {
  const device = target.mounted ? findDevice(target, job.known, system) : undefined;
  if (device?.is === 'gone') return [reporter.unseen(device.absence)];
  return proveMissing(target.path, reporter, device?.is === 'there' ? ` (its device ${device.what} is still there)` : '');
}

/** The folder is there and nothing is mounted on it: absent where its device is gone too, else a volume that lost its contents. */
function notMounted(job: Job, target: VolumeTarget, place: Place, system: System, reporter: Reporter): Report[] {
  const device = findDevice(target, job.known, system);
  if (device.is === 'gone') return [reporter.unseen(device.absence)];
  const pin = device.is === 'there' ? device.pin : {};
  const identified = Object.keys(pin).length > 0;
  const said = `nothing is mounted at ${target.path}, a folder on ${place.mount.mountPoint}${device.is === 'there' ? `; its device ${device.what} is there` : ''}`;
  const { measures, facets, refused } = contents(target, place, reporter);
  const looked: Facet[] = ['presence', MOUNTED, ...(identified ? ['identity' as const] : []), ...facets];
  // What statfs says here is another filesystem's, and so is the identity of the folder below the mount point.
  const unknown: Facet[] = [USED, ...(identified ? [] : ['identity' as const]), ...target.sentinels.map(sentinelFacet)];
  return [
    reporter.seen(pin, looked, { ...measures, mounted: flag(false) }, reporter.evidence('mountinfo, lstat', said)),
    ...reporter.blind(unknown, 'partial-answer', 'mountinfo', said),
    ...refused,
  ];
}

function atPlace(job: Job, target: VolumeTarget, place: Place, mounted: boolean, system: System, reporter: Reporter): Report[] {
  const { mount } = place;
  const pin = onlyWanted({ ...filesystemIdentity(mount, system), ...bornOf(place.born) }, target.identity);
  // A key that the manifest pins and this look cannot tell is not confirmed by the others.
  const untold = Object.keys(target.identity).filter((key) => !(key in pin));
  const own: Facet[] = ['presence', MOUNTED, ...(untold.length === 0 ? ['identity' as const] : [])];
  const found = job.depth === 'sweep' ? contents(target, place, reporter) : sentinels(target, place, reporter);
  const used = job.depth === 'sweep' ? usage(place) : { facets: [], measures: {} };
  const said = `${mount.type} ${mount.source} (${mount.device}) ${mounted ? `mounted at ${place.real}` : `holds ${place.real}`}`;
  const measures = { mounted: flag(mounted), ...used.measures, ...found.measures };
  return [
    reporter.seen(pin, [...own, ...used.facets, ...found.facets], measures, reporter.evidence('mountinfo, statfs, lstat', said)),
    ...(untold.length > 0
      ? reporter.blind(['identity'], 'partial-answer', 'mountinfo', `${untold.join(', ')} cannot be told here: ${said}`)
      : []),
    ...found.refused,
  ];
}

interface Found {
  readonly facets: readonly Facet[];
  readonly measures: Readonly<Record<string, Measure>>;
  readonly refused: readonly Report[];
}

/** Which of the wanted paths are there; a link that leads nowhere is not. */
function contents(target: VolumeTarget, place: Place, reporter: Reporter): Found {
  return each(target.contains, containsFacet, reporter, (path) => {
    let there = true;
    try {
      statSync(join(place.real, path));
    } catch (error) {
      if (!isMissing(error)) throw error;
      there = false;
    }
    return [`contains.${path}`, flag(there)];
  });
}

function sentinels(target: VolumeTarget, place: Place, reporter: Reporter): Found {
  return each(target.sentinels, sentinelFacet, reporter, (path) => [`sentinels.${path}`, text(digestOf(join(place.real, path)))]);
}

/** One refused path does not hide what the others say. */
function each(
  paths: readonly string[],
  facetOf: (path: string) => Facet,
  reporter: Reporter,
  look: (path: string) => readonly [string, Measure],
): Found {
  const facets: Facet[] = [];
  const measures: Record<string, Measure> = {};
  const refused: Report[] = [];
  for (const path of paths) {
    try {
      const [name, measure] = look(path);
      facets.push(facetOf(path));
      measures[name] = measure;
    } catch (error) {
      refused.push(...reporter.refused([facetOf(path)], `read ${path}`, error));
    }
  }
  return { facets, measures, refused };
}

/** Used bytes, and two more signals that fall when a volume is emptied, since size alone proves nothing. */
function usage(place: Place): Pick<Found, 'facets' | 'measures'> {
  const { bsize, blocks, bfree, files, ffree } = statfsSync(place.real);
  const measures = { used: exact((blocks - bfree) * bsize, 'bytes'), entries: exact(readdirSync(place.real).length, 'count') };
  // btrfs, FAT and most network servers keep no number of files.
  return { facets: [USED], measures: files > 0 ? { ...measures, files: exact(files - ffree, 'count') } : measures };
}

/** When a folder was made, as the pin `created`; nothing where that is not known. `ns` since 1970. */
export function bornOf(ns: bigint | undefined): Identity {
  return ns === undefined ? {} : { created: isoOf(ns) };
}

function isoOf(ns: bigint): string {
  const seconds = ns / 1_000_000_000n;
  return `${new Date(Number(seconds) * 1000).toISOString().slice(0, 19)}.${String(ns % 1_000_000_000n).padStart(9, '0')}Z`;
}
