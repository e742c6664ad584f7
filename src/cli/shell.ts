import { Argument, type Command } from 'commander';
import { examplesOf } from './examples.ts';
import type { Running } from './running.ts';

/** Adds what a shell and its user ask of the program itself: completion, and the manual. */
export function addShell(program: Command, { io, exit }: Running): void {
  program
    .command('completion')
    .description('the script that completes commands, resources, pagers and incidents in a shell')
    .addArgument(new Argument('<shell>').choices(['bash', 'zsh', 'fish']))
    .action(async (shell: 'bash') => {
      exit((await import('../commands/completion.ts')).completion(io, { shell }));
    });
  program
    .command('complete', { hidden: true })
    .description('what may stand for the last of the words, one a line; asked by the scripts of `completion`')
    .argument('[words...]', 'after --: the words of the command line, the last as far as it is typed')
    .action(async (words: string[]) => {
      exit(await (await import('../commands/complete.ts')).complete(io, { program, words }));
    });
  program
    .command('man')
    .description('the manual, as a man page')
    .action(async () => {
      exit((await import('../commands/man.ts')).man(io, { program, examples: examplesOf }));
    });
}
