import { settleFiles } from '../app.ts';
import { refuseTampered } from '../approval/refuse-tampered.ts';
import type { DiscoveryDepth } from '../core/found.ts';
import { EXIT } from '../core/exit.ts';
import { nearest } from '../values/suggest.ts';
import { clean } from '../values/text.ts';
import { agentParts } from './agent-parts.ts';
import { grantParts, type GrantPart } from './grant-parts.ts';
import type { Io } from './io.ts';

export interface GrantsOptions {
  readonly config: string | undefined;
  readonly connection: string | undefined;
  /** Whom to name instead of the role that the connection names. */
  readonly role: string | undefined;
  /** Name of an agent: what to take from it, and what it gets for one task. Asks the servers what it reaches. */
  readonly agent: string | undefined;
  /** Also what a discovery of this depth takes. */
  readonly discovery?: DiscoveryDepth | undefined;
  readonly json: boolean;
}

/** The least credential for exactly this manifest, to be read and run by whoever may. Contacts nothing, unless it is about an agent. */
export async function grants(io: Io, { config, connection, role, agent, json, discovery }: GrantsOptions): Promise<number> {
  const files = await settleFiles(config, io);
  refuseTampered(files);
  const agents = files.config.agents.map(({ name }) => name);
  if (agent !== undefined && !agents.includes(agent)) {
    const near = nearest(agent, agents);
    io.err(`rollcall: no agent '${clean(agent, 80)}' in config.yaml${near === undefined ? '' : `; did you mean '${near}'?`}\n`);
    return EXIT.usage;
  }
  if (agent !== undefined && discovery !== undefined) {
    io.err('rollcall: --coverage and --discover are for the watcher: an agent needs neither, so leave out one or the other\n');
    return EXIT.usage;
  }
  const all = agent === undefined ? await grantParts(files, { env: io.env, role, discovery }) : await agentParts(files, agent, io, role);
  const parts = connection === undefined ? all : all.filter((part) => part.connection === connection);
  if (connection !== undefined && parts.length === 0) {
    const known = all.map((part) => part.connection);
    const near = nearest(connection, known);
    const hint = near === undefined ? '' : `; did you mean '${near}'?`;
    io.err(`rollcall: no resource of the roll is on a connection '${clean(connection, 80)}'${hint}\n`);
    return EXIT.usage;
  }
  io.out(json ? `${JSON.stringify({ schema: 'rollcall/grants/v1', connections: parts }, null, 2)}\n` : parts.map(textOf).join('\n'));
  return EXIT.ok;
}

/** A script as it is; where there is none, what the credential needs, in words and as comments. */
function textOf({ connection, probe, needs, grants: made }: GrantPart): string {
  // JSON has no comments.
  if (made?.language === 'json') return made.script;
  const mark = made?.language === 'sql' ? '--' : '#';
  const head = `${mark} connection ${connection} (${probe})\n`;
  if (!made) return `${head}${needs.map(({ right, on, why }) => `# ${clean(`${right} on ${on}, ${why}`, 500)}\n`).join('')}`;
  const [first = ''] = /^#!.*\n/.exec(made.script) ?? [];
  return `${first}${head}${made.script.slice(first.length)}`;
}
