import { writeFile } from 'node:fs/promises';
import { EXIT } from '../core/exit.ts';
import { printRequest } from '../core/request-state.ts';
import { sayRequest, sayState } from '../core/request-words.ts';
import { formatInstant } from '../core/wording.ts';
import type { Io } from './io.ts';
import { withRegistry, type RegistryHere } from './registry-here.ts';

/** What has been asked for and what became of it; of one of them everything. */
export async function requests(
  io: Io,
  options: {
    readonly config: string | undefined;
    readonly id: string | undefined;
    readonly output: string | undefined;
    readonly json: boolean;
  },
): Promise<number> {
  const { id, output, json } = options;
  const show = async ({ store }: RegistryHere): Promise<number> => {
    if (id === undefined) {
      const all = await store.requests();
      if (json) io.out(`${JSON.stringify({ requests: all.map(printRequest) }, null, 2)}\n`);
      else io.out(all.length === 0 ? 'nothing has been asked for\n' : all.map((one) => `${sayState(one)}\n`).join(''));
      return EXIT.ok;
    }
    const found = await store.request(id);
    if (!found) {
      io.err('rollcall: no such request (rollcall requests)\n');
      return EXIT.usage;
    }
    if (output !== undefined) await writeFile(output, `${JSON.stringify(found.document, null, 2)}\n`);
    const said = found.said.map(({ decision, votes, at }) => {
      const people = [...new Set(votes.map(({ person }) => person))].join(' or ');
      return `${decision === 'approve' ? 'approved' : 'denied'} by   ${people}, received ${formatInstant(at)}`;
    });
    if (json) io.out(`${JSON.stringify(printRequest(found), null, 2)}\n`);
    else io.out(`${[...sayRequest(found.document), ...said, sayState(found)].join('\n')}\n`);
    return EXIT.ok;
  };
  return withRegistry(io, options.config, show, true);
}
