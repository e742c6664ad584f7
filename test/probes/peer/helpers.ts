import assert from 'node:assert/strict';
import { createSystemClock } from '../../../src/adapters/clock-system.ts';
import type { Resource } from '../../../src/core/expectation.ts';
import type { Clock } from '../../../src/ports.ts';
import type { Link } from '../../../src/probe.ts';
import { Secret } from '../../../src/values/secret.ts';
import { peer } from '../../../probes/peer/index.ts';
import { makeResource } from '../../support/roll.ts';

export const TOKEN = 'token-of-the-other-watcher-0123';

/** A roll entry, compiled as config/ would. */
export function watcher(entry: Record<string, unknown> = {}, id = 'watcher-b'): Resource {
  const kind = peer.kinds.get('peer.watcher');
  assert.ok(kind);
  const compiled = kind.compile(kind.entry.parse(entry));
  assert.ok(compiled.ok);
  const { target, identity, vantageKey = '', checks } = compiled.value;
  return makeResource({ id, kind: 'peer.watcher', connection: 'other', target, identity, vantageKey, checks });
}

/** A link to `url` over the probe's own schema. */
export function open(url: string, more: Record<string, unknown> = {}, clock: Clock = createSystemClock(0)): Link {
  const settings = peer.connection.parse({ url, token: { env: 'TOKEN' }, ...more });
  return peer.open(settings, { connection: 'other', clock, secret: () => Promise.resolve(new Secret(TOKEN)) });
}

/** What a healthy watcher answers, with what a test wants otherwise. */
export function status(more: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    watchdog: 'vault-us',
    manifest: { id: 'prod-us', version: 3 },
    ready: true,
    why: [],
    last_round: { ago_ms: 1500 },
    ledger_head: { seq: 812, hash: 'a'.repeat(64) },
    ...more,
  };
}
