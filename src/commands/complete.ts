import type { Command, Option } from 'commander';
import { EXIT } from '../core/exit.ts';
import { clean } from '../values/text.ts';
import { completeValue } from './complete-value.ts';
import type { Io } from './io.ts';

/** What may stand in the place of a word: the word and what it is for. */
export type Candidate = readonly [word: string, about: string];

/** Where the last word stands: which command it belongs to, and what it is a value of. */
interface Place {
  readonly command: Command;
  readonly option: Option | undefined;
  /** Operands before it. */
  readonly operands: readonly string[];
  readonly optionsOver: boolean;
  readonly config: string | undefined;
}

/**
 * Prints what may stand for the last of `words`, a line each: the word, a tab, what it is for. A line `:files` says that a path may.
 * Says nothing where nothing is known, and never anything on stderr: it runs while somebody types.
 */
export async function complete(io: Io, options: { readonly program: Command; readonly words: readonly string[] }): Promise<number> {
  const { program, words } = options;
  const typed = words.at(-1) ?? '';
  const found = await candidates(findPlace(program, words.slice(0, -1)), typed, io);
  const lines = found
    .filter(([word]) => word === ':files' || word.startsWith(typed))
    .map(([word, about]) => `${word}\t${clean(about, 120)}`);
  io.out(lines.map((line) => (line.startsWith(':files\t') ? ':files\n' : `${line}\n`)).join(''));
  return EXIT.ok;
}

async function candidates(place: Place, typed: string, io: Io): Promise<readonly Candidate[]> {
  const { command, option, operands, optionsOver, config } = place;
  if (option) return option.argChoices ? option.argChoices.map((choice) => [choice, '']) : completeValue(io, config, command, option.flags);
  if (typed.startsWith('-') && !optionsOver) return optionsOf(command).map(({ long, description }) => [long ?? '', description]);
  const below: Candidate[] = operands.length > 0 ? [] : shown(command).map((sub) => [sub.name(), sub.description()]);
  const { registeredArguments: wanted } = command;
  const argument = wanted[operands.length] ?? (wanted.at(-1)?.variadic ? wanted.at(-1) : undefined);
  if (!argument) return below;
  const values: readonly Candidate[] = argument.argChoices
    ? argument.argChoices.map((choice) => [choice, ''])
    : await completeValue(io, config, command, argument.name());
  return [...below, ...values.filter(([word]) => !operands.includes(word))];
}

function findPlace(program: Command, words: readonly string[]): Place {
  let command = program;
  let option: Option | undefined;
  let config: string | undefined;
  let optionsOver = false;
  const operands: string[] = [];
  for (const word of words) {
    if (option && !(option.variadic && word.startsWith('-'))) {
      if (option.attributeName() === 'config') config = word;
      if (!option.variadic) option = undefined;
    } else if (word === '--') optionsOver = true;
    else if (word.startsWith('-') && !optionsOver) {
      const known = optionsOf(command).find(({ short, long }) => word === short || word === long);
      option = known?.required || known?.optional ? known : undefined;
    } else {
      const sub = operands.length === 0 ? shown(command).find((one) => one.name() === word) : undefined;
      if (sub) command = sub;
      else operands.push(word);
    }
  }
  return { command, option, operands, optionsOver, config };
}

/** The options that may stand after a command: its own, and those of the commands above it. */
function optionsOf(command: Command): readonly Option[] {
  const own = command.createHelp().visibleOptions(command);
  return command.parent ? [...own, ...command.parent.options.filter(({ long }) => long !== '--version')] : own;
}

function shown(command: Command): readonly Command[] {
  return command.createHelp().visibleCommands(command);
}
