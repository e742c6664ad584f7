import type { Command } from 'commander';
import type { DiscoverOptions } from '../commands/discover.ts';
import type { Running } from './credentials.ts';

type DiscoverGiven = Partial<Pick<DiscoverOptions, 'unmanaged' | 'output' | 'force' | 'json'>>;

/** Adds the commands that make and mend a manifest. */
export function addSetup(program: Command, { io, config, exit }: Running): void {
  program
    .command('discover')
    .description('what is there on each connection, as a commented draft of a manifest with pins; arms nothing')
    .argument('[connections...]', 'connections to look through; all where none is named')
    .option('--unmanaged', 'only what is there and not on the roll, and how much is')
    .option('-o, --output <file>', 'write the draft there instead of to stdout')
    .option('--force', 'write over a file that is there')
    .option('--json', 'print JSON')
    .action(async (connections: string[], { unmanaged = false, output, force = false, json = false }: DiscoverGiven) => {
      const options = { config: config(), connections, unmanaged, output, force, json };
      exit(await (await import('../commands/discover.ts')).discover(io, options));
    });
}
