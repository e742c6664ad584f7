import type { Pair } from './blast-radius.ts';
import { clean } from '../values/text.ts';

/** Rows of a column; what is more is said, the gravest first. */
const MOST = 60;
const ROW = 44;
const TOP = 96;
const BOX = { width: 250, height: 30 };
const COLUMNS = { data: 20, ties: 375, copies: 730 } as const;
const WIDTH = 1000;
const LONGEST = 28;
/** Stands in the middle for a pair that nothing is known to tie. */
const FREE = 'nothing that is known';

/**
 * The blast radius as a picture of its own: what is to be protected on the left, its copies on the right, and between them what could take
 * both. Without scripts and without anything from elsewhere; every text is escaped, cut and on one line.
 */
export function radiusSvg(pairs: readonly Pair[], about: string): string {
  const weight = ({ ties, severity }: Pair): number => (ties.length === 0 ? 0 : severity === 'critical' ? 2 : 1);
  const sorted = [...pairs].sort((a, b) => weight(b) - weight(a));
  const ids = [...new Set(sorted.map(({ id }) => id))].slice(0, MOST);
  const shown = sorted.filter(({ id }) => ids.includes(id));
  const left = column(ids);
  const right = column([...new Set(shown.map(({ copy }) => copy))].slice(0, MOST));
  // The last one, so that no line runs behind the others.
  const ways = new Set(shown.flatMap(waysOf));
  const ties = column([...[...ways].filter((way) => way !== FREE).slice(0, MOST), ...(ways.has(FREE) ? [FREE] : [])]);
  const lines = shown.flatMap((pair) => {
    const [from, to] = [left.get(pair.id), right.get(pair.copy)];
    if (from === undefined || to === undefined) return [];
    return waysOf(pair).flatMap((way) => {
      const via = ties.get(way);
      const kind = way === FREE ? 'apart' : pair.severity;
      return via === undefined
        ? []
        : [line(from, COLUMNS.data, via, COLUMNS.ties, kind), line(via, COLUMNS.ties, to, COLUMNS.copies, kind)];
    });
  });
  const height = TOP + Math.max(left.size, right.size, ties.size, 1) * ROW + 20;
  const tied = pairs.filter((pair) => pair.ties.length > 0).length;
  const undrawn = new Set(pairs.map(({ id }) => id)).size - ids.length;
  const summary = `${tied} of ${pairs.length} pairs could be deleted together${undrawn > 0 ? `; ${undrawn} more resources are not drawn` : ''}`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-labelledby="title desc">
<title id="title">Blast radius: ${text(about, 120)}</title>
<desc id="desc">${text(shown.slice(0, MOST).map(sentence).join('. '), 4000)}</desc>
<style>${STYLE}</style>
<rect class="ground" width="${WIDTH}" height="${height}"/>
<text class="head" x="20" y="34">Blast radius</text>
<text x="20" y="58">${text(summary, 140)} (${text(about, 80)})</text>
<text class="name" x="20" y="84">protected</text><text class="name" x="${COLUMNS.ties}" y="84">takes both with it</text><text class="name" x="${COLUMNS.copies}" y="84">copies</text>
${[...new Set(lines)].join('\n')}
${[...left].map(([name, y]) => box(name, COLUMNS.data, y, 'data')).join('\n')}
${[...ties].map(([name, y]) => box(name, COLUMNS.ties, y, name === FREE ? 'free' : 'tie')).join('\n')}
${[...right].map(([name, y]) => box(name, COLUMNS.copies, y, 'copy')).join('\n')}
</svg>
`;
}

const STYLE = `
text { font: 14px system-ui, sans-serif; fill: #1a1a1a } .head { font-size: 20px; font-weight: 600 } .name { font-weight: 600 }
.ground { fill: #ffffff } .data, .copy, .tie, .free { rx: 6px } .data, .copy { fill: #eef2f7; stroke: #5b6b7f } .tie { fill: #fdecea; stroke: #b3261e }
.free { fill: #e8f3e9; stroke: #2e7d32 }
path { fill: none; stroke-width: 2 } .critical { stroke: #b3261e } .warning { stroke: #8a5a00; stroke-dasharray: 7 4 } .apart { stroke: #2e7d32 }
@media (prefers-color-scheme: dark) {
text { fill: #eeeeee } .ground { fill: #14171a } .data, .copy { fill: #232b33; stroke: #8fa3b8 } .tie { fill: #3b1f1d; stroke: #ff8a80 } .free { fill: #1d2e1f; stroke: #81c784 }
.critical { stroke: #ff8a80 } .warning { stroke: #ffc46b } .apart { stroke: #81c784 } }
`;

/** What the lines of a pair run through. */
function waysOf({ ties }: Pair): string[] {
  return ties.length === 0 ? [FREE] : ties.map(({ kind, name }) => `${kind} ${name}`);
}

/** Each name with the top of its row. */
function column(names: readonly string[]): Map<string, number> {
  return new Map(names.map((name, row) => [name, TOP + row * ROW]));
}

function box(name: string, x: number, y: number, kind: string): string {
  return `<g><title>${text(name, 300)}</title><rect class="${kind}" x="${x}" y="${y}" width="${BOX.width}" height="${BOX.height}"/><text x="${x + 10}" y="${y + 20}">${text(name, LONGEST)}</text></g>`;
}

function line(from: number, fromX: number, to: number, toX: number, kind: string): string {
  const [x1, y1, x2, y2] = [fromX + BOX.width, from + BOX.height / 2, toX, to + BOX.height / 2];
  const bend = (x2 - x1) / 2;
  return `<path class="${kind}" d="M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}"/>`;
}

function sentence({ id, copy, ties }: Pair): string {
  if (ties.length === 0) return `${id} and ${copy}: nothing is known that could delete both`;
  return `${id} and ${copy}: ${ties.map(({ kind, name }) => `${kind} ${name}`).join(', ')}`;
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

function text(value: string, most: number): string {
  return clean(value, most).replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}
