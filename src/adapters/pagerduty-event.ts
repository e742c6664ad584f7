import type { Page } from '../core/page.ts';
import { clean } from '../values/text.ts';
import { boundedKey } from './bounded-key.ts';
import { detectedAt } from './detected-at.ts';
import { fitPage, jsonBytes } from './page-fit.ts';
import { isWebLink } from './web-link.ts';

// Limits of the Events API v2: body 512 KB, summary 1024 characters, dedup_key 255.
const MAX_BYTES = 512_000;
const MAX_SUMMARY = 1024;
export const MAX_KEY = 255;
const MAX_FIELD = 255;

/** What PagerDuty shows of a page; the fields it has no place for are `custom_details`. */
export interface PagerDutyEvent {
  readonly routing_key: string;
  readonly event_action: 'trigger' | 'resolve';
  readonly dedup_key: string;
  readonly client: string;
  readonly client_url?: string;
  readonly links: readonly { readonly href: string; readonly text: string }[];
  readonly payload: {
    readonly summary: string;
    readonly source: string;
    readonly severity: 'critical' | 'warning';
    readonly timestamp: string;
    readonly component?: string;
    readonly group?: string;
    readonly class?: string;
    readonly custom_details?: object;
  };
}

/**
 * The event for a page, below every documented limit. An `update` is a trigger under the same key: it rewords nothing that
 * was shown and notifies nobody once acknowledged, but its details join the alert.
 */
export function toPagerDutyEvent(page: Page, routingKey: string): PagerDutyEvent {
  const [first] = page.resources;
  const bare: PagerDutyEvent = {
    routing_key: routingKey,
    event_action: page.event === 'resolve' ? 'resolve' : 'trigger',
    dedup_key: boundedKey(page.dedup_key, MAX_KEY),
    client: clean(`rollcall ${page.watchdog}`, MAX_FIELD),
    ...(isWebLink(page.links.status) ? { client_url: page.links.status } : {}),
    links: [
      ...(isWebLink(page.links.runbook) ? [{ href: page.links.runbook, text: 'Runbook' }] : []),
      ...(isWebLink(page.links.status) ? [{ href: page.links.status, text: 'Status' }] : []),
    ],
    payload: {
      summary: clean(`${page.event === 'test' ? 'TEST: ' : ''}${page.summary}`, MAX_SUMMARY),
      source: clean(page.watchdog, MAX_FIELD) || 'rollcall',
      severity: page.severity,
      timestamp: detectedAt(page),
      ...(first
        ? {
            component: clean(first.id, MAX_FIELD),
            class: first.verdict,
            ...(first.connection && first.kind !== 'watchdog' ? { group: clean(first.connection, MAX_FIELD) } : {}),
          }
        : {}),
    },
  };
  const room = MAX_BYTES - jsonBytes(withDetails(bare, {})) - jsonBytes(page.links) - 1024;
  const { summary: _summary, severity: _severity, dedup_key: _key, links: _links, ...rest } = fitPage(page, room);
  return withDetails(bare, rest);
}

/** The same event without `custom_details`: the only part whose contents the API could dislike. */
export function withoutDetails(event: PagerDutyEvent): PagerDutyEvent {
  const { custom_details: _details, ...payload } = event.payload;
  return { ...event, payload };
}

function withDetails(event: PagerDutyEvent, details: object): PagerDutyEvent {
  return { ...event, payload: { ...event.payload, custom_details: details } };
}
