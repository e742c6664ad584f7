import assert from 'node:assert/strict';
import { globSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { slugOf } from '../../scripts/docs/markdown.ts';
import { makeSite } from '../../scripts/docs/site.ts';
import { ROOT } from '../support/source-file.ts';

const idsOf = (html: string) => [...html.matchAll(/ id="([^"]+)"/g)].map(([, id = '']) => id);
const linksOf = (html: string) => [...html.matchAll(/ href="([^"]*)"/g)].map(([, href = '']) => href);

/** Links that lead nowhere on the site; those to other sites are left alone. */
function deadLinks(site: ReadonlyMap<string, string>): string[] {
  return [...site].flatMap(([page, html]) =>
    linksOf(html).flatMap((href) => {
      if (/^(?:https?|mailto):/.test(href)) return [];
      const [path = '', fragment] = href.split('#');
      const target = path === '' ? page : join(dirname(page), path);
      const found = site.get(target);
      return found === undefined || (fragment !== undefined && !idsOf(found).includes(fragment)) ? [`${page}: ${href}`] : [];
    }),
  );
}

describe('the site', () => {
  let site: ReadonlyMap<string, string>;
  const pages = () => [...site].filter(([path]) => path.endsWith('.html'));
  before(() => {
    site = makeSite(ROOT);
  });

  it('has every page of the repository, each in the menu, and every command', () => {
    const sources = ['*.md', 'docs/**/*.md', 'probes/*/README.md'].flatMap((pattern) => globSync(pattern, { cwd: ROOT }));
    assert.ok(sources.length > 30);
    const menu = new Set(linksOf(site.get('index.html') ?? ''));
    for (const source of sources) {
      const path = source.replace(/README\.md$/, 'index.html').replace(/\.md$/, '.html');
      assert.ok(site.has(path), path);
      assert.ok(menu.has(path), `${path} is in no menu`);
    }
    assert.match(site.get('docs/commands.html') ?? '', /<h2 id="ledger-verify">ledger verify<\/h2>/);
  });

  it('links to nothing that is not there, headings included', () => {
    assert.deepEqual(deadLinks(site), []);
  });

  it('loads nothing from elsewhere, and runs nothing', () => {
    for (const [path, html] of pages()) {
      assert.doesNotMatch(html, /<script|<iframe|<img| on\w+="| style="(?!text-align)/, path);
      assert.match(html, /Content-Security-Policy" content="default-src 'none'; style-src 'self'/);
      assert.deepEqual(
        [...html.matchAll(/<link [^>]*href="([^"]+)"/g)].map(([, href = '']) => join(dirname(path), href)),
        ['style.css'],
        path,
      );
    }
    assert.doesNotMatch(site.get('style.css') ?? '', /@import|url\(/);
  });

  it('has one heading of the first level on each page, and no id twice', () => {
    for (const [path, html] of pages()) {
      assert.equal(html.match(/<h1/g)?.length, 1, path);
      const ids = idsOf(html);
      assert.deepEqual(ids, [...new Set(ids)], path);
    }
  });

  it('would notice a dead link and a dead heading', () => {
    const bad = new Map([
      ['a.html', '<a href="b/c.html#x"> <a href="gone.html"> <a href="#here"> <a href="https://example.com">'],
      ['b/c.html', '<p id="y"><a href="../a.html">'],
    ]);
    assert.deepEqual(deadLinks(bad), ['a.html: b/c.html#x', 'a.html: gone.html', 'a.html: #here']);
    assert.equal(slugOf('3-2-1-1-0: `what` it is'), '3-2-1-1-0-what-it-is');
  });
});
