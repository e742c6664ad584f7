/** Makes the documentation as a site of plain files in dist-docs/, from the pages of the repository and nothing else. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeSite } from './docs/site.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const out = join(root, 'dist-docs');
rmSync(out, { recursive: true, force: true });
const site = makeSite(root);
for (const [path, text] of site) {
  mkdirSync(dirname(join(out, path)), { recursive: true });
  writeFileSync(join(out, path), text);
}
console.log(`dist-docs/ is made: ${site.size} files, to be opened at dist-docs/index.html`);
