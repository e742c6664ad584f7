import assert from 'node:assert/strict';
import { radiusSvg } from '../../src/core/radius-svg.ts';
import type { Pair, Tie } from '../../src/core/blast-radius.ts';

const tie = (name: string, kind: Tie['kind'] = 'host'): Tie => ({ kind, name, by: 'looked', fix: [] });
const pair = (id: string, copy: string, ...ties: Tie[]): Pair => ({ id, copy, ties, severity: 'critical' });

/** Well-formed as far as that can be told without a parser: every tag closed in order, no text that is markup. */
function assertWellFormed(svg: string): void {
  const open: string[] = [];
  for (const [tag, slash, name = '', end] of svg.matchAll(/<(\/?)([a-z]+)(?:\s[^<>]*?)?(\/?)>/gi)) {
    if (slash === '/') assert.equal(open.pop(), name, tag);
    else if (end !== '/') open.push(name);
  }
  assert.deepEqual(open, []);
  const bare = svg.replaceAll(/<[^<>]*>/g, '');
  assert.doesNotMatch(bare, /[<>]|&(?!(?:amp|lt|gt|quot|#39);)/);
}

describe('the picture of the blast radius', () => {
  it('draws each pair through what ties it, and apart where nothing does', () => {
    const svg = radiusSvg([pair('db', 'dumps', tie('this host'), tie('cursor', 'agent')), pair('db', 'far')], 'vault');
    assertWellFormed(svg);
    assert.equal(svg.match(/class="critical"/g)?.length, 4);
    assert.equal(svg.match(/class="apart"/g)?.length, 2);
    assert.match(svg, />nothing that is known</);
    assert.match(svg, /1 of 2 pairs could be deleted together/);
    assert.match(svg, /<desc id="desc">db and dumps: host this host, agent cursor\. db and far: nothing is known that could delete both</);
  });

  it('runs nothing, loads nothing and shows hostile names as text', () => {
    const hostile = `"><script>alert(1)</script><image href='//evil'/>\u001b[31m\u202e`;
    const svg = radiusSvg([pair(hostile, `&${hostile}`, tie(hostile, 'account'))], hostile);
    assertWellFormed(svg);
    const tags = (svg.match(/<[^<>]*>/g) ?? []).join('');
    assert.doesNotMatch(tags, /script|image|href=|url\(|\son[a-z]+=/i);
    // oxlint-disable-next-line no-control-regex -- what must not be there
    assert.doesNotMatch(svg, /[\u0000-\u0009\u001b\u202e]/);
  });

  it('stays small with ten thousand resources, and draws the gravest', () => {
    const many = Array.from({ length: 10_000 }, (_, nth) => pair(`db-${nth}`, `dumps-${nth}`));
    const svg = radiusSvg([...many, pair('grave', 'its-copy', tie('this host'))], 'vault');
    assertWellFormed(svg);
    assert.ok(svg.length < 100_000, `${svg.length}`);
    assert.match(svg, />grave</);
    assert.match(svg, /9941 more resources are not drawn/);
  });

  it('is whole with nothing to draw', () => {
    assertWellFormed(radiusSvg([], 'vault'));
  });
});
