import assert from 'node:assert/strict';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCli } from '../support/cli.ts';
import { makeFolder, type Folder } from '../support/folder.ts';
import { ROOT } from '../support/source-file.ts';

const page = readFileSync(join(ROOT, 'docs/incidents.md'), 'utf8');
const [head = '', ...recipes] = page.split(/^## /m);
const blocks = (markdown: string) => [...markdown.matchAll(/^```yaml\n(.*?)^```$/gms)].map(([, text = '']) => text);
const titles = (text: string) => text.split('\n', 1)[0] ?? '';

/** What identifies an incident in a heading: the name with its year, the number of an issue, or what befell it. */
const namesOf = (title: string) => [...title.matchAll(/[A-Z]\w+(?: CI)? \d{4}|#\d+|Replit \d{4}|vault emptied/g)].map(([name]) => name);

describe('the recipes from incidents', function () {
  this.timeout(120_000);
  let folder: Folder;
  before(() => {
    folder = makeFolder();
    writeFileSync(join(folder.path, 'config.yaml'), blocks(head)[0] ?? '');
    writeFileSync(join(folder.path, 'prod-pg.url'), 'postgres://rollcall_ro@127.0.0.1/postgres', { mode: 0o600 });
    for (const name of ['prod-external-id', 'dr-external-id']) writeFileSync(join(folder.path, name), 'a-secret-of-ours', { mode: 0o600 });
    writeFileSync(join(folder.path, 'pagerduty.key'), 'R0123456789012345678901234567890', { mode: 0o600 });
  });
  after(() => folder.remove());

  const validate = async (recipe: string) => {
    writeFileSync(join(folder.path, 'manifest.yaml'), `schema: rollcall/manifest/v1\nmanifest: recipes\nversion: 1\n${recipe}`);
    return runCli(['validate'], { cwd: folder.path });
  };

  for (const recipe of recipes)
    it(`can be used as it stands: ${titles(recipe)}`, async () => {
      const [manifest, ...rest] = blocks(recipe);
      assert.ok(manifest !== undefined && rest.length === 0, 'one recipe for each');
      const { code, stdout } = await validate(manifest);
      assert.equal(code, 0, stdout);
      assert.match(recipe, /^\*\*When\.\*\* /m);
    });

  it('are refused where a line is wrong', async () => {
    const { code } = await validate((blocks(recipes[0] ?? '')[0] ?? '').replace('newest_within', 'newest_withing'));
    assert.equal(code, 78);
  });

  it('are each an incident that is replayed', () => {
    const files = [...readdirSync(join(ROOT, 'test/incidents')).map((name) => `incidents/${name}`), 'live/aws/incidents.test.ts'];
    const tests = files.map((name) => readFileSync(join(ROOT, 'test', name), 'utf8'));
    const replayed = [...tests.join('\n').matchAll(/^ {2}it\(\s*['"`](.*)/gm)].map(([, title = '']) => title).join('\n');
    assert.ok(recipes.length >= 10);
    for (const title of recipes.map(titles)) {
      const names = namesOf(title);
      assert.ok(names.length > 0, title);
      for (const name of names) assert.match(replayed, new RegExp(name.replace(' ', '.*')), name);
    }
  });
});
