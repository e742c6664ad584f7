import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from '../src/core/page.ts';
import type { Received, Receiver } from '../test/support/receiver.ts';

const LOST = new Set(['absent', 'doomed', 'impostor']);

/** When the first request that `wanted` accepts arrived, ms since 1970. @throws Error after `ms`. */
export async function arrival(receiver: Receiver, from: number, wanted: (request: Received) => boolean, ms: number): Promise<number> {
  const deadline = Date.now() + ms;
  for (let seen = from; ; seen++) {
    while (receiver.requests.length <= seen) {
      if (Date.now() > deadline) throw new Error(`nothing arrived for ${ms} ms`);
      await Promise.race([receiver.received(seen + 1), sleep(100)]);
    }
    const request = receiver.requests[seen];
    if (request && wanted(request)) return request.at;
  }
}

/** A page of this run's daemon that says of the database that it is lost. `to`: where that daemon posts, where there are several. */
export function pageAbout(run: string, name: string, to = '/rollcall'): (request: Received) => boolean {
  return ({ path, body }) => {
    if (path !== to) return false;
    const { event, dedup_key: key, resources } = body as Page;
    return (
      event !== 'resolve' && key.startsWith(`rollcall/${run}/`) && resources.some(({ id, verdict }) => id === name && LOST.has(verdict))
    );
  };
}

/** What a floor of this run posts of the database. */
export function postAbout(run: string, name: string): (request: Received) => boolean {
  return ({ path, body }) =>
    path !== '/rollcall' && (body as { run: string; name: string }).run === run && (body as { name: string }).name === name;
}
