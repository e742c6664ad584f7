import type { Wish } from '../core/incident.ts';
import type { Page } from '../core/page.ts';

/** One wish per incident and event: the trigger's reason stands, the last update's too. */
export function coalesce(wishes: readonly Wish[]): Wish[] {
  const out = new Map<string, Wish>();
  for (const wish of wishes) {
    const trigger = out.get(`${wish.incident} trigger`);
    if (wish.event === 'update' && trigger) continue;
    out.set(`${wish.incident} ${wish.event}`, wish);
  }
  return [...out.values()];
}

/** The higher goes first: triggers before news, losses before the rest, critical before warning. */
export function gravity(page: Page): number {
  const event = { trigger: 4, update: 2, resolve: 1, test: 0 }[page.event];
  return event + (page.severity === 'critical' ? 1 : 0) + (page.dedup_key.includes('/lost/') ? 2 : 0);
}
