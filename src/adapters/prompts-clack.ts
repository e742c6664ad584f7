import type { Readable, Writable } from 'node:stream';

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
  const common = { input: streams.input, output: streams.output, signal };
  const given = async <T>(answer: Promise<T | symbol>): Promise<T> => {
    const value = await answer;
    if (typeof value === 'symbol') throw new Cancelled('cancelled');
    return value;
  };
  const asked = ({ ask, check }: Asked) => ({
    ...common,
    message: ask,
    ...(check && { validate: (value: string | undefined) => check(value ?? '') }),
  });
  return {
    say: (text) => clack.log.message(text, { output: streams.output }),
    text: ({ initial, example, ...question }) =>
      given(
        clack.text({
          ...asked(question),
          ...(initial !== undefined && { initialValue: initial }),
          ...(example !== undefined && { placeholder: example }),
        }),
      ).then((answer) => (answer as string | undefined) ?? ''),
    secret: ({ example, ...question }) =>
      given(clack.password({ ...asked({ ...question, ask: example === undefined ? question.ask : `${question.ask}\n${example}` }) })).then(
        (answer) => (answer as string | undefined) ?? '',
      ),
    choose: async <T extends string>(ask: string, options: readonly { readonly value: T; readonly label: string }[]): Promise<T> =>
      given(
        clack.select<string>({ ...common, message: ask, options: options.map(({ value, label }) => ({ value, label })) }),
      ) as Promise<T>,
    confirm: async (ask) => (await given<boolean | string>(clack.confirm({ ...common, message: ask }))) === true,
  };
}
