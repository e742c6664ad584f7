import { clean } from '../../src/values/text.ts';

/** The end of a sentence, where the policy of a resource allows what the identity's own do not. */
export function sayBy(by: string | undefined): string {
  return by === undefined ? '' : `, by the policy of ${clean(by, 120)} itself`;
}

/** What is to be mended where the harm is allowed, above what takes it from the identity all the same: a denial outweighs both. */
export function mendPolicy(by: string | undefined, arn: string): string[] {
  return by === undefined ? [] : [`# in the policy of ${clean(by, 120)}, take out what it allows ${clean(arn, 160)}; until then:`];
}
