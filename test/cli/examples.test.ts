import assert from 'node:assert/strict';
import { EXAMPLES, wordsOf } from '../../src/cli/examples.ts';
import { everyCommand, inertProgram, shellWords } from '../support/program.ts';

describe('the help of a command', () => {
  it('ends with an example for every command, and there is none for a command that is not there', () => {
    const { program } = inertProgram();
    const commands = everyCommand(program).filter((command) => command.commands.length === 0);
    assert.ok(commands.length > 20);
    assert.deepEqual(commands.map(wordsOf).toSorted(), Object.keys(EXAMPLES).toSorted());
    assert.deepEqual(
      Object.keys(EXAMPLES).filter((words) => (EXAMPLES[words] ?? []).length === 0),
      [],
    );
  });

  for (const [words, examples] of Object.entries(EXAMPLES))
    for (const [line] of examples)
      it(`shows what can be typed: ${line}`, async () => {
        const { program, said } = inertProgram();
        const [name, ...args] = shellWords(line);
        assert.equal(name, 'rollcall');
        let ran = '';
        for (const command of everyCommand(program)) command.hook('preAction', (_, actual) => void (ran = wordsOf(actual)));
        await program.parseAsync(args, { from: 'user' }).catch((error: unknown) => assert.fail(`${said.join('')} ${String(error)}`));
        assert.equal(ran, words);
      });

  it('prints them last, also those of the commands in a group', () => {
    const { program, said } = inertProgram();
    for (const command of everyCommand(program)) {
      said.length = 0;
      command.outputHelp();
      assert.match(said.join(''), /\nExamples:\n(?: {2}# .+\n {2}\$ rollcall .+\n)+$/, wordsOf(command));
    }
  });
});
