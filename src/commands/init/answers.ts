import type { z } from 'zod';
import type { Prompts } from '../../adapters/prompts-clack.ts';
import type { Question } from '../../probe.ts';

/** A secret that was typed in, to be written to a file of its own. */
export interface TypedSecret {
  readonly file: string;
  readonly value: string;
}

/** Settings as config.yaml has them, and the secrets that they refer to. */
export interface Answers {
  readonly settings: Readonly<Record<string, unknown>>;
  readonly secrets: readonly TypedSecret[];
}

/**
 * Asks the questions of one connection or pager, called `name`, each again until it will do: `shape` says what the settings take. Of a secret
 * only what it is for is checked; whether it is right shows when it is used.
 */
export async function askAll(
  prompts: Prompts,
  name: string,
  questions: readonly Question[],
  shape: Readonly<Record<string, unknown>>,
): Promise<Answers> {
  const settings: Record<string, unknown> = {};
  const secrets: TypedSecret[] = [];
  for (const { key, ask, answer, example, optional = false } of questions) {
    const check = (text: string): string | undefined => {
      if (text.trim() === '') return optional ? undefined : 'This one is needed';
      if (answer === 'secret') return text === text.trim() && !/\s/.test(text) ? undefined : 'There is a blank in it';
      return complaintOf(shape[key] as z.ZodType | undefined, valueOf(answer, text));
    };
    const given = answer === 'secret' ? await prompts.secret({ ask, example, check }) : await prompts.text({ ask, example, check });
    if (given.trim() === '') continue;
    if (answer === 'secret') {
      const file = `${name}.${key.replaceAll('_', '-')}`;
      secrets.push({ file, value: given });
      settings[key] = { file: `./${file}` };
    } else settings[key] = valueOf(answer, given);
  }
  return { settings, secrets };
}

function valueOf(answer: 'text' | 'list', text: string): string | string[] {
  if (answer === 'text') return text.trim();
  return text.split(',').flatMap((part) => (part.trim() === '' ? [] : [part.trim()]));
}

function complaintOf(schema: z.ZodType | undefined, value: unknown): string | undefined {
  const parsed = schema?.safeParse(value);
  return parsed?.success === false ? parsed.error.issues[0]?.message : undefined;
}
