import type { Command, Option } from 'commander';
import { EXIT } from '../core/exit.ts';
import { readVersion } from '../version.ts';
import { EXIT_WORDS } from './exit-words.ts';
import type { Io } from './io.ts';

type Examples = (command: Command) => readonly (readonly [line: string, does: string])[];

const FILES = [
  ['config.yaml', 'the watcher: connections, pagers, routes. Looked for as -c, $ROLLCALL_CONFIG, ./config.yaml, /etc/rollcall/config.yaml'],
  ['manifest.yaml', 'what must exist; where config.yaml says'],
  ['/var/lib/rollcall', 'the state folder under systemd: what was seen, open incidents, the ledger'],
] as const;

const ENVIRONMENT = [
  ['ROLLCALL_CONFIG', 'the config file'],
  ['CREDENTIALS_DIRECTORY', 'the folder of { credential: NAME }; systemd sets it'],
  ['STATE_DIRECTORY', 'the state folder where config.yaml names none; systemd sets it'],
  ['ROLLCALL_TOKEN', 'for approve and deny with --to'],
  ['ROLLCALL_CLAIM_TOKEN', 'for claim with --to'],
  ['ROLLCALL_REQUEST_TOKEN', 'for request and grant issue with --to'],
  ['ROLLCALL_GRANT_TOKEN', 'the one-time token of grant consume and grant ended'],
  ['NO_COLOR', 'where it is set, nothing is coloured'],
] as const;

/** Prints the manual as man(7), made of the very definitions that parse the command line. */
export function man(io: Io, { program, examples }: { readonly program: Command; readonly examples: Examples }): number {
  const parts = [
    `.TH ROLLCALL 1 "" "rollcall ${roff(readVersion())}" "User Commands"`,
    section('NAME', `rollcall \\- ${roff(firstLower(program.description()).replace(/\.$/, ''))}`),
    section('SYNOPSIS', `.B rollcall\n${roff('[-c FILE] COMMAND [ARGUMENTS]')}`),
    section('OPTIONS', program.options.map(describeOption).join('\n')),
    section('COMMANDS', program.commands.flatMap((command) => describeCommand(command, examples, [])).join('\n')),
    section(
      'EXIT STATUS',
      Object.entries(EXIT_WORDS)
        .map(([name, words]) => item(`.B ${EXIT[name as keyof typeof EXIT]}`, words))
        .join('\n'),
    ),
    section('FILES', FILES.map(([path, words]) => item(`.I ${roff(path)}`, words)).join('\n')),
    section('ENVIRONMENT', ENVIRONMENT.map(([name, words]) => item(`.B ${roff(name)}`, words)).join('\n')),
  ];
  io.out(`${parts.join('\n')}\n`);
  return EXIT.ok;
}

function section(title: string, body: string): string {
  return `.SH ${title}\n${body}`;
}

function item(head: string, words: string): string {
  return `.TP\n${head}\n${roff(words)}`;
}

/** A command and those below it; hidden ones are left out. */
function describeCommand(command: Command, examples: Examples, above: readonly string[]): readonly string[] {
  const help = command.createHelp();
  const words = [...above, command.name()];
  const below = help.visibleCommands(command).filter((one) => one.name() !== 'help');
  if (!command.parent || !command.parent.createHelp().visibleCommands(command.parent).includes(command)) return [];
  if (below.length > 0) return below.flatMap((one) => describeCommand(one, examples, words));
  const usage = [
    ...words,
    ...command.registeredArguments.map((one) => placeholder(one.name(), one.required, one.variadic)),
    ...(command.options.length > 0 ? ['[OPTIONS]'] : []),
  ];
  const shown = examples(command);
  return [
    `.SS ${roff(usage.join(' '))}\n${roff(command.description())}`,
    ...command.registeredArguments
      .filter(({ description }) => description !== '')
      .map((one) => item(`.I ${roff(one.name())}`, one.description)),
    ...command.options.map(describeOption),
    ...shown.flatMap(([line, does]) => [`.PP\n${roff(does)}:\n.PP\n.RS 4\n.nf\n${roff(`$ ${line}`)}\n.fi\n.RE`]),
  ];
}

function placeholder(name: string, required: boolean, variadic: boolean): string {
  const text = `${name.toUpperCase()}${variadic ? '...' : ''}`;
  return required ? text : `[${text}]`;
}

function describeOption(option: Option): string {
  const { flags, description, argChoices, defaultValue } = option as Option & { readonly defaultValue?: unknown };
  const more = [
    ...(argChoices ? [`one of ${argChoices.join(', ')}`] : []),
    ...(typeof defaultValue === 'string' || typeof defaultValue === 'number' ? [`default ${defaultValue}`] : []),
  ];
  return item(`.B ${roff(flags)}`, more.length > 0 ? `${description} (${more.join('; ')})` : description);
}

/** Text that a formatter prints as it is: no request at the start of a line, no escape, hyphens that can be copied. */
function roff(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replace(/^([.'])/gm, '\\&$1');
}

function firstLower(text: string): string {
  return text.slice(0, 1).toLowerCase() + text.slice(1);
}
