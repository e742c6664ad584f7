import { createSystemClock } from '../adapters/clock-system.ts';
import { settleFiles } from '../app.ts';
import { loadAccepted } from '../approval/accepted.ts';
import { EXIT } from '../core/exit.ts';
import type { Resource } from '../core/expectation.ts';
import { isInScope, printWindow, type MaintenanceWindow } from '../core/maintenance.ts';
import { BLANK } from '../core/memory.ts';
import type { PrintedResource } from '../core/page.ts';
import { printResource } from '../core/print.ts';
import { NEW } from '../core/state.ts';
import { formatInstant } from '../core/wording.ts';
import { printCoverage, wordBeyond, type ConnectionCoverage, type PrintedCoverage } from '../loop/coverage-book.ts';
import { coverageIn } from '../loop/coverage-watch.ts';
import { markApproved } from '../loop/expected-losses.ts';
import { formatDuration } from '../values/duration.ts';
import type { Io } from './io.ts';
import { printStanding, sayStanding } from './say-standing.ts';
import { plainLines } from './lines.ts';

/** What the daemon last wrote down, read from its store: works while it is down. */
export async function status(io: Io, options: { readonly config: string | undefined; readonly json: boolean }): Promise<number> {
  const { config, manifest, standing, accepted, known } = await settleFiles(options.config, io);
  const kept = known && loadAccepted(known.meta);
  // What people signed since: the daemon watches by the one before until it has loaded this.
  const before = kept && accepted && kept.sha256 !== accepted.sha256 ? kept : undefined;
  const resources = manifest.resources.map((resource) => {
    const record = known?.resources.get(resource.id);
    const printed = printResource(resource, record?.state ?? NEW, record?.memory ?? BLANK, 0);
    return { known: record !== undefined, printed: markApproved(printed, known?.meta['losses']) };
  });
  const now = createSystemClock(0).now().wall;
  const windows = manifest.windows.filter(({ until }) => until > now);
  const open = known?.incidents.filter(({ phase }) => phase !== 'closed') ?? [];
  const written = known?.meta['wall'] === undefined ? null : Number(known.meta['wall']);
  const stretches = JSON.parse(known?.meta['stretch'] ?? '[]') as [string, { wantedMs: number; actualMs: number }][];
  const coverage = printCoverage(coverageIn(known?.meta));
  if (options.json) {
    const about = {
      watchdog: config.watchdog.name,
      manifest: { id: manifest.id, version: manifest.version, loaded_version: kept?.head.version ?? null, ...printStanding(standing) },
      written_at: written === null ? null : formatInstant(written),
    };
    io.out(
      `${JSON.stringify({ ...about, incidents: open.length, windows: windows.map((window) => ({ ...printWindow(window), open: window.from <= now, resources: scopeOf(window, manifest.resources) })), inspections: Object.fromEntries(stretches), coverage, resources: resources.map(({ printed }) => printed) }, null, 2)}\n`,
    );
    return EXIT.ok;
  }
  const lines = [
    `${config.watchdog.name} watching ${manifest.id} version ${before?.head.version ?? manifest.version}`,
    ...(before
      ? [
          `version ${manifest.version} lies ready and is not loaded yet: a running daemon takes it up within a minute, or pages why it cannot`,
        ]
      : []),
    ...sayStanding(standing, manifest.version),
    written === null ? 'no daemon has written to the state folder yet' : `last written ${formatInstant(written)}`,
    ...stretches.flatMap(([connection, { wantedMs, actualMs }]) =>
      actualMs > wantedMs
        ? [`${connection}: the connection budget stretches inspections from ${formatDuration(wantedMs)} to ${formatDuration(actualMs)}`]
        : [],
    ),
    '',
    ...resources.map(line),
    '',
    ...coverage.map(coverageLine),
    ...coverageIn(known?.meta).flatMap(beyondLine),
    ...windows.map((window) => windowLine(window, now)),
    open.length === 0 ? 'no open incidents' : `${open.length} open incidents (rollcall incidents)`,
  ];
  io.out(`${plainLines(lines).join('\n')}\n`);
  return EXIT.ok;
}

function scopeOf(window: MaintenanceWindow, resources: readonly Resource[]): string[] {
  return resources.flatMap((resource) => (isInScope(window, resource) ? [resource.id] : []));
}

function coverageLine({ connection, kind, found, managed, left_out: leftOut, newcomers, at, whole }: PrintedCoverage): string {
  const figure =
    kind === null
      ? 'nothing was found'
      : `${managed} of ${found} ${kind} on the roll${leftOut > 0 ? `, ${leftOut} left out on purpose` : ''}`;
  const news = newcomers.length > 0 ? `; newly not: ${newcomers.slice(0, 5).join(', ')}${newcomers.length > 5 ? ', …' : ''}` : '';
  return `coverage of ${connection}: ${at === null ? 'not known yet' : figure + news}${whole ? '' : ' (could not be listed lately)'}`;
}

function beyondLine({ connection, beyond }: ConnectionCoverage): string[] {
  const what = wordBeyond(beyond);
  return what === undefined ? [] : [`coverage of ${connection}: ${what}`];
}

function windowLine(window: MaintenanceWindow, now: number): string {
  const { name, author, reason, from, until } = printWindow(window);
  const when = window.from <= now ? `open until ${until}` : `from ${from} until ${until}`;
  const scope = [...window.resources, ...window.connections.map((connection) => `all of ${connection}`)].join(', ');
  return `maintenance ${name} by ${author}, ${when}: ${reason} (${scope})`;
}

function line({ known, printed }: { readonly known: boolean; readonly printed: PrintedResource }): string {
  const { verdict, id, summary, last_seen_healthy: healthy, approved_loss: approved } = printed;
  if (!known) return `unknown   ${id}: not looked at yet`;
  const gone = approved ? `, gone as ${approved.people.join(' and ')} approved (${approved.request})` : '';
  const pinned = printed.pin === 'none' ? ', unpinned' : '';
  return `${verdict.padEnd(8)}  ${id}${pinned}${verdict === 'present' ? '' : `: ${summary}`}${healthy ? ` (last healthy ${healthy})` : ''}${gone}`;
}
