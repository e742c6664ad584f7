import type { BlindReason, Discovery } from '../../src/probe.ts';
import { formatDuration } from '../../src/values/duration.ts';
import { clean } from '../../src/values/text.ts';
import type { WatcherStatus } from './status.ts';

/** The one watcher behind an address, as it calls itself; or why it was not heard. */
export function discovered(answer: { readonly status?: WatcherStatus; readonly reason: BlindReason; readonly say: string }): Discovery {
  const { status, reason, say } = answer;
  if (!status) return { kind: 'unexplored', on: 'the watcher', reason, say: clean(say, 200), hides: true };
  const { watchdog, manifest, ready, last_round: round } = status;
  return {
    kind: 'found',
    of: 'peer.watcher',
    label: watchdog,
    name: `watcher-${watchdog}`,
    entry: {},
    pin: { watchdog: clean(watchdog, 40), manifest: clean(manifest.id, 40) },
    facts: [`${ready ? 'ready' : 'not ready'}, last complete round ${round ? `${formatDuration(round.ago_ms)} ago` : 'never'}`],
    expect: { round_within: '2m' },
  };
}
