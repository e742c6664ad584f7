import { dirname, join, relative } from 'node:path';
import MarkdownIt from 'markdown-it';

/** Where a link of a page leads on the site; undefined leaves it as it is. */
export type Resolve = (target: string) => string | undefined;

/** Renders Markdown: raw HTML is shown and not run, headings can be linked to, what is wider than a phone scrolls and can be reached by keyboard. */
export function renderMarkdown(markdown: string, resolve: Resolve): string {
  const md = new MarkdownIt({ html: false, linkify: false, typographer: false });
  const seen = new Map<string, number>();
  md.renderer.rules['heading_open'] = (tokens, index, options, _, self) => {
    const text = tokens[index + 1]?.children?.map(({ content }) => content).join('') ?? '';
    tokens[index]?.attrSet('id', unique(slugOf(text), seen));
    return self.renderToken(tokens, index, options);
  };
  md.renderer.rules['link_open'] = (tokens, index, options, _, self) => {
    const target = String(tokens[index]?.attrGet('href') ?? '');
    const resolved = /^[a-z][a-z+.-]*:/i.test(target) ? undefined : resolve(target);
    if (resolved !== undefined) tokens[index]?.attrSet('href', resolved);
    return self.renderToken(tokens, index, options);
  };
  let tables = 0;
  md.renderer.rules['table_open'] = () => `<div class="wide" role="region" aria-label="Table ${++tables}" tabindex="0"><table>\n`;
  md.renderer.rules['table_close'] = () => '</table></div>\n';
  md.renderer.rules['th_open'] = (tokens, index, options, _, self) => {
    tokens[index]?.attrSet('scope', 'col');
    return self.renderToken(tokens, index, options);
  };
  const fence = md.renderer.rules['fence'];
  md.renderer.rules['fence'] = (tokens, index, options, env, self) =>
    (fence?.(tokens, index, options, env, self) ?? '').replace('<pre>', '<pre tabindex="0">');
  // A table of GitHub's may begin with an empty heading; a screen reader wants none.
  return md.render(markdown).replaceAll(/<th scope="col"( style="[^"]*")?><\/th>/g, '<td$1></td>');
}

/** As GitHub makes them, so that a link to a heading holds in both places. */
export function slugOf(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(' ', '-');
}

/** The path from one page of the site to another. */
export function pathBetween(from: string, to: string): string {
  return relative(dirname(from), to) || '.';
}

/** A target of a page as a path from the repository's root, and its fragment. */
export function targetOf(source: string, target: string): readonly [path: string, fragment: string] {
  const [path = '', fragment] = target.split('#', 2);
  return [path === '' ? source : join(dirname(source), path), fragment === undefined ? '' : `#${fragment}`];
}

function unique(slug: string, seen: Map<string, number>): string {
  const times = seen.get(slug) ?? 0;
  seen.set(slug, times + 1);
  return times === 0 ? slug : `${slug}-${times}`;
}
