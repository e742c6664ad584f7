import type { Command } from 'commander';
import type { ApproveOptions } from '../commands/approve.ts';
import type { ConsumeOptions } from '../commands/grant.ts';
import type { RequestOptions } from '../commands/request.ts';
import type { Running } from './running.ts';

type RequestGiven = Omit<RequestOptions, 'config' | 'action' | 'target'>;
type ApproveGiven = Omit<ApproveOptions, 'config' | 'request' | 'decision'>;
type ConsumeGiven = Omit<ConsumeOptions, 'config' | 'operands'>;

/** Adds the commands about what people approve: requests, approvals, one-time tokens. */
export function addRequests(program: Command, { io, config, exit }: Running): void {
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
      exit(await (await import('../commands/request.ts')).request(io, { config: config(), action, target, ...given }));
    });

  program
    .command('requests')
    .description('what has been asked for and what became of it')
    .argument('[id]', 'one of them, in full')
    .option('-o, --output <file>', 'write the request there, for those who are to approve it')
    .option('--json', 'print JSON')
    .action(async (id: string | undefined, { output, json = false }: { output?: string; json?: boolean }) => {
      exit(await (await import('../commands/requests.ts')).requests(io, { config: config(), id, output, json }));
    });

  for (const decision of ['approve', 'deny'] as const)
    program
      .command(decision)
      .description(
        decision === 'approve' ? 'show all that a request would do, and sign it' : 'sign that it must not be done; one is enough',
      )
      .argument('<request>', 'a file that holds the request, or its id')
      .option('--key <file>', 'SSH key to sign with; without it, how to sign is printed')
      .option('--signature <file>', 'a signature that ssh-keygen made')
      .option('-o, --output <file>', 'write it there, to travel as a file (*.approval.json)')
      .option('--to <url>', 'the watcher, as http://127.0.0.1:7878')
      .option('--token-file <file>', 'holds the token to read at --to; else $ROLLCALL_TOKEN does')
      .option('--yes', 'sign without being asked')
      .action(async (request: string, given: ApproveGiven) => {
        exit(await (await import('../commands/approve.ts')).approve(io, { config: config(), request, decision, ...given }));
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
      exit(await (await import('../commands/grant.ts')).grantIssue(io, { config: config(), id, ...given }));
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
      exit(await (await import('../commands/grant.ts')).grantConsume(io, { config: config(), operands, ...given }));
    });
  where(grant.command('ended'), 'holds the one-time token; else $ROLLCALL_GRANT_TOKEN does, or the operand, or - for the standard input')
    .description('tell what the command ended with, where something else ran it')
    .argument('[token]')
    .requiredOption('--exit <code>', 'its exit code', Number)
    .action(async (token: string | undefined, given: { to?: string; tokenFile?: string; exit: number }) => {
      const operands = token === undefined ? [] : [token];
      exit(await (await import('../commands/grant.ts')).grantEnded(io, { config: config(), operands, ...given }));
    });
}
