import { mkdir, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { Cancelled, openPrompts, type Prompts } from '../adapters/prompts-clack.ts';
import { EXIT } from '../core/exit.ts';
import { draftConfig } from '../draft/draft-config.ts';
import { check } from './check.ts';
import { discover } from './discover.ts';
import { interview, type Interview } from './init/interview.ts';
import type { Io } from './io.ts';
import { pageTest } from './page-test.ts';
import { validate } from './validate.ts';

const MANIFEST = 'manifest.yaml';

/**
 * Asks a few questions at a terminal, writes config.yaml, the secrets and a draft of a manifest of what is there, then validates, checks and
 * sends a test page. Nothing is written before the last answer, and nothing that is there is written over. Arms nothing: `watch` does.
 */
export async function init(io: Io, { config: option }: { readonly config: string | undefined }): Promise<number> {
  if (!io.terminal) {
    io.err(
      'rollcall: init asks questions, and nobody sits at a terminal here. Write config.yaml by hand (README, config.example.yaml), then rollcall discover -o manifest.yaml\n',
    );
    return EXIT.usage;
  }
  const config = resolve(io.cwd, option ?? 'config.yaml');
  const folder = dirname(config);
  for (const file of [config, join(folder, MANIFEST)])
    if (await isThere(file)) {
      io.err(`rollcall: ${file} is there already, and init writes over nothing: move it away, or say -c FOLDER/config.yaml\n`);
      return EXIT.usage;
    }
  const prompts = await openPrompts(io.terminal, io.signal);
  let written = false;
  try {
    const answers = await interview(prompts, MANIFEST);
    const taken = await write(folder, basename(config), answers);
    if (taken !== undefined) {
      io.err(`rollcall: ${taken} is there already, and init writes over nothing: move it away\n`);
      return EXIT.usage;
    }
    written = true;
    prompts.say(`${[basename(config), ...answers.secrets.map(({ file }) => file)].join(', ')} in ${folder}`);
    return await tryOut(io, prompts, config, join(folder, MANIFEST));
  } catch (error) {
    if (!(error instanceof Cancelled)) throw error;
    const draft = join(folder, MANIFEST);
    const left = (await isThere(draft)) ? '' : `; rollcall -c ${config} discover -o ${draft} writes the draft that is still missing`;
    io.err(
      written
        ? `rollcall: broken off; what was written before is still there, and nothing is armed${left}\n`
        : 'rollcall: broken off; nothing was written\n',
    );
    return EXIT.usage;
  }
}

/** Writes config and secrets, each of which must be new; else the name of the one that is there. */
async function write(folder: string, config: string, { config: draft, secrets }: Interview): Promise<string | undefined> {
  for (const { file } of secrets) if (await isThere(join(folder, file))) return join(folder, file);
  await mkdir(folder, { recursive: true });
  // For nobody but this account; a secret that others can read is refused anyway.
  for (const { file, value } of secrets) await writeFile(join(folder, file), `${value}\n`, { flag: 'wx', mode: 0o600 });
  await writeFile(join(folder, config), draftConfig(draft), { flag: 'wx', mode: 0o644 });
  return undefined;
}

/** From the files to a page that arrives; each step says by itself what is wrong. */
async function tryOut(io: Io, prompts: Prompts, config: string, manifest: string): Promise<number> {
  const found = await discover(io, { config, connections: [], unmanaged: false, output: manifest, force: false, json: false });
  if (io.signal.aborted) throw new Cancelled('ended while it looked');
  if (!(await isThere(manifest))) return found;
  prompts.say('Is it all in order? rollcall validate:');
  const valid = await validate(io, { config, json: false });
  if (valid !== EXIT.ok) return valid;
  prompts.say('Does everything answer? rollcall check:');
  const checked = await check(io, { config, ids: [], format: 'text' });
  const wanted = await prompts.confirm('Send a test page now? Somebody should see it arrive.');
  const paged = wanted ? await pageTest(io, { config, pagers: [], json: false }) : EXIT.ok;
  prompts.say(
    [
      `Nothing is armed yet. ${manifest} is a draft: read it, and take out what need not exist.`,
      `Then: rollcall grants (the least credential), rollcall audit, rollcall watch.`,
      ...(wanted ? [] : ['No page has been tried: rollcall page-test.']),
    ].join('\n'),
  );
  return paged === EXIT.ok ? checked : paged;
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
