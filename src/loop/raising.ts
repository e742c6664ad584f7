import type { Severity } from '../core/expectation.ts';
import type { IncidentClass } from '../core/incident.ts';
import type { Instant } from '../core/report.ts';

/** A proven harm or blindness, as it is brought to the desk. */
export interface Raising {
  readonly resource: string;
  /** What the dedup key calls it, where that is not the resource's id. */
  readonly label?: string;
  readonly connection: string;
  readonly class: IncidentClass;
  readonly severity: Severity;
  readonly episode: number;
  readonly at: Instant;
}
