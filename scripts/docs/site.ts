import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { commandsPage } from './commands-page.ts';
import { escape, layOut } from './layout.ts';
import { pathBetween, renderMarkdown, targetOf } from './markdown.ts';
import { readPages, type SitePage } from './pages.ts';

/** Examples are pages too: the only place where every key stands with its default. */
const FILES = ['config.example.yaml', 'manifest.example.yaml'];

/** The whole site: what is to be written under each path. Reads the repository at `root`, and nothing else. */
export function makeSite(root: string): ReadonlyMap<string, string> {
  const files = new Map<string, SitePage>(FILES.map((file) => [file, filePage(file)]));
  const pages = [...readPages(root), commandsPage()];
  const bySource = new Map(pages.map((page) => [page.source, page]));
  const menu = [...pages, ...files.values()].sort((a, b) => order(pages, a.section) - order(pages, b.section));
  const site = new Map<string, string>([['style.css', styleOf(root)]]);
  const resolve = (from: SitePage) => (target: string) => {
    const [path, fragment] = targetOf(from.source, target);
    const page = bySource.get(path) ?? files.get(path);
    if (page) return pathBetween(from.path, page.path) + fragment;
    if (!existsSync(join(root, path)) || !statSync(join(root, path)).isFile()) return undefined;
    files.set(path, filePage(path));
    return pathBetween(from.path, filePage(path).path);
  };
  for (const page of pages) site.set(page.path, layOut(page, renderMarkdown(page.markdown, resolve(page)), menu));
  for (const page of files.values()) {
    const text = readFileSync(join(root, page.source), 'utf8');
    site.set(page.path, layOut(page, `<h1>${escape(page.title)}</h1>\n<pre tabindex="0"><code>${escape(text)}</code></pre>\n`, menu));
  }
  return site;
}

/** A file that is no page, shown as it is. */
function filePage(source: string): SitePage {
  return { source, path: `files/${source}.html`, title: source, section: 'Reference', markdown: '' };
}

function order(pages: readonly SitePage[], section: string): number {
  return pages.findIndex((page) => page.section === section);
}

/** The colours are those of the status page, from its own file. */
function styleOf(root: string): string {
  const [colours] = /^:root \{.*?^\}\n/ms.exec(readFileSync(join(root, 'src/web/page/style.css'), 'utf8')) ?? [];
  if (colours === undefined) throw new Error('src/web/page/style.css has no :root');
  return colours + readFileSync(join(root, 'scripts/docs/style.css'), 'utf8');
}
