import type { Right } from '../../../src/probe.ts';
import type { Second } from '../kind.ts';

/** Of the account itself: whoever has ever had an instance, of a cluster too, has the default group of its engine, and cannot delete it. */
export const parameterGroups: Second = {
  call: 'rds:DescribeDBParameterGroups',
  count: async ({ ask }) =>
    (await ask('rds', 'DescribeDBParameterGroups', (rds, options) => rds.describeDBParameterGroups({ MaxRecords: 20 }, options)))
      .DBParameterGroups?.length ?? 0,
};

/** What asking for them takes. `what`: what the account may be without. */
export function parameterGroupsRight(what: string): Right {
  return { right: parameterGroups.call, on: '*', why: `to tell an account without ${what} from an answer that says nothing` };
}
