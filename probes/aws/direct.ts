import type { Wanted } from '../../src/probe.ts';
import { codeOf, type Failure } from './errors.ts';
import type { AnyLooker, AnyOneLooker, AwsTarget, Reading } from './kind.ts';
import type { Sweep } from './sweep.ts';
import type { Vantage } from './vantage.ts';

/** What came of asking for one thing by its name. `typed`: the API said by a code that there is no such thing, and not by silence. */
export type Answer =
  | { readonly is: 'found'; readonly reading: Reading }
  | { readonly is: 'missing'; readonly typed: boolean; readonly code: string; readonly say: string }
  | { readonly is: 'failed'; readonly failure: Failure };

/** How one thing, or one set, is asked for by its name. */
export interface ByName {
  readonly call: string;
  readonly notFound: readonly string[];
  /** Throws what the API throws; undefined where it answered with an empty list. */
  read(vantage: Vantage, target: AwsTarget): Promise<Reading | undefined>;
}

/** How a kind asks by name; undefined for sets that can only be listed with all others. */
export function byNameOf(looker: AnyOneLooker): ByName;
export function byNameOf(looker: AnyLooker): ByName | undefined;
export function byNameOf(looker: AnyLooker): ByName | undefined {
  if (looker.of === 'one')
    return {
      call: looker.directCall,
      notFound: looker.notFound,
      read: async (vantage, target) => {
        const detail = await looker.direct(vantage, target);
        return detail === undefined ? undefined : looker.read(detail, target, vantage.now().wall, vantage.account);
      },
    };
  const { narrow } = looker;
  return (
    narrow && {
      call: narrow.call,
      notFound: narrow.notFound,
      read: async (vantage, target) => {
        const items = await narrow.ask(vantage, target);
        return items.length === 0 ? undefined : looker.read(items, target, vantage.now().wall, vantage.account);
      },
    }
  );
}

/** Asks for one thing by its name; never throws. */
export async function lookDirectly(
  { vantage, failure }: Pick<Sweep, 'vantage' | 'failure'>,
  byName: ByName,
  wanted: Wanted<AwsTarget>,
): Promise<{ readonly wanted: Wanted<AwsTarget>; readonly answer: Answer }> {
  const { target } = wanted;
  try {
    const reading = await byName.read(vantage, target);
    if (reading === undefined) return { wanted, answer: { is: 'missing', typed: false, code: '', say: `shows no ${target.key}` } };
    if (reading.gone !== true) return { wanted, answer: { is: 'found', reading } };
    return { wanted, answer: { is: 'missing', typed: true, code: 'gone', say: `says of ${target.key}: ${reading.say}` } };
  } catch (error) {
    const code = codeOf(error);
    if (byName.notFound.includes(code))
      return { wanted, answer: { is: 'missing', typed: true, code, say: `says ${code} of ${target.key}` } };
    return { wanted, answer: { is: 'failed', failure: failure(error) } };
  }
}
