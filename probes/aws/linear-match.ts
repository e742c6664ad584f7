/** What stands for one character, or for any number of such; `fork` stands for none, and may leave out so many steps after it. */
export type Step = { readonly is: (character: string) => boolean; readonly many?: boolean } | { readonly fork: number };

/**
 * Whether the whole of a text is what the steps stand for, in time that grows with both and never with what they could be taken for: patterns and names
 * come from whoever may write a policy or an object, and a backtracking expression of a few stars can be made to hold the watcher for minutes.
 */
export function matchesWhole(steps: readonly Step[], text: string): boolean {
  /** By place: after how many characters it was last entered. */
  const entered = new Int32Array(steps.length + 1).fill(-1);
  let now: number[] = [];
  enter(steps, 0, { entered, after: 0, into: now });
  let after = 0;
  for (const character of text) {
    const moving = { entered, after: ++after, into: [] as number[] };
    for (const at of now) {
      const step = steps[at];
      if (step && 'is' in step && step.is(character)) enter(steps, step.many === true ? at : at + 1, moving);
    }
    if (moving.into.length === 0) return false;
    now = moving.into;
  }
  return entered[steps.length] === after;
}

interface Moving {
  readonly entered: Int32Array;
  readonly after: number;
  readonly into: number[];
}

/** The place, and all others that are reached from it without a character. */
function enter(steps: readonly Step[], at: number, moving: Moving): void {
  if (moving.entered[at] === moving.after) return;
  moving.entered[at] = moving.after;
  moving.into.push(at);
  const step = steps[at];
  if (step === undefined) return;
  if ('fork' in step) {
    enter(steps, at + 1, moving);
    enter(steps, at + 1 + step.fork, moving);
  } else if (step.many === true) enter(steps, at + 1, moving);
}

/** Each character of a text by itself. */
export function literally(text: string): Step[] {
  return Array.from(text, (wanted) => ({ is: (character) => character === wanted }));
}
