import type { Io } from '../../src/commands/io.ts';

/** A process in which nothing happens: for those who want the definitions of the commands and run none. What is printed goes to `said`. */
export function inertIo(said: (text: string) => void = () => {}): Io {
  return {
    env: {},
    cwd: '/',
    out: said,
    err: said,
    isTerminal: false,
    showsProgress: false,
    flags: [],
    knows: () => false,
    become: undefined,
    ask: async () => undefined,
    input: async function* () {},
    readLine: async () => undefined,
    signal: new AbortController().signal,
    onHangup: () => {},
    uid: undefined,
    pid: 0,
    monotonicUsec: () => 0n,
  };
}
