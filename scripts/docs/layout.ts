import { pathBetween } from './markdown.ts';
import type { SitePage } from './pages.ts';

/** One page of the site around its content, which is HTML already. Works without a script; none is there. */
export function layOut(page: Pick<SitePage, 'path' | 'title'>, content: string, menu: readonly SitePage[]): string {
  const to = (path: string) => pathBetween(page.path, path);
  const title = page.path === 'index.html' ? 'rollcall' : `${page.title} - rollcall`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'">
<meta name="referrer" content="no-referrer">
<title>${escape(title)}</title>
<link rel="stylesheet" href="${to('style.css')}">
</head>
<body>
<a class="skip" href="#content">Skip to the content</a>
<header><a href="${to('index.html')}">rollcall</a> <p>calls the roll of what must exist</p></header>
<div class="sides">
<nav aria-label="Pages">
${menuOf(menu, page.path, to)}
</nav>
<main id="content" tabindex="-1">
${content}</main>
</div>
</body>
</html>
`;
}

function menuOf(menu: readonly SitePage[], current: string, to: (path: string) => string): string {
  return [...Map.groupBy(menu, ({ section }) => section)]
    .map(([section, pages]) => {
      const links = pages.map(
        ({ path, title }) => `<li><a href="${to(path)}"${path === current ? ' aria-current="page"' : ''}>${escape(title)}</a></li>`,
      );
      if (section === 'Start') links.push(`<li><a href="${to('index.html')}#set-up-in-ten-minutes">Ten-minute start</a></li>`);
      // Decisions are many, and read one by one.
      const open = pages.some(({ path }) => path === current) || pages.length < 12 ? ' open' : '';
      return `<details${open}><summary>${escape(section)}</summary>\n<ul>\n${links.join('\n')}\n</ul></details>`;
    })
    .join('\n');
}

/** Text for HTML, in content and in quoted attributes. */
export function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
