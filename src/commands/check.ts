import { makePlan, settleFiles } from '../app.ts';
import { refuseTampered } from '../approval/refuse-tampered.ts';
import { createSystemClock } from '../adapters/clock-system.ts';
import { EXIT } from '../core/exit.ts';
import { formatInstant } from '../core/wording.ts';
import { rollOnce } from '../loop/once.ts';
import { closeGroups } from '../loop/plan.ts';
import { expiryWarning } from '../loop/self.ts';
import { toCheckResult, type CheckResult } from './check-result.ts';
import { formatJunit } from './format-junit.ts';
import { formatNagios } from './format-nagios.ts';
import { formatText } from './format-text.ts';
import type { Io } from './io.ts';
import { knownIds } from './known-ids.ts';

export const CHECK_FORMATS = ['text', 'json', 'junit', 'nagios'] as const;

export interface CheckOptions {
  readonly config: string | undefined;
  readonly ids: readonly string[];
  readonly format: (typeof CHECK_FORMATS)[number];
}

/** One round now, judged as the daemon judges, second look included. Records nothing and pages nobody. Works beside a daemon. */
export async function check(io: Io, options: CheckOptions): Promise<number> {
  const files = await settleFiles(options.config, io);
  refuseTampered(files);
  const ids = knownIds(options.ids, files.manifest, io);
  if (!ids) return EXIT.usage;
  const { known } = files;
  const clock = createSystemClock(Number(known?.meta['steady'] ?? 0));
  // Nobody is paged: what pagers are made of need not be loaded.
  const config = { ...files.config, pagers: new Map() };
  const plan = makePlan({ ...files, config }, { ...io, out: { write: (text: string) => (io.err(text), true) } }, clock);
  const started = clock.now();
  try {
    const resources = await rollOnce(plan, ids, known?.resources ?? new Map(), clock, io.signal);
    const { id, version, sha256, expires } = files.manifest;
    const warning = expiryWarning(expires, started.wall);
    const result = toCheckResult({
      watchdog: files.config.watchdog.name,
      manifest: { id, version, sha256, signed_by: files.standing.approval?.people ?? [] },
      started_at: formatInstant(started.wall),
      finished_at: formatInstant(clock.now().wall),
      resources,
      warnings: warning === undefined ? [] : [warning],
    });
    io.out(format(result, options.format, io.isTerminal));
    return result.exit;
  } finally {
    await closeGroups(plan);
  }
}

function format(result: CheckResult, how: CheckOptions['format'], colour: boolean): string {
  switch (how) {
    case 'text':
      return formatText(result, colour);
    case 'json':
      return `${JSON.stringify(result, null, 2)}\n`;
    case 'junit':
      return formatJunit(result);
    case 'nagios':
      return formatNagios(result);
  }
}
