import { html } from 'hono/html';
import type { Glance } from '../../core/glance.ts';
import type { WatchStatus } from '../../loop/self.ts';
import { clean } from '../../values/text.ts';
import { badge, isVerdict, resourceLink, VERDICT_ORDER, whenAt, type Html } from './parts.ts';

/** On one page. A page of a roll of ten thousand must stay small. */
export const ROWS = 50;
/** Characters of what was found; its own page has all of it. */
const FOUND = 240;
/** Kinds or connections that a list is offered of; of more a person types the name. */
const OFFERED = 40;

/** What the reader asked to see of the roll; anything that makes no sense is read as nothing asked. */
export interface Asked {
  readonly q: string;
  readonly verdict: string;
  readonly kind: string;
  readonly connection: string;
  readonly page: number;
}

export function readAsked(query: (name: string) => string | undefined): Asked {
  const text = (name: string): string => (query(name) ?? '').slice(0, 200);
  const verdict = text('verdict');
  return {
    q: text('q'),
    verdict: isVerdict(verdict) ? verdict : '',
    kind: text('kind'),
    connection: text('connection'),
    page: Math.max(1, Math.trunc(Number(query('page'))) || 1),
  };
}

/** What is searched in, made once for each glance: it stays the same object until there is news of it. */
const texts = new WeakMap<Glance, string>();
function textOf(glance: Glance): string {
  const known = texts.get(glance);
  if (known !== undefined) return known;
  const { id, kind, connection, verdict, owner = '' } = glance;
  const text = `${id} ${kind} ${connection} ${verdict} ${owner}`.toLowerCase();
  texts.set(glance, text);
  return text;
}

function find(glances: readonly Glance[], { q, verdict, kind, connection }: Asked): readonly Glance[] {
  const words = q.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0 && verdict === '' && kind === '' && connection === '') return glances;
  return glances.filter(
    (glance) =>
      (verdict === '' || glance.verdict === verdict) &&
      (kind === '' || glance.kind === kind) &&
      (connection === '' || glance.connection === connection) &&
      words.every((word) => textOf(glance).includes(word)),
  );
}

/** The roll, or what was asked for of it, page by page; a form that works without JavaScript. */
export function roll({ glances, healthyAt }: WatchStatus, asked: Asked, now: number): Html {
  const found = find(glances, asked);
  const pages = Math.max(1, Math.ceil(found.length / ROWS));
  const at = Math.min(asked.page, pages);
  const to = (page: number): string => `/?${paramsOf({ ...asked, page })}#roll`;
  const count = found.length === glances.length ? `${found.length} resources` : `${found.length} of ${glances.length} resources`;
  return html`<form method="get" action="/" role="search">
      <p>
        <label for="q">Resource, kind, connection or owner</label>
        <input id="q" name="q" type="search" value="${asked.q}" maxlength="200" />
      </p>
      ${choice('verdict', 'Verdict', VERDICT_ORDER, asked.verdict)} ${choice('kind', 'Kind', distinct(glances, 'kind'), asked.kind)}
      ${choice('connection', 'Connection', distinct(glances, 'connection'), asked.connection)}
      <p><button>Find</button> ${paramsOf({ ...asked, page: 1 }) === '' ? '' : html`<a href="/#roll">Show all</a>`}</p>
    </form>
    <p>${count}, page ${at} of ${pages}</p>
    ${found.length === 0 ? html`<p>None.</p>` : table('The roll', found.slice((at - 1) * ROWS, at * ROWS), healthyAt, now)}
    ${turnPages('Pages of the roll', at, pages, to)}`;
}

/** What of it is not empty, as the query of a link. */
function paramsOf({ page, ...asked }: Asked): string {
  const given = Object.entries(asked).filter(([, text]) => text !== '');
  return new URLSearchParams(page > 1 ? [...given, ['page', String(page)]] : given).toString();
}

export function turnPages(label: string, at: number, pages: number, to: (page: number) => string): Html | string {
  if (pages === 1) return '';
  return html`<nav class="pages" aria-label="${label}">
    ${at > 1 ? html`<a href="${to(at - 1)}" rel="prev">Previous</a>` : ''}
    ${at < pages ? html`<a href="${to(at + 1)}" rel="next">Next</a>` : ''}
  </nav>`;
}

const SEEN = new WeakMap<readonly Glance[], Map<string, readonly string[]>>();
function distinct(glances: readonly Glance[], key: 'kind' | 'connection'): readonly string[] {
  const known = SEEN.get(glances) ?? new Map<string, readonly string[]>();
  SEEN.set(glances, known);
  const names = known.get(key) ?? [...new Set(glances.map((glance) => glance[key]))].sort();
  known.set(key, names);
  return names;
}

function choice(name: string, label: string, offered: readonly string[], chosen: string): Html | string {
  if (offered.length < 2 || offered.length > OFFERED)
    return chosen === '' ? '' : html`<input type="hidden" name="${name}" value="${chosen}" />`;
  return html`<p>
    <label for="${name}">${label}</label>
    <select id="${name}" name="${name}">
      <option value="">any</option>
      ${offered.map((one) => html`<option ${one === chosen ? html`selected` : ''}>${one}</option>`)}
    </select>
  </p>`;
}

/** `caption` is for who does not see the heading above it. */
export function table(caption: string, rows: readonly Glance[], healthyAt: WatchStatus['healthyAt'], now: number): Html {
  return html`<table class="roll">
    <caption class="hidden">
      ${caption}
    </caption>
    <thead>
      <tr>
        <th scope="col">Verdict</th>
        <th scope="col">Resource</th>
        <th scope="col">What was found</th>
        <th scope="col">Last healthy</th>
      </tr>
    </thead>
    <tbody>
      ${rows.map(
        ({ id, kind, connection, verdict, summary }) =>
          html`<tr>
            <td>${badge(verdict)}</td>
            <th scope="row">${resourceLink(id)}<small>${kind} on ${connection}</small></th>
            <td><span class="found">${clean(summary, FOUND)}</span></td>
            <td data-label="Healthy">${whenAt(healthyAt(id), now)}</td>
          </tr> `,
      )}
    </tbody>
  </table>`;
}
