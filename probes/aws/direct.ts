import type { Wanted } from '../../src/probe.ts';
import { codeOf, type Failure } from './errors.ts';
import type { AnyOneLooker, AwsTarget, Reading } from './kind.ts';
import type { Sweep } from './sweep.ts';

/** What came of asking for one thing by its name. `typed`: the API said by a code that there is no such thing, and not by silence. */
export type Answer =
  | { readonly is: 'found'; readonly reading: Reading }
  | { readonly is: 'missing'; readonly typed: boolean; readonly code: string; readonly say: string }
  | { readonly is: 'failed'; readonly failure: Failure };

/** Asks for one thing by its name; never throws. */
export async function lookDirectly(
  { vantage, failure }: Pick<Sweep, 'vantage' | 'failure'>,
  looker: AnyOneLooker,
  wanted: Wanted<AwsTarget>,
): Promise<{ readonly wanted: Wanted<AwsTarget>; readonly answer: Answer }> {
  const { target } = wanted;
  try {
    const detail = await looker.direct(vantage, target);
    if (detail === undefined) return { wanted, answer: { is: 'missing', typed: false, code: '', say: `shows no ${target.key}` } };
    const reading = looker.read(detail, target, vantage.now().wall, vantage.account);
    if (reading.gone !== true) return { wanted, answer: { is: 'found', reading } };
    return { wanted, answer: { is: 'missing', typed: true, code: 'gone', say: `says of ${target.key}: ${reading.say}` } };
  } catch (error) {
    const code = codeOf(error);
    if (looker.notFound.includes(code))
      return { wanted, answer: { is: 'missing', typed: true, code, say: `says ${code} of ${target.key}` } };
    return { wanted, answer: { is: 'failed', failure: failure(error) } };
  }
}
