import type { Look, Report, Wanted } from '../../src/probe.ts';
import { proveMissing } from './absence.ts';
import { facetsAt } from './facets.ts';
import type { Failure } from './errors.ts';
import type { Group } from './group.ts';
import { listingOf, type AnyLooker, type AnyOneLooker, type AnySetLooker, type AwsTarget, type Reading } from './kind.ts';
import { byNameOf, lookDirectly, type ByName } from './direct.ts';
import { inLanes } from './lanes.ts';
import { pinOf } from './measure.ts';
import type { Denial, Reporter } from './reporter.ts';
import { Tally, type Match } from './tally.ts';
import type { Vantage } from './vantage.ts';

/** How many calls by name are under way at once; the pace decides how soon they come. */
const LANES = 8;

/** What one look of one listing is made with. */
export interface Sweep {
  readonly group: Group;
  readonly looker: AnyLooker;
  readonly vantage: Vantage;
  readonly report: Reporter;
  readonly path: Look['path'];
  /** Sorts what a call threw. */
  readonly failure: (error: unknown) => Failure;
}

/**
 * One listing for everything wanted of it, whatever its number. What a page shows is said as soon as the page is there: where a later one is
 * refused or throttled, it stands, and the rest is blind.
 */
export async function* sweep(one: Sweep): AsyncGenerator<Report | readonly Report[], void, void> {
  const { group, looker, vantage, report, path, failure } = one;
  const call = listingOf(group.kind, group.scope);
  const tally = new Tally(looker, group.wanted, vantage.account);
  const members = new Map<Wanted<AwsTarget>, unknown[]>();
  let broken: Failure | undefined;
  let cut = false;
  try {
    for await (const page of looker.list(vantage, group.scope)) {
      const matches = tally.page(page);
      if (looker.of === 'set') addMembers(members, matches);
      else if (looker.namesOnly)
        yield* readByName(
          one,
          byNameOf(looker),
          tally,
          matches.flatMap(({ wanted }) => wanted.filter((each) => tally.isMissing(each))),
        );
      else yield readPage(one, looker, tally, matches);
      // A second look at a few need not go through all the others: what it found is found.
      cut = path === 'fresh' && looker.of === 'one' && tally.isComplete;
      if (cut) break;
    }
  } catch (error) {
    broken = failure(error);
  }
  const { pages, items, strangers } = tally;
  const listing = report.listing(call, { pages, items, strangers, complete: !broken && !cut });
  yield { kind: 'listing', listing };
  if (broken) {
    const { reason, say } = broken;
    const where = tally.pages === 0 ? say : `${say} (after ${tally.pages} ${tally.pages === 1 ? 'page' : 'pages'})`;
    const denial = { reason, say: where };
    yield tally.missing.flatMap((wanted) => {
      const items = members.get(wanted);
      return looker.of === 'set' && items
        ? readPart(one, looker, wanted, items, denial)
        : report.blind(wanted.id, facetsAt(wanted.checks, 'sweep'), call, denial);
    });
    return;
  }
  if (looker.of === 'set')
    yield [...members].flatMap(([wanted, items]) => {
      const reading = looker.read(items, wanted.target, vantage.now().wall, vantage.account);
      if (reading.gone) return [];
      tally.found(wanted);
      return report.seen(wanted, reading, call);
    });
  if (!tally.isComplete) yield* proveMissing(one, tally, listing);
}

function addMembers(members: Map<Wanted<AwsTarget>, unknown[]>, matches: readonly Match[]): void {
  for (const { item, wanted } of matches)
    for (const one of wanted) {
      const others = members.get(one);
      if (others) others.push(item);
      else members.set(one, [item]);
    }
}

/** A set of which only a part was listed is there, and whose it is has been seen; how much of it there is has not. */
function readPart(
  { report, group, vantage }: Sweep,
  looker: AnySetLooker,
  { id, checks, target }: Wanted<AwsTarget>,
  items: readonly unknown[],
  denial: Denial,
): Report[] {
  const listing = listingOf(group.kind, group.scope);
  const due = facetsAt(checks, 'sweep');
  const reading = looker.read(items, target, vantage.now().wall, vantage.account);
  if (reading.gone === true) return report.blind(id, due, listing, denial);
  // Where the members disagree, which of them counts may not have been listed: nothing of whose they are is said.
  const mixed = reading.mixed === true;
  const pin = mixed ? pinOf({ account: vantage.account }) : reading.pin;
  const looked = due.filter((facet) => facet === 'presence' || (facet === 'identity' && !mixed));
  const evidence = report.evidence(listing, `${items.length} listed before it broke off: ${denial.say}`);
  const rest = due.filter((facet) => !looked.includes(facet));
  return [{ kind: 'seen', id, pin, looked, measures: {}, evidence }, ...report.blind(id, rest, listing, denial)];
}

function readPage({ vantage, report, group }: Sweep, looker: AnyOneLooker, tally: Tally, matches: readonly Match[]): Report[] {
  const now = vantage.now().wall;
  return matches.flatMap(({ item, wanted }) => {
    // A listing that moved while it was read shows some of it twice: the first time counts.
    const readings = wanted
      .filter((one) => tally.isMissing(one))
      .map((one): readonly [Wanted<AwsTarget>, Reading] => [one, looker.read(item, one.target, now, vantage.account)]);
    if (readings.length > 0 && readings.every(([, { gone }]) => gone === true)) tally.gone();
    return readings.flatMap(([one, reading]) => {
      if (reading.gone === true) return [];
      tally.found(one);
      return report.seen(one, reading, listingOf(group.kind, group.scope));
    });
  });
}

/** Of what is listed by name alone, the rest is asked for one by one. */
async function* readByName(
  one: Sweep,
  byName: ByName,
  tally: Tally,
  wanted: readonly Wanted<AwsTarget>[],
): AsyncGenerator<readonly Report[], void, void> {
  const { report } = one;
  for await (const { wanted: asked, answer } of inLanes(wanted, LANES, (each) => lookDirectly(one, byName, each))) {
    tally.found(asked);
    if (answer.is === 'found') yield report.seen(asked, answer.reading, byName.call);
    else {
      const denial =
        answer.is === 'failed'
          ? answer.failure
          : { reason: 'partial-answer' as const, say: `it is listed, and ${byName.call} ${answer.say}: the API contradicts itself` };
      yield report.blind(asked.id, facetsAt(asked.checks, 'sweep'), byName.call, denial);
    }
  }
}
