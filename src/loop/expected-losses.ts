import { isGone, refuteLoss, type ExpectedLoss } from '../core/expected-loss.ts';
import type { Resource } from '../core/expectation.ts';
import type { PrintedResource } from '../core/page.ts';
import type { Instant } from '../core/report.ts';
import { expectsLoss } from '../core/request.ts';
import { endOf, type RequestRecord } from '../core/request-state.ts';
import type { ResourceState } from '../core/state.ts';
import { formatInstant } from '../core/wording.ts';
import type { ResourceRecord } from '../ports.ts';
import type { Journal } from './journal.ts';
import type { Roll } from './roll.ts';

/** A loss that came as approved, for as long as what was lost is not back. */
interface Gone {
  readonly request: string;
  readonly people: readonly string[];
  readonly at: Instant;
}

interface Kept {
  readonly expected: readonly ExpectedLoss[];
  /** By resource. */
  readonly gone: Readonly<Record<string, Gone>>;
  /** Requests whose loss has come, and when (wall time): none of them expects another. */
  readonly spent: Readonly<Record<string, number>>;
}

/**
 * The disappearances that people approved: each is expected once. Kept with the resources' own states, in one commit, so that no restart
 * expects one twice.
 */
export class ExpectedLosses {
  readonly #journal: Journal;
  readonly #expected: Map<string, ExpectedLoss>;
  readonly #gone: Map<string, Gone>;
  readonly #spent: Map<string, number>;

  /** `saved`: what `save()` gave before a restart. */
  constructor(journal: Journal, saved: string | undefined) {
    this.#journal = journal;
    const { expected, gone, spent } = saved === undefined ? { expected: [], gone: {}, spent: {} } : (JSON.parse(saved) as Kept);
    this.#expected = new Map(expected.map((loss) => [loss.request, loss]));
    this.#gone = new Map(Object.entries(gone));
    this.#spent = new Map(Object.entries(spent));
  }

  save(): string {
    const { expected, gone, spent } = { expected: [...this.#expected.values()], gone: this.#gone, spent: this.#spent };
    return JSON.stringify({ expected, gone: Object.fromEntries(gone), spent: Object.fromEntries(spent) } satisfies Kept);
  }

  /** Takes over what stands approved now, and forgets what does not any more. */
  learn(records: readonly RequestRecord[], at: Instant): void {
    const standing = new Map(
      records
        .filter(({ id, status, execution, lost, document }) => {
          const waits = status === 'APPROVED' && execution === 'PENDING' && lost === undefined && !this.#spent.has(id);
          return waits && expectsLoss(document.action);
        })
        .map((record) => [record.id, record]),
    );
    for (const id of this.#expected.keys()) if (!standing.has(id)) this.#expected.delete(id);
    for (const [id, record] of standing) if (!this.#expected.has(id)) this.#expected.set(id, toExpected(record, at));
    const known = new Set(records.map(({ id }) => id));
    for (const id of this.#spent.keys()) if (!known.has(id)) this.#spent.delete(id);
  }

  /** Whether a loss that was just proven is one that people approved; then it is spent. */
  expects(resource: Resource, { state, memory }: ResourceRecord, at: Instant): boolean {
    for (const loss of this.#expected.values()) {
      if (loss.resource !== resource.id) continue;
      const why = refuteLoss(loss, resource, state, memory);
      const { request, people } = loss;
      if (why === null) {
        this.#expected.delete(request);
        this.#spent.set(request, at.wall);
        this.#gone.set(resource.id, { request, people, at });
        this.#journal.record('grant', request, { is: 'lost', resource: resource.id, identity: loss.identity, people });
        return true;
      }
      this.#journal.record('refusal', request, { of: 'loss', resource: resource.id, why });
    }
    return false;
  }

  /** Requests whose resource has been seen in its place since the approval and since the window began: from now on its loss is theirs. */
  armed(roll: Roll): string[] {
    return [...this.#expected.values()].flatMap(({ request, resource, since, from }) => {
      const good = roll.record(resource)?.state.facets['presence']?.goodAt;
      return good && good.steady >= since.steady && good.wall >= from ? [request] : [];
    });
  }

  /** When the loss came that a request expected, ms since 1970. */
  spentAt(request: string): number | undefined {
    return this.#spent.get(request);
  }

  /** What is gone as approved, but is now something else that nobody approved: another one under its name, or it came back with less. */
  released(roll: Roll): Resource[] {
    return [...this.#gone].flatMap(([id, gone]) => {
      const [resource, record] = [roll.resources.get(id), roll.record(id)];
      if (resource && record && record.state.harm !== null && !isWorse(record.state, gone.at)) return [];
      this.#gone.delete(id);
      if (!resource || !record || record.state.harm === null) {
        this.#journal.record('grant', gone.request, { is: resource ? 'back' : 'retired', resource: id });
        return [];
      }
      this.#journal.record('refusal', gone.request, { of: 'loss', resource: id, why: 'it is no longer only gone' });
      return [resource];
    });
  }

  /** A resource that is gone as approved says so wherever it is shown. */
  mark(printed: PrintedResource | undefined): PrintedResource | undefined {
    return printed && markGone(printed, this.#gone.get(printed.id));
  }
}

/** The same for whoever reads the store: `saved` as `save()` left it there. */
export function markApproved(printed: PrintedResource, saved: string | undefined): PrintedResource {
  return markGone(printed, saved === undefined ? undefined : (JSON.parse(saved) as Kept).gone[printed.id]);
}

function markGone(printed: PrintedResource, gone: Gone | undefined): PrintedResource {
  if (!gone) return printed;
  return { ...printed, approved_loss: { request: gone.request, people: gone.people, at: formatInstant(gone.at.wall) } };
}

function toExpected({ id, people, document }: RequestRecord, at: Instant): ExpectedLoss {
  const until = endOf({ document });
  return {
    request: id,
    people,
    resource: document.target,
    identity: document.identity ?? {},
    from: Date.parse(document.window.from),
    until,
    since: at,
    ends: at.steady + until - at.wall,
  };
}

/** Whether looks since then proved anything but that it is gone. What was wrong before has its own incident. */
function isWorse(state: ResourceState, { steady }: Instant): boolean {
  return Object.entries(state.facets).some(([name, { standing, marks }]) => {
    if (standing !== 'bad' || (marks.at(-1)?.at.steady ?? 0) <= steady) return false;
    return name !== 'presence' || !isGone({ ...state, harm: 'lost' });
  });
}
