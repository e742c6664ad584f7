import { tmpdir } from 'node:os';
import { runCli } from './cli.ts';

let known: Promise<readonly string[]> | undefined;

/** The commands of `rollcall`, as its own help lists them. */
export function commandsOf(): Promise<readonly string[]> {
  known ??= runCli(['--help'], { cwd: tmpdir() }).then(({ stdout }) => {
    const list = stdout.split(/^Commands:$/m)[1] ?? '';
    return [...list.matchAll(/^ {2}([a-z][a-z-]*)/gm)].map(([, name = '']) => name).filter((name) => name !== 'help');
  });
  return known;
}
