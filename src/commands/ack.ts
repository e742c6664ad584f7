import { createSystemClock } from '../adapters/clock-system.ts';
import { openStore, PATIENT } from '../adapters/store-sqlite.ts';
import { systemRandom } from '../adapters/random-system.ts';
import { filesContext, recall } from '../app.ts';
import { EXIT } from '../core/exit.ts';
import { isOpen, openMembers } from '../core/incident.ts';
import { readConfigFile } from '../files.ts';
import { formatDuration, parseDuration } from '../values/duration.ts';
import { clean } from '../values/text.ts';
import { ulid } from '../values/ulid.ts';
import type { Io } from './io.ts';

const LONGEST_MS = 24 * 3_600_000;

export interface AckOptions {
  readonly config: string | undefined;
  /** An incident's id or dedup key, or a resource that is a member of exactly one open incident. */
  readonly incident: string;
  /** A duration; at most a day, so that nothing is acknowledged into oblivion. */
  readonly span: string;
  readonly by: string | undefined;
}

/** Leaves the acknowledgement in the store; the daemon takes it within a second, or at its next start. */
export async function ack(io: Io, options: AckOptions): Promise<number> {
  const forMs = parseDuration(options.span);
  if (forMs === undefined || forMs <= 0 || forMs > LONGEST_MS) {
    io.err(`rollcall: --for takes a duration up to ${formatDuration(LONGEST_MS)}, as 30m or 4h, not '${clean(options.span, 40)}'\n`);
    return EXIT.usage;
  }
  const { config } = await readConfigFile(options.config, filesContext(io));
  const known = (await recall(config))?.incidents.filter(isOpen) ?? [];
  const meant = known.filter((incident) => [incident.id, incident.key, ...openMembers(incident)].includes(options.incident));
  const [incident] = meant;
  if (!incident || meant.length > 1) {
    const choices = (meant.length > 1 ? meant : known).map(({ id, key }) => `  ${id}  ${key}`);
    const why = meant.length > 1 ? 'means several open incidents' : 'is no open incident';
    io.err(`rollcall: '${clean(options.incident, 200)}' ${why}${choices.length > 0 ? `; there are:\n${choices.join('\n')}` : ''}\n`);
    return EXIT.usage;
  }
  const by = clean(options.by ?? io.env['USER'] ?? 'somebody', 80);
  const store = await openStore(config.watchdog.state, { patience: PATIENT });
  try {
    const id = ulid(createSystemClock(0).now().wall, systemRandom.bytes(10));
    await store.commit({ orders: [{ id, kind: 'acknowledge', incident: incident.id, by, forMs }] });
  } finally {
    await store.close();
  }
  io.out(`${incident.id}: acknowledged by ${by} for ${formatDuration(forMs)}; it is still watched, and anything graver pages anew\n`);
  return EXIT.ok;
}
