import { html } from 'hono/html';
import type { Measured } from '../../core/measured.ts';
import { groupDigits } from '../../values/digits.ts';
import { formatDuration } from '../../values/duration.ts';
import { formatSize } from '../../values/size.ts';
import { when, inPath, type Html } from './parts.ts';

const MINUTE_MS = 60_000;
/** A line over less than this says nothing. */
const SHORTEST_MS = 5 * MINUTE_MS;
const WIDTH = 320;
const HEIGHT = 90;
const LISTED = 12;

/** A number of a measure, as a person reads it. */
export function sayValue(value: number, unit: Measured['unit']): string {
  if (unit === 'bytes') return formatSize(value);
  if (unit === 'ms') return formatDuration(value);
  return groupDigits(Number.isInteger(value) ? value : Number(value.toPrecision(4)));
}

/** Between what bounds it has to stay; empty where there are none. */
export function sayBounds({ atLeast, atMost, unit }: Pick<Measured, 'atLeast' | 'atMost' | 'unit'>): string {
  const least = atLeast === null ? '' : `at least ${sayValue(atLeast, unit)}`;
  const most = atMost === null ? '' : `at most ${sayValue(atMost, unit)}`;
  return [least, most].filter((bound) => bound !== '').join(', ');
}

export function isWithin({ now, atLeast, atMost }: Pick<Measured, 'now' | 'atLeast' | 'atMost'>): boolean {
  return now === null || ((atLeast === null || now >= atLeast) && (atMost === null || now <= atMost));
}

/** How one measure moved: a line in steps, because nothing is known between two looks; the bounds as lines across; all of it in words and in a table. */
export function chart(measured: Measured, now: number): Html {
  const { of, unit, now: current } = measured;
  const points = measured.points.map(([minute, value]) => [minute * MINUTE_MS, value] as const);
  const values = [...points.map(([, value]) => value), ...(current === null ? [] : [current])];
  const [from] = points[0] ?? [now];
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const bounds = sayBounds(measured);
  const range = low === high ? `always ${sayValue(low, unit)}` : `from ${sayValue(low, unit)} to ${sayValue(high, unit)}`;
  return html`<figure class="chart ${isWithin(measured) ? '' : 'beyond'}">
    <figcaption>
      <strong>${of}</strong>:
      ${current === null ? 'not measured now' : sayValue(current, unit)}${bounds === '' ? '' : html` <small>must be ${bounds}</small>`}
    </figcaption>
    ${values.length === 0 ? '' : draw(measured, points, { from, now, low, high })}
    <p>
      <small>${points.length === 0 ? 'Nothing of it is kept yet.' : html`${range} in ${formatDuration(Math.max(0, now - from))}`}</small>
    </p>
    ${
      points.length < 2
        ? ''
        : html`<details id="values-${inPath(measured.measure)}">
            <summary>The last values</summary>
            <ol>
              ${points.slice(-LISTED).map(([at, value]) => html`<li>${when(new Date(at).toISOString(), now)}: ${sayValue(value, unit)}</li>`)}
            </ol>
          </details>`
    }
  </figure>`;
}

interface Frame {
  readonly from: number;
  readonly now: number;
  readonly low: number;
  readonly high: number;
}

function draw(
  { of, atLeast, atMost, unit, now: current }: Measured,
  points: readonly (readonly [number, number])[],
  { from, now, low, high }: Frame,
): Html {
  const bounds = [atLeast, atMost].filter((bound) => bound !== null);
  const bottom = Math.min(low, ...bounds);
  const top = Math.max(high, ...bounds);
  const span = top - bottom || Math.abs(top) || 1;
  const start = Math.min(from, now - SHORTEST_MS);
  const x = (at: number): number => Math.round(((at - start) / (now - start)) * WIDTH);
  const y = (value: number): number => Math.round((0.08 + 0.84 * (1 - (value - bottom) / span)) * HEIGHT);
  const steps = points.map(([at, value], n) => (n === 0 ? `M${x(at)} ${y(value)}` : `H${x(at)}V${y(value)}`));
  if (current !== null) steps.push(steps.length === 0 ? `M0 ${y(current)}H${WIDTH}` : `H${WIDTH}V${y(current)}`);
  const about = `${of}, from ${sayValue(low, unit)} to ${sayValue(high, unit)}`;
  return html`<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${about}">
    ${bounds.map((bound) => html`<path class="bound" d="M0 ${y(bound)}H${WIDTH}" />`)}
    <path class="line" d="${steps.join('')}" />
    ${current === null ? '' : html`<circle class="now" cx="${WIDTH - 3}" cy="${y(current)}" r="3" />`}
  </svg>`;
}
