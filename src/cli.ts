#!/usr/bin/env node
/** The process: argv, signals, exit codes, stdout. The only file that touches `process`; everything heavier is loaded by its command. */
import { Argument, Command, CommanderError, Option } from 'commander';
import { addLedger } from './cli/ledger.ts';
import type { ApproveOptions } from './commands/approve.ts';
import type { ConsumeOptions } from './commands/grant.ts';
import { addCredentials } from './cli/credentials.ts';
import { addSetup } from './cli/setup.ts';
import type { Io } from './commands/io.ts';
import type { RequestOptions } from './commands/request.ts';
import { readVersion } from './version.ts';

type RequestGiven = Omit<RequestOptions, 'config' | 'action' | 'target'>;
type ApproveGiven = Omit<ApproveOptions, 'config' | 'request' | 'decision'>;
type ConsumeGiven = Omit<ConsumeOptions, 'config' | 'operands'>;

const EXIT_USAGE = 64;
const EXIT_BUG = 70;
const EXIT_CONFIG = 78;

const ending = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => ending.abort(new Error(signal)));
// A reader that closed its end (`rollcall check | head`) is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => error.code === 'EPIPE' || process.exit(EXIT_BUG));

const io: Io = {
  env: process.env,
  cwd: process.cwd(),
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  isTerminal: process.stdout.isTTY && process.env['NO_COLOR'] === undefined,
  showsProgress: process.stderr.isTTY,
  ask: async (question) => (process.stdin.isTTY ? lineFrom(question) : undefined),
  readLine: () => lineFrom(''),
  signal: ending.signal,
  onHangup: (reload) => void process.on('SIGHUP', reload),
  uid: process.getuid?.(),
  pid: process.pid,
  // What hrtime reads on Linux.
  monotonicUsec: () => process.hrtime.bigint() / 1000n,
};

/** The next line of the standard input; undefined at its end. */
async function lineFrom(question: string): Promise<string | undefined> {
  const { createInterface } = await import('node:readline');
  const lines = createInterface({ input: process.stdin });
  process.stderr.write(question);
  for await (const line of lines) return line;
  return undefined;
}

let exitCode = 0;
const program = new Command('rollcall')
  .description('Calls the roll of databases, backups and volumes, and pages humans with evidence when one does not answer.')
  .version(readVersion(), '-V, --version')
  .option('-c, --config <file>', 'config file; else $ROLLCALL_CONFIG, ./config.yaml, /etc/rollcall/config.yaml')
  .showSuggestionAfterError()
  .exitOverride()
  .configureOutput({ writeOut: io.out, writeErr: io.err });

const config = (): string | undefined => program.opts<{ config?: string }>().config;
const ends = (run: () => Promise<number>) => async (): Promise<void> => {
  exitCode = await run();
};

program
  .command('watch')
  .description('the daemon: look, judge, page, until told to end')
  .addOption(new Option('--log-level <level>', 'how much to log').choices(['debug', 'info', 'warn', 'error', 'silent']).default('info'))
  .action(async ({ logLevel }: { logLevel: 'info' }) => {
    exitCode = await (await import('./commands/watch.ts')).watch(io, { config: config(), logLevel });
  });

program
  .command('check')
  .description('one round now, without the daemon')
  .argument('[ids...]', 'resources to look at; all where none is named')
  .addOption(new Option('--format <format>', 'how to print').choices(['text', 'json', 'junit', 'nagios']).default('text'))
  .option('--json', 'the same as --format json')
  .action(async (ids: string[], { format, json }: { format: 'text'; json?: true }) => {
    exitCode = await (await import('./commands/check.ts')).check(io, { config: config(), ids, format: json ? 'json' : format });
  });

program
  .command('validate')
  .description('everything wrong with config and manifest, at once')
  .option('--json', 'print JSON')
  .action(async ({ json = false }: { json?: boolean }) => {
    exitCode = await (await import('./commands/validate.ts')).validate(io, { config: config(), json });
  });

