import { isUnmanaged, type Coverage, type Placed } from '../core/coverage.ts';
import { plainLines } from './lines.ts';

/** For a person: how much is on the roll, and what is not. */
export function unmanagedText(coverage: readonly Coverage[], placed: readonly Placed[]): string {
  const lines = coverage.flatMap(({ connection, kind, found, managed, leftOut }) => {
    const own = placed.filter((one) => one.connection === connection && one.found.of === kind);
    const aside = leftOut === 0 ? '' : `, ${leftOut} left out on purpose`;
    return [
      `${connection}  ${kind}  ${managed} of ${found} on the roll${aside}`,
      ...own
        .filter(isUnmanaged)
        .map(({ found: { label, facts = [] } }) => `  not on the roll: ${label}${facts[0] === undefined ? '' : ` (${facts[0]})`}`),
    ];
  });
  return `${plainLines(lines.length > 0 ? lines : ['nothing was found']).join('\n')}\n`;
}
