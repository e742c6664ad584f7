import type { Instant } from '../../src/probe.ts';
import type { Failure } from './errors.ts';

/** What says that this identity may not, and not that nobody knows who it is. */
const UNAUTHORIZED =
  /^(?:AccessDenied|UnauthorizedOperation|UnauthorizedException|AuthorizationError|NotAuthorized|Forbidden$|KMSAccessDenied)/;

/** What this credential was refused, so that nobody asks for it again and again: each refusal is a line in CloudTrail, and alarms at them are common. */
export class Refusals {
  readonly #believedMs: number;
  readonly #known = new Map<string, { readonly failure: Failure; readonly until: number }>();

  /** How long a refusal is believed; ms. */
  constructor(believedMs: number) {
    this.#believedMs = believedMs;
  }

  /** True where the credential is good, and not good for this. */
  static is({ reason, code }: Failure): boolean {
    return reason === 'denied' && UNAUTHORIZED.test(code);
  }

  note(on: string, failure: Failure, { steady }: Instant): void {
    this.#known.set(on, { failure, until: steady + this.#believedMs });
  }

  /** Undefined where it should be asked. */
  of(on: string, { steady }: Instant): Failure | undefined {
    const known = this.#known.get(on);
    return known && steady < known.until ? known.failure : undefined;
  }
}
