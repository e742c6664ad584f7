import type { WatchStatus } from '../loop/self.ts';

/** What `GET /api/v1/status` says. */
export function printStatus(status: WatchStatus): Record<string, unknown> {
  const counts: Record<string, number> = {};
  for (const { verdict } of status.glances) counts[verdict] = (counts[verdict] ?? 0) + 1;
  const { name, manifest, version } = status.watcher;
  return {
    watchdog: name,
    manifest: {
      id: manifest,
      version,
      signing: status.standing?.state ?? 'unsigned',
      signed_by: status.standing?.approval?.people ?? [],
      tampering: status.standing?.tampering ?? null,
    },
    last_round: status.roundAge === null ? null : { ago_ms: Math.round(status.roundAge) },
    ready: status.ready,
    why: status.why,
    counts,
    incidents: status.incidents.length,
    windows: status.windows ?? [],
    pagers: Object.fromEntries([...status.pagers].map(([name, { at, error }]) => [name, { at: new Date(at.wall).toISOString(), error }])),
    inspections: Object.fromEntries([...status.stretch].map(([group, stretch]) => [group.split('\n', 1)[0] ?? group, stretch])),
    coverage: status.coverage ?? [],
    ledger_head: status.head,
  };
}
