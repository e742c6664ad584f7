import { Argument, type Command } from 'commander';
import type { Io } from '../commands/io.ts';

/** What a command needs of the process. */
export interface Running {
  readonly io: Io;
  readonly config: () => string | undefined;
  readonly exit: (code: number) => void;
}

/** Adds the commands about what credentials may do. */
export function addCredentials(program: Command, { io, config, exit }: Running): void {
  program
    .command('audit')
    .description('what the own credentials and the agents could do to what is watched')
    .addArgument(new Argument('[parts...]', 'what to audit; all of it where nothing is named').choices(['credentials', 'agents']))
    .option('--json', 'print JSON')
    .action(async (parts: 'credentials'[], { json = false }: { json?: boolean }) => {
      exit(await (await import('../commands/audit.ts')).audit(io, { config: config(), parts, json }));
    });

  program
    .command('grants')
    .description('the least credential for exactly this manifest, to read and to run')
    .option('--connection <name>', 'for this connection only')
    .option('--role <name>', 'whom to name instead of the role that the connection names')
    .option('--json', 'print JSON')
    .action(async ({ connection, role, json = false }: { connection?: string; role?: string; json?: boolean }) => {
      exit(await (await import('../commands/grants.ts')).grants(io, { config: config(), connection, role, json }));
    });
}
