import type { Instant } from '../../src/probe.ts';
import type { Failure } from './errors.ts';

/** How long a refusal is believed, ms: each is a line in CloudTrail, and alarms at refused calls are common. */
const BELIEVED_MS = 24 * 3_600_000;
/** What says that this identity may not, and not that nobody knows who it is. */
const UNAUTHORIZED =
  /^(?:AccessDenied|UnauthorizedOperation|UnauthorizedException|AuthorizationError|NotAuthorized|Forbidden$|KMSAccessDenied)/;

/** Listings that this credential was refused and that nothing on the roll needs, so that an hourly look does not ask for them every hour. */
export class Refusals {
  readonly #known = new Map<string, { readonly failure: Failure; readonly until: number }>();

  /** True where the credential is good, and not good for this. */
  static is({ reason, code }: Failure): boolean {
    return reason === 'denied' && UNAUTHORIZED.test(code);
  }

  note(on: string, failure: Failure, { steady }: Instant): void {
    this.#known.set(on, { failure, until: steady + BELIEVED_MS });
  }

  /** Undefined where it should be asked. */
  of(on: string, { steady }: Instant): Failure | undefined {
    const known = this.#known.get(on);
    return known && steady < known.until ? known.failure : undefined;
  }
}
