/** The path of a comment in an entry, as one text: `notePath('expect', 'tables', 'public.orders')`. Keys hold dots, and no NUL. */
export function notePath(...steps: readonly string[]): string {
  return steps.join('\0');
}
