import type { Page } from '../core/page.ts';
import { clean } from '../values/text.ts';
import { boundedKey } from './bounded-key.ts';
import { detectedAt } from './detected-at.ts';
import { fitBody } from './page-body.ts';
import { headline } from './page-text.ts';
import { isWebLink } from './web-link.ts';

const MAX_LABEL = 255;
/** Templates of receivers put annotations into messages of a few kB. */
const MAX_DESCRIPTION = 8 * 1024;
/** How long the alert of a test page stands where its resolve does not come. */
const TEST_LASTS_MS = 5 * 60_000;

/** One element of what POST /api/v2/alerts takes. Labels are the alert's identity: equal from the trigger to the resolve. */
export interface AlertmanagerAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly startsAt: string;
  readonly endsAt: string;
  readonly generatorURL?: string;
}

/**
 * The alert for a page. `endsAt` is always said: without it the receiver's own `resolve_timeout` (five minutes) would turn our silence
 * into an all-clear. `now` in ms since 1970; `hold` in ms: how long the alert stands without another word from us.
 */
export function toAlert(page: Page, now: number, hold: number): AlertmanagerAlert {
  const link = page.links.status;
  const startsAt = detectedAt(page);
  return {
    labels: labelsOf(page),
    annotations: annotationsOf(page),
    startsAt,
    endsAt: page.event === 'resolve' ? page.at : new Date(now + (page.event === 'test' ? TEST_LASTS_MS : hold)).toISOString(),
    ...(isWebLink(link) ? { generatorURL: URL.parse(link)?.href ?? link } : {}),
  };
}

/** From what never changes under one dedup key: an incident's severity does not, a graver one is another incident. */
function labelsOf(page: Page): Record<string, string> {
  const [, manifest = '', , resource = '', kind = ''] = page.dedup_key.split('/');
  return present({
    alertname: 'RollcallIncident',
    dedup_key: clean(boundedKey(page.dedup_key, MAX_LABEL), MAX_LABEL),
    // The key of a test page ends in its id, which would make a value for each of them.
    class: resource === '@test' ? 'test' : clean(kind, MAX_LABEL),
    severity: page.severity,
    watchdog: clean(page.watchdog, MAX_LABEL),
    manifest: clean(manifest, MAX_LABEL),
    resource: clean(resource, MAX_LABEL),
  });
}

function annotationsOf(page: Page): Record<string, string> {
  const { runbook } = page.links;
  return present({
    summary: headline(page),
    description: fitBody(unsigned(page), [], (text) => Buffer.byteLength(text) <= MAX_DESCRIPTION),
    checkpoint: page.ledger_head?.checkpoint ?? '',
    incident: clean(page.incident, MAX_LABEL),
    reason: page.reason,
    total: String(page.total),
    runbook_url: isWebLink(runbook) ? runbook : '',
  });
}

/** The signed head of the record has an annotation of its own. */
function unsigned(page: Page): Page {
  return { ...page, ledger_head: null };
}

/** Alertmanager takes an empty value for an absent one. */
function present(values: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ''));
}
