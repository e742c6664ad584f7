import { Argument, type Command } from 'commander';
import type { Running } from './running.ts';

interface GrantsFlags {
  readonly connection?: string;
  readonly role?: string;
  readonly agent?: string;
  readonly json?: boolean;
  readonly coverage?: boolean;
  readonly discover?: boolean;
}

/** Adds the commands about what credentials may do. */
export function addCredentials(program: Command, { io, config, exit }: Running): void {
  program
    .command('audit')
    .description(
      'what the own credentials and agents could do, how it stands with copies, what could go down together, how much of what is there is watched',
    )
    .addArgument(
      new Argument('[parts...]', 'what to audit; all of it where nothing is named').choices([
        'credentials',
        'agents',
        'copies',
        'radius',
        'coverage',
      ]),
    )
    .option('--json', 'print JSON')
    .option('--svg <file>', 'draw the blast radius there')
    .action(async (parts: 'credentials'[], { json = false, svg }: { json?: boolean; svg?: string }) => {
      exit(await (await import('../commands/audit.ts')).audit(io, { config: config(), parts, json, svg }));
    });

  program
    .command('grants')
    .description('the least credential for exactly this manifest, to read and to run')
    .option('--connection <name>', 'for this connection only')
    .option('--role <name>', 'whom to name instead of the role that the connection names')
    .option('--coverage', 'also what it takes to list everything else by name, so that coverage speaks of all of it')
    .option('--discover', 'also what rollcall discover takes to make proposals')
    .option('--agent <name>', 'for this agent instead: what to take from it, and a credential of the size of a task')
    .option('--json', 'print JSON')
    .action(async ({ connection, role, agent, json = false, coverage, discover }: GrantsFlags) => {
      const discovery = discover === true ? 'proposals' : coverage === true ? 'names' : undefined;
      exit(await (await import('../commands/grants.ts')).grants(io, { config: config(), connection, role, agent, json, discovery }));
    });
}
