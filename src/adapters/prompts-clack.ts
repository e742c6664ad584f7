import type { Readable, Writable } from 'node:stream';
import { InputEnd } from './input-end.ts';

/** A question at a terminal. `check`: why an answer will not do; it is then asked again. */
interface Asked {
  readonly ask: string;
  readonly example?: string | undefined;
  readonly check?: ((answer: string) => string | undefined) | undefined;
}

/** What is asked of a person at a terminal. Each rejects with `Cancelled` where they would rather not. */
export interface Prompts {
  say(text: string): void;
  text(question: Asked & { readonly initial?: string | undefined }): Promise<string>;
  /** Shows no character of it. */
  secret(question: Asked): Promise<string>;
  choose<T extends string>(ask: string, options: readonly { readonly value: T; readonly label: string }[]): Promise<T>;
  confirm(ask: string): Promise<boolean>;
}

export class Cancelled extends Error {
  override readonly name = 'Cancelled';
}

/** Questions by @clack/prompts, loaded only where somebody is asked. */
export async function openPrompts(streams: { readonly input: Readable; readonly output: Writable }, signal: AbortSignal): Promise<Prompts> {
  const clack = await import('@clack/prompts');
  // A serial console, or a terminal that somebody else made, may say that it has no columns and rows: a question would be a letter a line.
  const { columns } = streams.output as { columns?: unknown };
  if (columns === 0) Object.assign(streams.output, { columns: 80, rows: 24 });
  /** One question, which ends by an answer, by a no, or with the input or the process. @throws Cancelled */
  const put = async <T>(
    question: (common: { input: Readable; output: Writable; signal: AbortSignal }) => Promise<T | symbol>,
  ): Promise<T> => {
    using over = new InputEnd(streams.input, signal);
    const value = await question({ ...streams, signal: over.signal });
    if (typeof value === 'symbol') throw new Cancelled('cancelled');
    return value;
  };
  const asked = ({ ask, check }: Asked) => ({
    message: ask,
    ...(check && { validate: (value: string | undefined) => check(value ?? '') }),
  });
  return {
    say: (text) => clack.log.message(text, { output: streams.output }),
    text: ({ initial, example, ...question }) =>
      put((common) =>
        clack.text({
          ...common,
          ...asked(question),
          ...(initial !== undefined && { initialValue: initial }),
          ...(example !== undefined && { placeholder: example }),
        }),
      ).then((answer) => (answer as string | undefined) ?? ''),
    secret: ({ example, ...question }) =>
      put((common) =>
        clack.password({ ...common, ...asked({ ...question, ask: example === undefined ? question.ask : `${question.ask}\n${example}` }) }),
      ).then((answer) => (answer as string | undefined) ?? ''),
    choose: async <T extends string>(ask: string, options: readonly { readonly value: T; readonly label: string }[]): Promise<T> =>
      put((common) =>
        clack.select<string>({ ...common, message: ask, options: options.map(({ value, label }) => ({ value, label })) }),
      ) as Promise<T>,
    confirm: async (ask) => (await put<boolean | string>((common) => clack.confirm({ ...common, message: ask }))) === true,
  };
}
