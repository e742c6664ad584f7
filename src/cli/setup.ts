import { Argument, type Command } from 'commander';
import type { DiscoverOptions } from '../commands/discover.ts';
import type { ImportOptions } from '../commands/import.ts';
import type { Running } from './running.ts';

type DiscoverGiven = Partial<Pick<DiscoverOptions, 'unmanaged' | 'output' | 'force' | 'json'>>;

/** Adds the commands that make and mend a manifest. */
export function addSetup(program: Command, { io, config, exit }: Running): void {
  program
    .command('init')
    .description('ask a few questions at a terminal, write config and a draft of a manifest, end with a test page')
    .action(async () => exit(await (await import('../commands/init.ts')).init(io, { config: config() })));

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

  program
    .command('pin')
    .description('write the identities seen now into the manifest, and nothing else; a change to be signed like any other')
    .argument('[ids...]', 'resources to pin; all where none is named')
    .option('--dry-run', 'only say what would be written')
    .option('--json', 'print JSON')
    .action(async (ids: string[], { dryRun = false, json = false }: { dryRun?: boolean; json?: boolean }) => {
      exit(await (await import('../commands/pin.ts')).pin(io, { config: config(), ids, dryRun, json }));
    });

  program
    .command('import')
    .description('a draft of a manifest from what the file of another tool declares')
    .addArgument(new Argument('<format>').choices(['terraform', 'compose', 'kubernetes']))
    .argument('<file>', 'a Terraform state, a compose file, or manifests of Kubernetes; - for what comes in by a pipe')
    .option('-o, --output <file>', 'write the draft there instead of to stdout')
    .option('--force', 'write over a file that is there')
    .option('--json', 'print JSON')
    .action(async (format: ImportOptions['format'], file: string, { output, force = false, json = false }: DiscoverGiven) => {
      const options = { config: config(), format, file, output, force, json };
      exit(await (await import('../commands/import.ts')).importFile(io, options));
    });
}
