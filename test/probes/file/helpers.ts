import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import assert from 'node:assert/strict';
import { createSystemClock } from '../../../src/adapters/clock-system.ts';
import type { Resource } from '../../../src/core/expectation.ts';
import { BLANK, type Memory } from '../../../src/core/memory.ts';
import type { FacetJudgment } from '../../../src/core/outcome.ts';
import type { Depth, Report, ResourceReport } from '../../../src/core/report.ts';
import { judge } from '../../../src/core/verdict.ts';
import type { Look, Wanted, ProbeContext } from '../../../src/probe.ts';
import type { FileTarget, Job, KnownMount } from '../../../probes/file/job.ts';
import { facetsAt } from '../../../probes/file/facets.ts';
import { file } from '../../../probes/file/index.ts';
import { lookOnce } from '../../../probes/file/look.ts';
import { LINUX, type System } from '../../../probes/file/system.ts';

const CLOCK = createSystemClock(0);

/** A resource of the roll, compiled as config/ would, with what the probe needs of it. */
export function resourceOf(kind: 'file.volume' | 'file.backups', entry: Record<string, unknown>, id = 'it'): Resource {
  const known = file.kinds.get(kind);
  assert.ok(known);
  const parsed = known.entry.safeParse(entry);
  assert.ok(parsed.success, String(parsed.error?.message));
  const compiled = known.compile(parsed.data);
  assert.ok(compiled.ok, JSON.stringify(compiled));
  const { target, identity, checks } = compiled.value;
  const cadence = { every: 1000 };
  const rest = { connection: 'disk', severity: 'critical', sweep: cadence, inspect: cadence, confirm: 2, blindAfter: 1000 } as const;
  return { id, kind, identity, target, checks, protectedBy: [], domain: {}, tripwire: false, ...rest };
}

export function wantedOf(resource: Resource): Wanted<FileTarget> {
  return { id: resource.id, kind: resource.kind, target: resource.target as FileTarget, checks: resource.checks };
}

export function jobOf(resource: Resource, depth: Depth, now = Date.now(), known?: KnownMount): Job {
  const { id, target, checks } = wantedOf(resource);
  const at = { wall: now, steady: now };
  return { id, target, depth, facets: facetsAt(checks, depth), at, vantage: 'disk', caller: {}, ...(known ? { known } : {}) };
}

interface How {
  readonly depth?: Depth;
  readonly now?: number;
  readonly known?: KnownMount;
  readonly system?: Partial<System>;
  readonly memory?: Memory;
}

/** Looks in this process and judges: what each facet comes to, by its name. */
export function verdictOf(
  resource: Resource,
  { depth = 'sweep', now, known, system, memory = BLANK }: How = {},
): Map<string, FacetJudgment> {
  const { reports } = lookOnce(jobOf(resource, depth, now, known), { ...LINUX, ...system });
  return judged(resource, reports, depth, memory);
}

export function judged(resource: Resource, reports: readonly Report[], depth: Depth, memory: Memory = BLANK): Map<string, FacetJudgment> {
  const own = reports.filter((report): report is ResourceReport => report.kind !== 'listing' && report.id === resource.id);
  const judgments = judge(resource, own, memory, { depth, path: 'usual' });
  // That an inspection which could look has seen it there goes without saying.
  const said = judgments.filter(({ facet, outcome }) => depth === 'sweep' || outcome.is !== 'good' || facet.includes('/'));
  return new Map(said.map((judgment) => [judgment.facet, judgment]));
}

/** One word per facet: `good`, `lost absent`, `blind denied`, `breach min_count`. */
export function words(judgments: Map<string, FacetJudgment>): Record<string, string> {
  return Object.fromEntries(
    [...judgments].map(([facet, { outcome }]) => {
      if (outcome.is === 'lost') return [facet, `lost ${outcome.how}`];
      if (outcome.is === 'blind') return [facet, `blind ${outcome.reason}`];
      return [facet, outcome.is === 'breach' ? `breach ${outcome.breaches.map(({ path }) => path).join(' ')}` : 'good'];
    }),
  );
}

export function open(timeout = 5000, connection = 'disk', clock: ProbeContext['clock'] = CLOCK, roots: readonly string[] = []) {
  return file.open({ timeout, roots }, { connection, clock, secret: () => Promise.reject(new Error('no secret is needed')) });
}

export async function collected(reports: AsyncIterable<Report | readonly Report[]>): Promise<Report[]> {
  return (await Array.fromAsync(reports)).flat();
}

export function look(depth: Depth, signal: AbortSignal = new AbortController().signal, path: Look['path'] = 'usual'): Look {
  return { depth, path, signal };
}

/** Writes a file with a modification time so many milliseconds ago. */
export function put(path: string, content: string | Buffer, ageMs = 3_600_000, now = Date.now()): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  utimesSync(path, (now - ageMs) / 1000, (now - ageMs) / 1000);
}

export const PLAIN = `--\n-- PostgreSQL database dump\n--\n\nCREATE TABLE t ();\n${'-- row\n'.repeat(200)}`;
export const PLAIN_END = '--\n-- PostgreSQL database dump complete\n--\n\n';

/** True where this process may mount; the tests that need it say so where it may not. */
export function mayMount(folder: string): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', 'tmpfs', folder], { stdio: 'ignore' });
    execFileSync('umount', [folder], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

export function mount(...args: string[]): void {
  execFileSync('mount', args, { stdio: 'ignore' });
}

export function unmount(folder: string): void {
  execFileSync('umount', ['-l', folder], { stdio: 'ignore' });
}

/** A mount whose server never answers: every call into it blocks until the returned process ends. Undefined where it cannot be made. */
export async function hungMount(folder: string): Promise<ChildProcess | undefined> {
  const options = 'fd=3,rootmode=40000,user_id=0,group_id=0';
  const script = `exec 3<>/dev/fuse && mount -i -n -t fuse -o ${options} hung "$0" && echo up && exec sleep 60`;
  const holder = spawn('sh', ['-c', script, folder], { stdio: ['ignore', 'pipe', 'ignore'] });
  const up = await new Promise((resolve) => {
    holder.stdout.once('data', () => resolve(true));
    holder.once('exit', () => resolve(false));
  });
  return up ? holder : undefined;
}
