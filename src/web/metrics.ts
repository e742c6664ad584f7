import { Gauge, Registry } from 'prom-client';
import type { WatchStatus } from '../loop/self.ts';

const VERDICTS = ['present', 'degraded', 'doomed', 'impostor', 'absent', 'blind'] as const;
const CLASSES = ['lost', 'degraded', 'blind'] as const;

/** What Prometheus scrapes (CONTRACT §6), and the type it is of. */
export interface Exposition {
  readonly type: string;
  readonly body: string;
}

/**
 * The status as metrics, in the text format of Prometheus. Base units and names as https://prometheus.io/docs/practices/naming/ has them.
 * `rollcall_resource_verdict` is a state set: of one resource exactly one verdict is 1. No label holds what was found, only names of
 * the roll. A figure that there is none of (never seen healthy, no round ended) has no sample, so that `absent()` finds it.
 */
export async function exposeMetrics(status: WatchStatus, version: string): Promise<Exposition> {
  const registry = new Registry();
  const gauge = (name: string, help: string, labelNames: readonly string[] = []): Gauge =>
    new Gauge({ name: `rollcall_${name}`, help, labelNames, registers: [registry] });

  gauge('build_info', 'The version that runs; always 1.', ['version']).set({ version }, 1);
  gauge('ready', '1 where the watcher can be trusted right now, as /readyz says.').set(status.ready ? 1 : 0);
  const verdict = gauge('resource_verdict', '1 for the verdict that stands, 0 for the others.', [
    'resource',
    'kind',
    'connection',
    'verdict',
  ]);
  const healthy = gauge('resource_last_seen_healthy_timestamp_seconds', 'When the resource was last seen healthy.', ['resource']);
  const breaches = gauge('resource_breaches', 'Expectations that are broken.', ['resource']);
  for (const resource of status.resources) {
    const { id, kind, connection, last_seen_healthy: seen } = resource;
    for (const one of VERDICTS) verdict.set({ resource: id, kind, connection, verdict: one }, one === resource.verdict ? 1 : 0);
    if (seen !== null) healthy.set({ resource: id }, Date.parse(seen) / 1000);
    breaches.set({ resource: id }, resource.breaches.length);
  }
  const incidents = gauge('incidents_open', 'Incidents that are open.', ['class']);
  for (const name of CLASSES) incidents.set({ class: name }, status.incidents.filter((incident) => incident.class === name).length);
  const attempt = gauge('pager_last_attempt_timestamp_seconds', 'When a page was last tried.', ['pager']);
  const failed = gauge('pager_last_attempt_failed', '1 where the last attempt was not accepted.', ['pager']);
  for (const [pager, { at, error }] of status.pagers) {
    attempt.set({ pager }, at.wall / 1000);
    failed.set({ pager }, error === null ? 0 : 1);
  }
  const round = gauge('last_round_timestamp_seconds', 'When a sweep or an inspection last ended.');
  round.remove();
  if (status.roundAt) round.set(status.roundAt.wall / 1000);
  const stretch = gauge('inspection_interval_ratio', 'By how much the budget stretches inspections: 1 is as often as asked.', [
    'connection',
  ]);
  for (const [group, { wantedMs, actualMs }] of status.stretch)
    stretch.set({ connection: group.split('\n', 1)[0] ?? '' }, actualMs / wantedMs);
  gauge('ledger_entries', 'Entries of the ledger.').set(status.head?.seq ?? 0);
  return { type: registry.contentType, body: await registry.metrics() };
}