program
  .command('explain')
  .description('which rule, which evidence, which page would go where')
  .argument('<id>')
  .option('--json', 'print JSON')
  .action(async (id: string, { json = false }: { json?: boolean }) => {
    exitCode = await (await import('./commands/explain.ts')).explain(io, { config: config(), id, json });
  });

program
  .command('evidence')
  .description("everything known of a resource and the proof of it, for a provider's support")
  .argument('<id>')
  .option('--json', 'print JSON, with the bytes of every proof')
  .action(async (id: string, { json = false }: { json?: boolean }) => {
    exitCode = await (await import('./commands/evidence.ts')).evidence(io, { config: config(), id, json });
  });

for (const name of ['status', 'incidents'] as const)
  program
    .command(name)
    .description(name === 'status' ? 'what the daemon knows, read from its store' : 'the open incidents and who has been told')
    .option('--json', 'print JSON')
    .action(async ({ json = false }: { json?: boolean }) => {
      const run = name === 'status' ? (await import('./commands/status.ts')).status : (await import('./commands/incidents.ts')).incidents;
      exitCode = await run(io, { config: config(), json });
    });

program
  .command('ack')
  .description('stop the repeats of an incident for a while; the checks go on, and anything graver pages anew')
  .argument('<incident>', 'incident id, its dedup key, or a resource in it')
  .option('--for <duration>', 'how long', '1h')
  .option('--by <name>', 'who has it in hand')
  .action(async (incident: string, { for: span, by }: { for: string; by?: string }) => {
    exitCode = await (await import('./commands/ack.ts')).ack(io, { config: config(), incident, span, by });
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
    exitCode = await (await import('./commands/claim.ts')).claim(io, { config: config(), text, about, to, tokenFile, by });
  });

program
  .command('request')
  .description('ask for what people then approve: a loss that is expected once, a retirement, destructive work')
  .argument('<action>', 'retire, repin, weaken, window, change-policy, expect-loss or execute')
  .argument('<target>', 'a resource; of execute what it is done to, byte for byte; else the manifest')
  .requiredOption('--reason <text>', 'why')
  .option('--ticket <ticket>', 'where more is written about it')
  .option('--operation <operation>', 'of execute: what is done, byte for byte')
  .option('--about <id>', 'of execute: the resource that it is about')
  .option('--plan <file>', 'what will be done; of a change of the manifest: the next one')
  .option('--from <moment>', 'when it may begin; now where absent')
  .option('--until <moment>', 'when it is over; else --for tells')
  .option('--for <duration>', 'how long it may take', '1h')
  .option('--by <name>', 'who asks; with --to the token tells')
  .option('--agent', 'a program asks')
  .option('--to <url>', 'the watcher, as http://127.0.0.1:7878; without it, the one whose config this machine has')
  .option('--token-file <file>', 'holds the token for --to; else $ROLLCALL_REQUEST_TOKEN does')
  .option('-o, --output <file>', 'write the request there, for those who are to approve it')
  .option('--json', 'print JSON')
  .action(async (action: string, target: string, given: RequestGiven) => {
    exitCode = await (await import('./commands/request.ts')).request(io, { config: config(), action, target, ...given });
  });

program
  .command('requests')
  .description('what has been asked for and what became of it')
  .argument('[id]', 'one of them, in full')
  .option('-o, --output <file>', 'write the request there, for those who are to approve it')
  .option('--json', 'print JSON')
  .action(async (id: string | undefined, { output, json = false }: { output?: string; json?: boolean }) => {
    exitCode = await (await import('./commands/requests.ts')).requests(io, { config: config(), id, output, json });
  });

for (const decision of ['approve', 'deny'] as const)
  program
    .command(decision)
    .description(decision === 'approve' ? 'show all that a request would do, and sign it' : 'sign that it must not be done; one is enough')
    .argument('<request>', 'a file that holds the request, or its id')
    .option('--key <file>', 'SSH key to sign with; without it, how to sign is printed')
    .option('--signature <file>', 'a signature that ssh-keygen made')
    .option('-o, --output <file>', 'write it there, to travel as a file (*.approval.json)')
    .option('--to <url>', 'the watcher, as http://127.0.0.1:7878')
    .option('--token-file <file>', 'holds the token to read at --to; else $ROLLCALL_TOKEN does')
    .option('--yes', 'sign without being asked')
    .action(async (request: string, given: ApproveGiven) => {
      exitCode = await (await import('./commands/approve.ts')).approve(io, { config: config(), request, decision, ...given });
    });

