import type { Instant } from '../core/report.ts';
import { formatInstant } from '../core/wording.ts';
import type { Delivery, Post } from '../ports.ts';
import type { Journal } from './journal.ts';
import type { PagerHealth } from './outbox.ts';
import type { Troubles } from './troubles.ts';

/** Writes down a receipt, and tells of a pager that refuses until all of them accept again. */
export function recordDelivery(
  post: Post,
  delivery: Delivery,
  { journal, troubles, health }: { readonly journal: Journal; readonly troubles: Troubles; readonly health: PagerHealth },
  { sent, at }: { readonly sent: Instant; readonly at: Instant },
): void {
  const { pager, id, page } = post;
  const about = { pager, id, event: page.event, reason: page.reason, sent: formatInstant(sent.wall) };
  if (delivery.kind === 'delivered') journal.record('receipt', post.incident, about);
  // The first refusal is part of the story; every further try would be the most of it.
  else if (post.attempts === 0) journal.record('page', post.incident, { ...about, failed: delivery.why });
  // A refusal is told by the other pagers; a page about the refusal that is itself refused must not breed another.
  const own = page.resources.some((resource) => resource.id === '@watchdog');
  // All of them in one sentence: told by turns, each refusal would be news to those who accept.
  const refusing = [...health].flatMap(([name, { refused }]) => (refused === undefined ? [] : [`pager ${name} refuses pages: ${refused}`]));
  if (delivery.kind === 'refused' && !own) troubles.raise('pager.refused', refusing.toSorted().join('; '), 'critical', at);
  if (refusing.length === 0) troubles.clear('pager.refused', at);
}
