import type { Command } from 'commander';
import { inertIo } from '../../scripts/docs/inert-io.ts';
import { makeProgram } from '../../src/cli/program.ts';

/** The commands as they are defined, none of which does anything; what they print is kept in `said`. */
export function inertProgram(): { readonly program: Command; readonly said: string[] } {
  const said: string[] = [];
  const program = makeProgram({ io: inertIo((text) => void said.push(text)), exit: () => {} });
  for (const command of everyCommand(program)) if (command.commands.length === 0) command.action(() => {});
  return { program, said };
}

/** All commands below one, those in groups too; hidden ones are left out. */
export function everyCommand(command: Command): Command[] {
  const shown = command.createHelp().visibleCommands(command);
  return shown.flatMap((one) => (one.name() === 'help' ? [] : [one, ...everyCommand(one)]));
}

/** The words of a line as a shell would pass them on, up to where another program begins. Throws on what it does not know. */
export function shellWords(line: string): string[] {
  const [first = ''] = line.split(/ (?:&&|\||>) /);
  const words = [...first.matchAll(/'([^']*)'|([^\s'"$`\\]+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? '');
  const again = words.map((word) => (/[\s();|&]/.test(word) ? `'${word}'` : word)).join(' ');
  if (again !== first) throw new Error(`not understood: ${first}\n as ${again}`);
  return words;
}
