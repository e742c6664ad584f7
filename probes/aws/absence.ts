import type { Control, Evidence, Listing, Report, Wanted, WholeListing } from '../../src/probe.ts';
import { byNameOf, lookDirectly, type Answer, type ByName } from './direct.ts';
import { facetsAt } from './facets.ts';
import { listingOf, type AnySetLooker, type AwsTarget, type Reading } from './kind.ts';
import { inLanes } from './lanes.ts';
import type { Denial } from './reporter.ts';
import type { Sweep } from './sweep.ts';
import type { Tally } from './tally.ts';

const LANES = 8;
/** How many of the missing are asked for by name in one look: a thousand that are gone are proven by the listing and by these. */
const ASKED_MOST = 25;

type Said = AsyncGenerator<readonly Report[], void, void>;

/**
 * What becomes of those that a listing read to its end did not show. Absent takes a control (something else in the listing, or a second listing
 * by the same caller that cannot be empty) and, of what can be asked for by name, the answer to that: a typed refusal of one thing, nothing of a
 * set. The call finds it: it is there, and the listing was behind. The call fails: blind.
 */
export async function* proveMissing(one: Sweep, tally: Tally, listing: Listing): Said {
  const { report, looker, group } = one;
  const control = await controlOf(one, tally);
  const call = listingOf(group.kind, group.scope);
  if ('reason' in control) {
    yield tally.missing.flatMap(({ id, checks }) => report.blind(id, facetsAt(checks, 'sweep'), call, control));
    return;
  }
  const byName = byNameOf(looker);
  if (byName) yield* askByName(one, byName, tally, listing, control);
  else
    for (const wanted of tally.missing)
      yield await lost(one, wanted, report.whole(listing, control), report.evidence(call, `nothing of ${wanted.target.key} is listed`));
}

/** Not there, unless something of it is hidden and can be brought back. */
async function lost(one: Sweep, wanted: Wanted<AwsTarget>, whole: WholeListing, direct: Evidence): Promise<Report[]> {
  const { report, group, looker } = one;
  const hidden = looker.of === 'set' ? await hiddenOf(one, looker, wanted) : undefined;
  return hidden ? report.seen(wanted, hidden, listingOf(group.kind, group.scope)) : [report.unseen(wanted.id, whole, direct)];
}

/** What of a set is there no more and can still be brought back. Where that cannot be found out, the loss is what stands. */
async function hiddenOf(one: Sweep, looker: AnySetLooker, { target }: Wanted<AwsTarget>): Promise<Reading | undefined> {
  try {
    return await looker.hidden?.(one.vantage, target, one.vantage.now().wall);
  } catch (error) {
    // Throws where the look was broken off.
    one.failure(error);
    return undefined;
  }
}

/** The positive control, or why there is none. */
async function controlOf({ group, looker, vantage, failure }: Sweep, { items }: Tally): Promise<Control | Denial> {
  if (items > 0) return { by: 'sibling', what: `${items} others in the same listing` };
  const { call } = looker.second;
  try {
    const count = await looker.second.count(vantage, group.scope);
    if (count > 0) return { by: 'builtin', what: `${call} by the same caller shows ${count}` };
    return { reason: 'partial-answer', say: `the listing is empty, and so is ${call}, which cannot be` };
  } catch (error) {
    const { reason, say } = failure(error);
    return { reason, say: `the listing is empty, and ${call}, which cannot be, does not answer: ${say}` };
  }
}

async function* askByName(one: Sweep, byName: ByName, tally: Tally, listing: Listing, control: Control): Said {
  const { report } = one;
  const { missing } = tally;
  const asked = spread(missing, ASKED_MOST);
  let contradicted: Answer | undefined;
  for await (const { wanted, answer } of inLanes(asked, LANES, (each) => lookDirectly(one, byName, each))) {
    if (answer.is !== 'missing') contradicted ??= answer;
    yield await judgeAnswer(one, byName, tally, wanted, answer, report.whole(listing, control));
  }
  const rest = missing.filter((wanted) => !asked.includes(wanted));
  if (rest.length === 0) return;
  const each = `${asked.length} of the ${missing.length} that are missing`;
  if (contradicted)
    yield rest.flatMap(({ id, checks }) =>
      report.blind(id, facetsAt(checks, 'sweep'), byName.call, {
        reason: contradicted.is === 'failed' ? contradicted.failure.reason : 'partial-answer',
        say: `not in the listing, which is not to be trusted: ${each} were asked for by name, and not each is gone`,
      }),
    );
  else {
    const whole = report.whole(listing, control);
    const direct = report.evidence(byName.call, `not in the listing; ${each} were asked for by name, and each is gone`);
    yield rest.map(({ id }) => report.unseen(id, whole, direct));
  }
}

async function judgeAnswer(
  one: Sweep,
  { call }: ByName,
  tally: Tally,
  wanted: Wanted<AwsTarget>,
  answer: Answer,
  whole: WholeListing,
): Promise<Report[]> {
  const { report, group, looker } = one;
  const blind = (denial: Denial): Report[] => report.blind(wanted.id, facetsAt(wanted.checks, 'sweep'), call, denial);
  if (answer.is === 'failed') return blind(answer.failure);
  if (answer.is === 'found')
    return report.seen(wanted, answer.reading, call, ` (not in the listing of ${listingOf(group.kind, group.scope)}, which is behind)`);
  // An honestly empty listing says nothing by itself, and neither does silence about one thing. About a set there is no other word for none.
  if (tally.items === 0 && !answer.typed && looker.of === 'one')
    return blind({ reason: 'partial-answer', say: `the listing is empty, and ${call} ${answer.say}, without a code for it` });
  const kin = tally.kin.get(wanted);
  const elsewhere = kin === undefined ? '' : `; what has its identity is there as ${kin}`;
  const control: Control = tally.items === 0 && answer.typed ? { by: 'typed-not-found', call, code: answer.code } : whole.control;
  return lost(one, wanted, report.whole(whole, control), report.evidence(call, `${call} ${answer.say}${elsewhere}`));
}

/** At most `most` of them, from all over the list. */
function spread<T>(list: readonly T[], most: number): readonly T[] {
  if (list.length <= most) return list;
  return Array.from({ length: most }, (_, index) => list[Math.floor((index * list.length) / most)] as T);
}
