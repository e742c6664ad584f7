import type { Second } from './kind.ts';

/** What no account is without, for where it has nothing of a kind. */
export const regionsOfAccount: Second = {
  call: 'ec2:DescribeRegions',
  count: async ({ ask }) => (await ask('ec2', 'DescribeRegions', (ec2, options) => ec2.describeRegions({}, options))).Regions?.length ?? 0,
};
