import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A page of the repository as it becomes one of the site. */
export interface SitePage {
  /** From the repository's root. */
  readonly source: string;
  /** From the site's root. */
  readonly path: string;
  readonly title: string;
  readonly section: string;
  readonly markdown: string;
}

/** Sections in the order of the menu, each with its pages: paths, or patterns for those that come with time. */
const SECTIONS: readonly (readonly [section: string, patterns: readonly string[]])[] = [
  ['Start', ['README.md']],
  ['What it looks at', ['probes/*/README.md']],
  ['Run it', ['docs/operating.md', 'docs/deploy/*.md', 'docs/pagers.md', 'docs/maintenance.md', 'docs/metrics.md']],
  ['People and agents', ['docs/signing.md', 'docs/approvals.md', 'docs/claims.md', 'docs/audit.md', 'docs/ledger.md']],
  ['Security', ['docs/threat-model.md', 'docs/limits.md', 'SECURITY.md']],
  ['Reference', ['docs/verdicts.md', 'docs/codes.md']],
  // Whatever else there is comes before what only those read who change it.
  ['More', ['docs/incidents.md', 'docs/*.md']],
  ['The project', ['CONTRIBUTING.md', 'CHANGELOG.md', 'docs/decisions/*.md']],
];

/** Every page there is, in the order of the menu; one that no section names stands under "More". */
export function readPages(root: string): SitePage[] {
  const found = new Map<string, SitePage>();
  // The patterns that take what is left go last.
  for (const [section, patterns] of [...SECTIONS].sort(([a], [b]) => Number(a === 'More') - Number(b === 'More')))
    for (const pattern of patterns)
      for (const source of globSync(pattern, { cwd: root }).sort())
        if (!found.has(source)) found.set(source, readPage(root, source, section));
  const rank = new Map(SECTIONS.map(([section], index) => [section, index]));
  return [...found.values()].sort((a, b) => (rank.get(a.section) ?? 0) - (rank.get(b.section) ?? 0));
}

function readPage(root: string, source: string, section: string): SitePage {
  const markdown = readFileSync(join(root, source), 'utf8');
  const [, title = source] = /^# (.+)$/m.exec(markdown) ?? [];
  const path = source.replace(/README\.md$/, 'index.html').replace(/\.md$/, '.html');
  return { source, path, title: title.replaceAll('`', ''), section, markdown };
}
