import type { Command } from 'commander';
import type { Running } from './running.ts';

interface VerifyGiven {
  readonly head?: readonly string[];
  readonly key?: string;
  readonly witness?: readonly string[];
  readonly live?: boolean;
  readonly json?: boolean;
}

/** `rollcall ledger ...`, added to the program. */
export function addLedger(program: Command, { io, config, exit }: Running): void {
  const ledger = program.command('ledger').description('the tamper-evident record: verify it, print its head and keys, export it');
  ledger
    .command('verify')
    .description('take every hash anew, and hold it against heads that were kept elsewhere')
    .option('--head <head...>', 'a head from a page: SEQ:HASH, or a file that holds a checkpoint (a saved mail or message too) or a page')
    .option('--key <line>', "the watcher's log key, where the one in the state folder is not to be trusted")
    .option('--witness <line...>', 'a witness key: each checkpoint must be cosigned by it')
    .option('--live', 'only what is in the store: archives of old entries may lie elsewhere')
    .option('--json', 'print JSON')
    .action(async ({ head = [], key, witness = [], live = false, json = false }: VerifyGiven) => {
      const given = { config: config(), heads: head, key, witnesses: witness, live, json };
      exit(await (await import('../commands/ledger.ts')).ledgerVerify(io, given));
    });
  for (const [name, what, run] of [
    ['head', 'the head as a signed checkpoint, to be kept elsewhere', 'ledgerHead'],
    ['key', "this watcher's log key and its witness key, for those who verify and for config.yaml of other watchers", 'ledgerKey'],
    ['cosigned', 'the latest heads that witnesses cosigned, and those of others that this watcher cosigned', 'ledgerCosigned'],
  ] as const)
    ledger
      .command(name)
      .description(what)
      .option('--json', 'print JSON')
      .action(async ({ json = false }: { json?: boolean }) => {
        exit(await (await import('../commands/ledger.ts'))[run](io, { config: config(), json }));
      });
  ledger
    .command('export')
    .description('every entry as a line of JSON')
    .option('--from <seq>', 'the first one', Number, 1)
    .action(async ({ from }: { from: number }) => {
      exit(await (await import('../commands/ledger.ts')).ledgerExport(io, { config: config(), from }));
    });
}
