import { BLANK, type Memory } from '../../src/core/memory.ts';
import type { Resource } from '../../src/core/expectation.ts';
import type { Depth, ResourceReport } from '../../src/core/report.ts';
import { judge } from '../../src/core/verdict.ts';
import { makeCheck, makeResource, unseen } from './roll.ts';

interface Given {
  readonly resource?: Resource;
  readonly memory?: Memory;
  readonly depth?: Depth;
}

/** What one look comes to, in a word per facet. */
export function words(reports: readonly ResourceReport[], { resource = makeResource(), memory = BLANK, depth = 'sweep' }: Given = {}) {
  return Object.fromEntries(
    judge(resource, reports, memory, { depth, path: 'usual' }).map(({ facet, outcome }) => [
      facet,
      outcome.is === 'lost'
        ? outcome.how
        : outcome.is === 'blind'
          ? `blind ${outcome.reason}`
          : outcome.is === 'breach'
            ? outcome.breaches.map(({ kind, severity }) => `${kind} ${severity}`).join()
            : outcome.is,
    ]),
  );
}

const { listing } = unseen();
export const lying = (changes: object): ResourceReport => unseen({ listing: { ...listing, ...changes } });
export const CONTENT = makeResource({ checks: [makeCheck()] });
export const PINNED = makeResource({ identity: { server: 'A', oid: '1' } });
/** What an inspection that saw anything says besides. */
export const THERE = { presence: 'good', identity: 'good' };
export const MATCHED: Memory = { ...BLANK, matched: true };
