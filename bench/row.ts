/** What one side came to in one run. */
export interface Side {
  readonly name: string;
  /** The run in which it was measured. */
  readonly run: string;
  readonly value: number;
  /** What `value` is taken from, where that is several. */
  readonly samples?: readonly number[];
}

/** Two sides of one figure, measured in the same run on the same server. */
export interface Row {
  readonly scenario: string;
  /** What it was measured on: `1,000 databases, sweep 1 s`. */
  readonly on: string;
  readonly figure: string;
  readonly unit: string;
  readonly subject: Side;
  readonly floor: Side;
  /** `subject / floor`; null where the floor is 0 or less: a ratio would say nothing. */
  readonly ratio: number | null;
  readonly target?: { readonly says: string; readonly met: boolean };
}

/** @throws Error where the sides come from different runs: such a ratio means nothing. */
export function compare(about: Omit<Row, 'subject' | 'floor' | 'ratio'>, subject: Side, floor: Side): Row {
  if (subject.run !== floor.run) throw new Error(`${about.figure}: sides of two runs, ${subject.run} and ${floor.run}`);
  return { ...about, subject, floor, ratio: floor.value <= 0 ? null : subject.value / floor.value };
}

/** A target that is a number not to be exceeded. */
export function atMost(limit: number, unit: string, value: number): NonNullable<Row['target']> {
  return { says: `<= ${Number(limit.toFixed(3))} ${unit}`.trim(), met: value <= limit };
}
