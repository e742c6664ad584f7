type Entry = Readonly<Record<string, unknown>>;

/** What a key of an entry does to the watch, by values of it; `undefined` is an entry without it. */
export interface Direction {
  /** `up`: each value asks for more than the one before. `other`: no two can be compared, so that whichever way it is changed counts as weakening. */
  readonly is: 'up' | 'other';
  readonly values: readonly unknown[];
  /** The entry that they are set in, where it is not the kind's. */
  readonly entry?: Entry;
}

export interface KindDirections {
  /** An entry that is right without any of the values. */
  readonly entry: Entry;
  /** Names that stand for `*` in paths: one of a record's. */
  readonly star?: Readonly<Record<string, string>>;
  /** By path: `expect.tables.*.min_rows`. */
  readonly keys: Readonly<Record<string, Direction>>;
}

/** By name of the kind. */
export type Directions = Readonly<Record<string, KindDirections>>;

export const up = (...values: readonly unknown[]): Direction => ({ is: 'up', values });
export const other = (...values: readonly unknown[]): Direction => ({ is: 'other', values });
/** The same, set in another entry than the kind's. */
export const within = (entry: Entry, direction: Direction): Direction => ({ ...direction, entry });

/** What a pin does: to name one asks for more, to name another is another identity. */
export const pin = (...values: readonly unknown[]): Direction => up(undefined, ...values.slice(0, 1));
/** A flag that must stay once it was seen, unless the entry does without it. */
export const flag = (): Direction => up(false, undefined, true);
export const DIGESTS = ['a', 'b'].map((digit) => `sha256:${digit.repeat(64)}`);
