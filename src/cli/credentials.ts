import { Argument, type Command } from 'commander';
import type { Running } from './running.ts';

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
    .option('--agent <name>', 'for this agent instead: what to take from it, and a credential of the size of a task')
    .option('--json', 'print JSON')
    .action(async ({ connection, role, agent, json = false }: { connection?: string; role?: string; agent?: string; json?: boolean }) => {
      exit(await (await import('../commands/grants.ts')).grants(io, { config: config(), connection, role, agent, json }));
    });
}
