import type { Command } from 'commander';
import { examplesOf, wordsOf } from '../../src/cli/examples.ts';
import { makeProgram } from '../../src/cli/program.ts';
import { inertIo } from './inert-io.ts';
import type { SitePage } from './pages.ts';

/** Every command with its help, as the program itself prints it. */
export function commandsPage(): SitePage {
  const program = makeProgram({ io: inertIo(), exit: () => {} });
  const parts = program.createHelp().visibleCommands(program).flatMap(describe);
  const markdown = `# Commands\n\nThe same as \`rollcall COMMAND --help\` and \`man rollcall\`.\n\n${parts.join('\n\n')}\n`;
  return { source: 'docs/commands.md', path: 'docs/commands.html', title: 'Commands', section: 'Reference', markdown };
}

function describe(command: Command): string[] {
  if (command.name() === 'help') return [];
  const below = command.createHelp().visibleCommands(command).flatMap(describe);
  if (below.length > 0) return below;
  const examples = examplesOf(command).map(([line, does]) => `# ${does}\n${line}`);
  return [`## ${wordsOf(command)}\n\n\`\`\`text\n${command.helpInformation().trim()}\n\`\`\`\n\n\`\`\`sh\n${examples.join('\n')}\n\`\`\``];
}
