import type { Covers } from '../core/coverage.ts';
import type { Link } from '../probe.ts';

/** A connection that can be asked what is there, whether or not anything on the roll is on it. */
export interface Source {
  readonly connection: string;
  readonly probe: string;
  /** The link that looks use; undefined where nothing on the roll is on this connection. */
  readonly link?: Link;
  /** Opens one of its own; whoever does closes it. */
  readonly open: () => Link;
  /** How the probe tells by kind whether a resource is the thing found; undefined where it has no word of its own for that. */
  readonly coversOf: (kind: string) => Covers | undefined;
}
