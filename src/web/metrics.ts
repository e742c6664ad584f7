import { setImmediate as turn } from 'node:timers/promises';
import type { Glance } from '../core/glance.ts';
import type { WatchStatus } from '../loop/self.ts';
import { escapeLabel, gauge, sample } from './exposition.ts';

const VERDICTS = ['present', 'degraded', 'doomed', 'impostor', 'absent', 'blind'] as const;
const CLASSES = ['lost', 'degraded', 'blind'] as const;
/** Resources that are written at a time: between two such blocks whatever else is due has its turn. */
const BLOCK = 250;

/** What is kept of a block until one of its resources changes. */
interface Block {
  readonly glances: readonly Glance[];
  readonly verdicts: Uint8Array;
  readonly breaches: Uint8Array;
  /** Of each, all of the sample but its value. */
  readonly healthy: readonly string[];
}

/**
 * The status as metrics (CONTRACT §6). Base units and names as https://prometheus.io/docs/practices/naming/ has them.
 * `rollcall_resource_verdict` is a state set: of one resource exactly one verdict is 1. No label holds what was found, only names of
 * the roll. A figure that there is none of (never seen healthy, no round ended) has no sample, so that `absent()` finds it.
 * Ten thousand resources are 80,000 lines: what has not changed since the last scrape is not written anew.
 */
export class Metrics {
  readonly #version: string;
  #blocks: Block[] = [];

  constructor(version: string) {
    this.#version = version;
  }

  /** The text, block by block. */
  expose(status: WatchStatus): ReadableStream<Uint8Array> {
    return ReadableStream.from(this.#write(status));
  }

  async *#write(status: WatchStatus): AsyncGenerator<Uint8Array> {
    const { glances, healthyAt } = status;
    const count = Math.ceil(glances.length / BLOCK);
    const blocks: Block[] = [];
    yield Buffer.from(about(status, this.#version));
    yield Buffer.from(gauge('rollcall_resource_verdict', '1 for the verdict that stands, 0 for the others.'));
    for (let at = 0; at < count; at++) {
      const [kept, now] = [this.#blocks[at], glances.slice(at * BLOCK, (at + 1) * BLOCK)];
      const block = kept && same(kept.glances, now) ? kept : write(now);
      blocks.push(block);
      yield block.verdicts;
      await turn();
    }
    this.#blocks = blocks;
    yield Buffer.from(gauge('rollcall_resource_last_seen_healthy_timestamp_seconds', 'When the resource was last seen healthy.'));
    for (const block of blocks) {
      yield Buffer.from(healthyLines(block, healthyAt));
      await turn();
    }
    yield Buffer.from(gauge('rollcall_resource_breaches', 'Expectations that are broken.'));
    for (const { breaches } of blocks) yield breaches;
  }
}

function same(a: readonly Glance[], b: readonly Glance[]): boolean {
  return a.length === b.length && a.every((glance, at) => glance === b[at]);
}

function write(glances: readonly Glance[]): Block {
  let [verdicts, breaches] = ['', ''];
  const healthy: string[] = [];
  for (const { id, kind, connection, verdict, breaches: broken } of glances) {
    const resource = escapeLabel(id);
    const labels = `rollcall_resource_verdict{resource="${resource}",kind="${escapeLabel(kind)}",connection="${escapeLabel(connection)}",verdict="`;
    for (const one of VERDICTS) verdicts += `${labels}${one}"} ${one === verdict ? 1 : 0}\n`;
    breaches += `rollcall_resource_breaches{resource="${resource}"} ${broken}\n`;
    healthy.push(`rollcall_resource_last_seen_healthy_timestamp_seconds{resource="${resource}"} `);
  }
  return { glances, verdicts: Buffer.from(verdicts), breaches: Buffer.from(breaches), healthy };
}

function healthyLines({ glances, healthy }: Block, healthyAt: WatchStatus['healthyAt']): string {
  let text = '';
  for (const [at, { id }] of glances.entries()) {
    const seen = healthyAt(id);
    if (seen !== null) text += `${healthy[at]}${seen / 1000}\n`;
  }
  return text;
}

/** Of the watcher itself. */
function about(status: WatchStatus, version: string): string {
  const { incidents, pagers, roundAt, stretch } = status;
  let text = '';
  const family = (name: string, help: string, samples: readonly (readonly [Readonly<Record<string, string>>, number])[]): void => {
    text += gauge(`rollcall_${name}`, help);
    for (const [labels, value] of samples) text += sample(`rollcall_${name}`, labels, value);
  };
  family('build_info', 'The version that runs; always 1.', [[{ version }, 1]]);
  family('ready', '1 where the watcher can be trusted right now, as /readyz says.', [[{}, status.ready ? 1 : 0]]);
  family(
    'incidents_open',
    'Incidents that are open.',
    CLASSES.map((name) => [{ class: name }, incidents.filter((one) => one.class === name).length]),
  );
  family(
    'pager_last_attempt_timestamp_seconds',
    'When a page was last tried.',
    [...pagers].map(([pager, { at }]) => [{ pager }, at.wall / 1000]),
  );
  family(
    'pager_last_attempt_failed',
    '1 where the last attempt was not accepted.',
    [...pagers].map(([pager, { error }]) => [{ pager }, error === null ? 0 : 1]),
  );
  family('last_round_timestamp_seconds', 'When a sweep or an inspection last ended.', roundAt ? [[{}, roundAt.wall / 1000]] : []);
  family(
    'inspection_interval_ratio',
    'By how much the budget stretches inspections: 1 is as often as asked.',
    [...stretch].map(([group, { wantedMs, actualMs }]) => [{ connection: group.split('\n', 1)[0] ?? '' }, actualMs / wantedMs]),
  );
  const known = (status.coverage ?? []).filter(({ at }) => at !== null);
  for (const [name, help, figure] of [
    ['coverage_found', 'Things that are there, without those that are left out on purpose.', 'found'],
    ['coverage_managed', 'Of those, the ones on the roll.', 'managed'],
  ] as const)
    family(
      name,
      help,
      known.flatMap((one) => (one.kind === null ? [] : [[{ connection: one.connection, kind: one.kind }, one[figure]] as const])),
    );
  family('ledger_entries', 'Entries of the ledger.', [[{}, status.head?.seq ?? 0]]);
  return text;
}
