import * as z from 'zod';
import type { Check } from '../../src/probe.ts';
import { TooMuch } from './errors.ts';
import { inLanes } from './lanes.ts';
import type { Step } from './kind.ts';
import { text } from './measure.ts';

/** Facet and key under `expect` of what a copy may be shared with. */
const SHARED = 'protection/shared_with';
/** How many are asked about one by one in one look: there is no listing of who may restore what. RDS allows a hundred made by hand. */
const ASKED_MOST = 200;
const LANES = 4;
/** Of those that may restore it: everybody. */
export const EVERYBODY = 'all';

/** With whom snapshots may be shared. */
export const sharedWithField = () =>
  z
    .union([z.literal('anybody'), z.array(z.string().regex(/^\d{12}$/, 'must be 12 digits, in quotes')).max(20)])
    .optional()
    .describe('Accounts that may restore from them (default: none but its own; `anybody`: not asked).');

/** The check that nobody may restore them whom the entry does not name. */
export function sharedCheck(subject: string, asked: z.output<ReturnType<typeof sharedWithField>>, severity: Check['severity']): Check[] {
  if (asked === 'anybody') return [];
  return [
    {
      facet: SHARED,
      depth: 'inspect',
      path: 'shared_with',
      measure: 'shared_with',
      // Part of the rule, so that a longer list is a weaker demand.
      rule: { is: 'equals', value: namedOf(asked ?? []) },
      breach: 'exposed',
      subject,
      noun: '',
      sentence: `one of the ${subject} is shared with an account that the manifest does not name, or with everybody`,
      ...(severity && { severity }),
    },
  ];
}

/** What is measured where they are shared with nobody else. */
function namedOf(allowed: readonly string[]): string {
  return allowed.length === 0 ? 'nobody' : allowed.toSorted().join(', ');
}

interface Shares {
  /** The call that is made for each. */
  readonly call: string;
  readonly allowed: readonly string[];
  /** Ids of those that can be shared. */
  readonly ids: () => Promise<readonly string[]>;
  /** Who may restore it: accounts, `all`. Empty where it is there no more. */
  readonly of: (id: string) => Promise<readonly string[]>;
}

/** Asks with whom each is shared. A stranger that is found is told of, whether or not all could be asked about. */
export function sharesStep({ call, allowed, ids, of }: Shares): Step {
  return {
    facets: [SHARED],
    call,
    ask: async () => {
      const all = await ids();
      const asked = all.slice(0, ASKED_MOST);
      const found: string[] = [];
      let failed: { readonly error: unknown } | undefined;
      const ask = async (id: string) => {
        try {
          return { id, strangers: (await of(id)).filter((who) => !allowed.includes(who)) };
        } catch (error) {
          failed ??= { error };
          return { id, strangers: [] };
        }
      };
      for await (const { id, strangers } of inLanes(asked, LANES, ask)) found.push(...strangers.map((who) => `${who} (${id})`));
      if (found.length > 0) return { measures: { shared_with: text(found.sort().join(', ')) }, say: `shared with ${found.join(', ')}` };
      if (failed) throw failed.error;
      if (asked.length < all.length) throw new TooMuch(`there are ${all.length}: no more than ${ASKED_MOST} are asked about in one look`);
      return { measures: { shared_with: text(namedOf(allowed)) }, say: `none of ${all.length} is shared with anybody unnamed` };
    },
  };
}