const grant = program.command('grant').description('the one-time token of an approved request: print it, use it up');
const where = (command: Command, holds: string): Command =>
  command
    .option('--to <url>', 'the watcher, as http://127.0.0.1:7878; without it, the one whose config this machine has')
    .option('--token-file <file>', holds);
where(grant.command('issue'), 'holds the token of who asked; else $ROLLCALL_REQUEST_TOKEN does')
  .description('print the token; one printed before counts no more')
  .argument('<id>', 'the request')
  .action(async (id: string, given: { to?: string; tokenFile?: string }) => {
    exitCode = await (await import('./commands/grant.ts')).grantIssue(io, { config: config(), id, ...given });
  });
where(
  grant.command('consume'),
  'holds the one-time token; else $ROLLCALL_GRANT_TOKEN does, or the first operand, or - for the standard input',
)
  .description('use the token up, and only then run the command')
  .argument('[operands...]', 'the token, if it stands here; then, after --, the command')
  .requiredOption('--action <action>', 'what is about to be done, as it was approved')
  .requiredOption('--target <target>', 'to what, as it was approved')
  .option('--plan <file>', 'the plan, where it was approved with one')
  .action(async (operands: string[], given: ConsumeGiven) => {
    exitCode = await (await import('./commands/grant.ts')).grantConsume(io, { config: config(), operands, ...given });
  });
where(grant.command('ended'), 'holds the one-time token; else $ROLLCALL_GRANT_TOKEN does, or the operand, or - for the standard input')
  .description('tell what the command ended with, where something else ran it')
  .argument('[token]')
  .requiredOption('--exit <code>', 'its exit code', Number)
  .action(async (token: string | undefined, given: { to?: string; tokenFile?: string; exit: number }) => {
    const operands = token === undefined ? [] : [token];
    exitCode = await (await import('./commands/grant.ts')).grantEnded(io, { config: config(), operands, ...given });
  });

program
  .command('page-test')
  .description('a real test page through each pager, with its receipt')
  .argument('[pagers...]', 'pagers to try; all where none is named')
  .option('--json', 'print JSON')
  .action(async (pagers: string[], { json = false }: { json?: boolean }) => {
    exitCode = await (await import('./commands/page-test.ts')).pageTest(io, { config: config(), pagers, json });
  });

const running = { io, config, exit: (code: number) => void (exitCode = code) };
addSetup(program, running);
addCredentials(program, running);

program
  .command('schema')
  .description('the JSON Schema of a file, for editors')
  .addArgument(new Argument('<file>').choices(['config', 'manifest']))
  .action(async (name: 'config' | 'manifest') => {
    exitCode = await (await import('./commands/schema.ts')).schema(io, { name });
  });

addLedger(program, io, config, (code) => (exitCode = code));

program
  .command('demo')
  .description('the whole story in a minute: a database, a rogue agent that wipes it, the page')
  .action(ends(async () => (await import('./commands/demo.ts')).demo(io)));

program
  .command('version')
  .description('print the version')
  .action(() => io.out(`${readVersion()}\n`));

try {
  await program.parseAsync();
} catch (error) {
  exitCode = report(error);
}
// Not process.exit(): what is still on its way to stdout must arrive. Whatever else is open has been closed by its command.
process.exitCode = exitCode;

function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT_USAGE;
  const name = error instanceof Error ? error.name : '';
  const message = error instanceof Error ? error.message : String(error);
  io.err(`${name === 'FilesError' ? message : `rollcall: ${message}`}\n`);
  // What the files say is impossible, here or at all: nothing that trying again would mend.
  return ['FilesError', 'StoreError', 'StartError'].includes(name) ? EXIT_CONFIG : EXIT_BUG;
}
