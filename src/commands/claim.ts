import { createSystemClock } from '../adapters/clock-system.ts';
import { systemRandom } from '../adapters/random-system.ts';
import { openStore, PATIENT } from '../adapters/store-sqlite.ts';
import { filesContext } from '../app.ts';
import { EXIT } from '../core/exit.ts';
import { readFiles } from '../files.ts';
import { clean } from '../values/text.ts';
import { ulid } from '../values/ulid.ts';
import { askWatcher, readSecret } from './ask-watcher.ts';
import type { Io } from './io.ts';

/** The only place of a token besides `--token-file`: an argument could be read by everybody on the machine. */
const TOKEN_VARIABLE = 'ROLLCALL_CLAIM_TOKEN';

export interface ClaimOptions {
  readonly config: string | undefined;
  readonly text: string;
  /** Ids of what it is about; none where it speaks of everything. */
  readonly about: readonly string[];
  /** Root of a watcher's HTTP interface; without it the claim is left in the store of this machine's own. */
  readonly to: string | undefined;
  readonly tokenFile: string | undefined;
  readonly by: string | undefined;
}

/** Tells a watcher what was done, as an agent or a pipeline sees it: kept, shown in pages beside what was found, never believed. */
export async function claim(io: Io, options: ClaimOptions): Promise<number> {
  if (options.text.trim() === '') {
    io.err('rollcall: a claim needs a text\n');
    return EXIT.usage;
  }
  return options.to === undefined ? leave(io, options) : send(io, options, options.to);
}

/** Beside the daemon, or while it is down: it takes the claim within a second, or at its next start. */
async function leave(io: Io, { config: file, text, about, by: given }: ClaimOptions): Promise<number> {
  const { config } = await readFiles(file, filesContext(io));
  const by = clean(given ?? io.env['USER'] ?? 'somebody', 80);
  const store = await openStore(config.watchdog.state, { patience: PATIENT });
  try {
    const id = ulid(createSystemClock(0).now().wall, systemRandom.bytes(10));
    await store.commit({ orders: [{ id, kind: 'claim', by, text: clean(text, 500), about: about.slice(0, 20) }] });
  } finally {
    await store.close();
  }
  io.out(`claim of ${by} left for ${config.watchdog.name}\n`);
  return EXIT.ok;
}

async function send(io: Io, { text, about, tokenFile }: ClaimOptions, to: string): Promise<number> {
  const token = await readSecret(io, tokenFile, TOKEN_VARIABLE);
  if (typeof token === 'string') {
    io.err(`rollcall: ${token}; the token stands in $${TOKEN_VARIABLE} or in the file of --token-file\n`);
    return EXIT.usage;
  }
  const answer = await askWatcher(io, to, '/api/v1/claims', { body: { text, about }, token });
  if (answer.ok) {
    io.out('claim taken\n');
    return EXIT.ok;
  }
  io.err(`rollcall: not taken: ${answer.why}\n`);
  return EXIT.critical;
}
