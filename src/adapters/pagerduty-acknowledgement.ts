import type { Acknowledgement, Clock } from '../ports.ts';
import { clean } from '../values/text.ts';
import { boundedKey } from './bounded-key.ts';
import { httpGet } from './http-post.ts';
import { parseJsonObject } from './json-object.ts';
import { MAX_KEY } from './pagerduty-event.ts';
import { readSecret, type SecretSource } from './secret-source.ts';

export interface PagerDutyRestOptions {
  /** A REST API key; one that can only read will do. */
  readonly apiKey: SecretSource;
  /** Root of the REST API; differs by the account's region. */
  readonly endpoint: string;
  /** For each request, ms. */
  readonly timeout: number;
  readonly clock: Clock;
}

type Json = Readonly<Record<string, unknown>>;

/**
 * Who acknowledged the incident that holds the alert under a dedup key, by the REST API v2 (`GET /incidents`, `GET /incidents/{id}/alerts`,
 * https://developer.pagerduty.com/api-reference/). Only a person counts: whoever holds a routing key can acknowledge by an event. Incidents
 * made of alerts have no `incident_key` of their own, so that it is their alerts which must name ours: an answer to another question
 * acknowledges nothing. Rejects where it cannot be told.
 */
export async function readAcknowledgement(
  options: PagerDutyRestOptions,
  dedupKey: string,
  signal: AbortSignal,
): Promise<Acknowledgement | null> {
  const key = boundedKey(dedupKey, MAX_KEY);
  const apiKey = await readSecret(options.apiKey);
  const get = async (path: string, query: readonly (readonly [string, string])[], list: string): Promise<readonly Json[]> => {
    const url = `${options.endpoint.replace(/\/+$/, '')}${path}?${new URLSearchParams(query.map(([name, value]) => [name, value])).toString()}`;
    const headers = { accept: 'application/json', authorization: `Token token=${apiKey}` };
    const reply = await httpGet({ url, headers, timeout: options.timeout, signal, secrets: [apiKey], now: options.clock.now().wall });
    if (reply.kind !== 'answer') throw new Error(reply.why);
    const found = reply.status === 200 ? parseJsonObject(reply.body)?.[list] : undefined;
    if (!Array.isArray(found)) throw new Error(`answered ${reply.status}: ${reply.excerpt}`);
    return found.filter(isObject);
  };
  const incidents = await get(
    '/incidents',
    [
      ['incident_key', key],
      ['statuses[]', 'acknowledged'],
      ['date_range', 'all'],
      ['limit', '10'],
    ],
    'incidents',
  );
  for (const incident of incidents) {
    const person = incident['status'] === 'acknowledged' ? personIn(incident['acknowledgements']) : undefined;
    if (!person || typeof incident['id'] !== 'string') continue;
    if (incident['incident_key'] === key) return person;
    const alerts = await get(`/incidents/${encodeURIComponent(incident['id'])}/alerts`, [['limit', '100']], 'alerts');
    if (alerts.some((alert) => alert['alert_key'] === key)) return person;
  }
  return null;
}

/** The latest acknowledgement by a person. */
function personIn(acknowledgements: unknown): Acknowledgement | undefined {
  const people = (Array.isArray(acknowledgements) ? acknowledgements : [])
    .filter(isObject)
    .flatMap(({ at, acknowledger }): Acknowledgement[] => {
      if (typeof at !== 'string' || !isObject(acknowledger)) return [];
      const { type, summary } = acknowledger;
      if (type !== 'user_reference' && type !== 'user') return [];
      return [{ at: clean(at, 40), by: clean(typeof summary === 'string' && summary !== '' ? summary : 'somebody', 80) }];
    });
  return people.sort((a, b) => a.at.localeCompare(b.at)).at(-1);
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
