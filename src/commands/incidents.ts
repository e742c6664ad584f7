import { filesContext, recall } from '../app.ts';
import { EXIT } from '../core/exit.ts';
import { openMembers } from '../core/incident.ts';
import { formatInstant } from '../core/wording.ts';
import { readConfigFile } from '../files.ts';
import type { Io } from './io.ts';
import { plainLines } from './lines.ts';

/** The incidents the store knows, oldest first, with what each pager has accepted. */
export async function incidents(io: Io, options: { readonly config: string | undefined; readonly json: boolean }): Promise<number> {
  const { config } = await readConfigFile(options.config, filesContext(io));
  const known = await recall(config);
  const list = known?.incidents ?? [];
  if (options.json) {
    io.out(`${JSON.stringify({ incidents: list }, null, 2)}\n`);
    return EXIT.ok;
  }
  if (list.length === 0) io.out('no open incidents\n');
  for (const incident of list) {
    const waiting = known?.posts.filter((post) => post.incident === incident.id && !post.receipt) ?? [];
    const lines = [
      `${incident.id}  ${incident.phase}  ${incident.severity}  ${incident.key}`,
      `  opened ${formatInstant(incident.opened.wall)}; ${openMembers(incident).join(', ') || 'all members are good again'}`,
      `  accepted by ${incident.accepted.join(', ') || 'nobody yet'}`,
      ...waiting.map(
        (post) =>
          `  waiting for ${post.pager}: ${post.page.reason}, ${post.attempts} attempts${post.lastError === undefined ? '' : `, last: ${post.lastError}`}`,
      ),
    ];
    io.out(`${plainLines(lines).join('\n')}\n`);
  }
  return EXIT.ok;
}
