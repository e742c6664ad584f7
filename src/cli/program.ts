import { Argument, Command, Option } from 'commander';
import { readVersion } from '../version.ts';
import { addCredentials } from './credentials.ts';
import { addExamples } from './examples.ts';
import { addLedger } from './ledger.ts';
import { addRequests } from './requests.ts';
import type { Running } from './running.ts';
import { addSetup } from './setup.ts';
import { addShell } from './shell.ts';

/** Every command, ready to parse. Nothing is done before it does; what a command needs is loaded by its own action. */
export function makeProgram({ io, exit }: Pick<Running, 'io' | 'exit'>): Command {
  const program = new Command('rollcall')
    .description('Calls the roll of databases, backups and volumes, and pages humans with evidence when one does not answer.')
    .version(readVersion(), '-V, --version')
    .option('-c, --config <file>', 'config file; else $ROLLCALL_CONFIG, ./config.yaml, /etc/rollcall/config.yaml')
    .showSuggestionAfterError()
    .exitOverride()
    .configureOutput({ writeOut: io.out, writeErr: io.err });

  const config = (): string | undefined => program.opts<{ config?: string }>().config;

  program
    .command('watch')
    .description('the daemon: look, judge, page, until told to end')
    .addOption(new Option('--log-level <level>', 'how much to log').choices(['debug', 'info', 'warn', 'error', 'silent']).default('info'))
    .action(async ({ logLevel }: { logLevel: 'info' }) => {
      exit(await (await import('../commands/watch.ts')).watch(io, { config: config(), logLevel }));
    });

  program
    .command('check')
    .description('one round now, without the daemon')
    .argument('[ids...]', 'resources to look at; all where none is named')
    .addOption(new Option('--format <format>', 'how to print').choices(['text', 'json', 'junit', 'nagios']).default('text'))
    .option('--json', 'the same as --format json')
    .action(async (ids: string[], { format, json }: { format: 'text'; json?: true }) => {
      exit(await (await import('../commands/check.ts')).check(io, { config: config(), ids, format: json ? 'json' : format }));
    });

  program
    .command('validate')
    .description('everything wrong with config and manifest, at once')
    .option('--json', 'print JSON')
    .action(async ({ json = false }: { json?: boolean }) => {
      exit(await (await import('../commands/validate.ts')).validate(io, { config: config(), json }));
    });

  program
    .command('explain')
    .description('which rule, which evidence, which page would go where')
    .argument('<id>')
    .option('--json', 'print JSON')
    .action(async (id: string, { json = false }: { json?: boolean }) => {
      exit(await (await import('../commands/explain.ts')).explain(io, { config: config(), id, json }));
    });

  program
    .command('evidence')
    .description("everything known of a resource and the proof of it, for a provider's support")
    .argument('<id>')
    .option('--json', 'print JSON, with the bytes of every proof')
    .action(async (id: string, { json = false }: { json?: boolean }) => {
      exit(await (await import('../commands/evidence.ts')).evidence(io, { config: config(), id, json }));
    });

  for (const name of ['status', 'incidents'] as const)
    program
      .command(name)
      .description(name === 'status' ? 'what the daemon knows, read from its store' : 'the open incidents and who has been told')
      .option('--json', 'print JSON')
      .action(async ({ json = false }: { json?: boolean }) => {
        const run =
          name === 'status' ? (await import('../commands/status.ts')).status : (await import('../commands/incidents.ts')).incidents;
        exit(await run(io, { config: config(), json }));
      });

  program
    .command('ack')
    .description('stop the repeats of an incident for a while; the checks go on, and anything graver pages anew')
    .argument('<incident>', 'incident id, its dedup key, or a resource in it')
    .option('--for <duration>', 'how long', '1h')
    .option('--by <name>', 'who has it in hand')
    .action(async (incident: string, { for: span, by }: { for: string; by?: string }) => {
      exit(await (await import('../commands/ack.ts')).ack(io, { config: config(), incident, span, by }));
    });

  program
    .command('claim')
    .description('tell a watcher what was done: kept, shown in pages beside what was found, never believed')
    .argument('<text>')
    .option('--about <ids...>', 'resources that it is about; everything where none is named')
    .option('--to <url>', 'the watcher, as http://127.0.0.1:7878; without it, the one whose config this machine has')
    .option('--token-file <file>', 'holds the token for --to; else $ROLLCALL_CLAIM_TOKEN does')
    .option('--by <name>', 'who says so; with --to the token tells')
    .action(async (text: string, { about = [], to, tokenFile, by }: { about?: string[]; to?: string; tokenFile?: string; by?: string }) => {
      exit(await (await import('../commands/claim.ts')).claim(io, { config: config(), text, about, to, tokenFile, by }));
    });

  addRequests(program, { io, config, exit });

  program
    .command('page-test')
    .description('a real test page through each pager, with its receipt')
    .argument('[pagers...]', 'pagers to try; all where none is named')
    .option('--json', 'print JSON')
    .action(async (pagers: string[], { json = false }: { json?: boolean }) => {
      exit(await (await import('../commands/page-test.ts')).pageTest(io, { config: config(), pagers, json }));
    });

  program
    .command('token')
    .description('make a token for the HTTP interface: it is printed once, and its digest belongs into config.yaml')
    .argument('<name>', 'who will hold it')
    .addOption(
      new Option('--scope <scopes...>', 'what it is for').choices(['read', 'metrics', 'claim', 'request', 'grant']).makeOptionMandatory(),
    )
    .option('--expires <day>', 'the last day on which it counts, as 2027-06-30')
    .option('--human', 'with --scope request: a person asks, by the name that signers has for them')
    .option('--json', 'print JSON')
    .action(async (name: string, given: { scope: []; expires?: string; human?: true; json?: true }) => {
      exit((await import('../commands/token.ts')).token(io, { name, ...given }));
    });

  addSetup(program, { io, config, exit });
  addCredentials(program, { io, config, exit });

  program
    .command('schema')
    .description('the JSON Schema of a file, for editors')
    .addArgument(new Argument('<file>').choices(['config', 'manifest']))
    .action(async (name: 'config' | 'manifest') => {
      exit(await (await import('../commands/schema.ts')).schema(io, { name }));
    });

  addLedger(program, { io, config, exit });

  program
    .command('demo')
    .description('the whole story in a minute: a database, a rogue agent that wipes it, the page')
    .action(async () => exit(await (await import('../commands/demo.ts')).demo(io)));

  program
    .command('version')
    .description('print the version')
    .action(() => io.out(`${readVersion()}\n`));

  addShell(program, { io, config, exit });
  addExamples(program);
  return program;
}
