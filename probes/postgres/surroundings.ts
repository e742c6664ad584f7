import type { Facet } from '../../src/probe.ts';
import { clean } from '../../src/values/text.ts';
import { readObjects, readTotals } from './database-facts.ts';
import type { Denial } from '../../src/probe-kit/failure.ts';
import { readLockWaits } from './lock-facts.ts';
import { OBJECTS } from '../../src/probe-kit/object-counts.ts';
import { estimate, exact, type Measures } from '../../src/probe-kit/measure.ts';
import { readArchiving, readSlots, readStandbys, readStrangers } from './server-facts.ts';
import type { Session } from './session.ts';
import { readTruncates } from './statement-facts.ts';
import { readSequence } from './sequences.ts';
import {
  ARCHIVING,
  inspectedFacets,
  LOCKS,
  OWNERS,
  sequenceFacet,
  SIZE,
  SLOTS,
  STANDBYS,
  TRUNCATES,
  type DatabaseTarget,
} from './target.ts';

/** One question about a database as a whole, or about the server it is on; `limit`: what its statement may take, ms. */
export interface Question {
  readonly facet: Facet;
  readonly method: string;
  readonly ask: (target: DatabaseTarget, session: Session, limit: number, signal: AbortSignal) => Promise<Measures | Denial>;
}

/** A measure that says that nobody was found; no role can be called so. */
export const NOBODY = 'none';

const QUESTIONS: readonly Question[] = [
  {
    facet: LOCKS,
    method: 'pg_locks',
    ask: async ({ tables }, session, limit, signal) => {
      const waits = await readLockWaits(session, tables, limit, signal);
      return Object.fromEntries(tables.map(({ key }, nth) => [`tables.${key}.lock_wait`, exact(waits[nth]?.waited ?? Number.NaN, 'ms')]));
    },
  },
  {
    facet: ARCHIVING,
    method: 'pg_stat_archiver',
    ask: async (_, session, limit, signal) => {
      const { mode, standby, failing, age } = await readArchiving(session, limit, signal);
      if (standby && mode !== 'always')
        return { reason: 'partial-answer', say: `a standby with archive_mode ${mode} archives nothing: its primary must be asked` };
      return {
        'archiving.on': exact(mode === 'off' ? 0 : 1, 'flag'),
        'archiving.failing': exact(failing ? 1 : 0, 'flag'),
        'archiving.age': exact(age, 'ms'),
      };
    },
  },
  {
    facet: SLOTS,
    method: 'pg_replication_slots',
    ask: async ({ slots }, session, limit, signal) => {
      const found = await readSlots(session, slots, limit, signal);
      return Object.fromEntries(found.map(({ name, state }) => [`slots.${name}`, exact(state, 'text')]));
    },
  },
  {
    facet: STANDBYS,
    method: 'pg_stat_replication',
    ask: async ({ standbys }, session, limit, signal) => {
      const found = await readStandbys(session, standbys, limit, signal);
      return Object.fromEntries(found.map(({ name, connected }) => [`standbys.${name}`, exact(connected ? 1 : 0, 'flag')]));
    },
  },
  {
    facet: OWNERS,
    method: 'pg_roles',
    ask: async ({ owners }, session, limit, signal) => {
      const found = await readStrangers(session, owners, limit, signal);
      const names = found.map(({ name }) => clean(name, 64)).join(', ');
      return { 'owners.strangers': exact(names === '' ? NOBODY : names, 'text') };
    },
  },
  {
    facet: TRUNCATES,
    method: 'pg_stat_statements',
    ask: async (_, session, limit, signal) => readTruncates(session, limit, signal),
  },
  {
    facet: OBJECTS,
    method: 'pg_class and pg_proc',
    ask: async (_, session, limit, signal) => {
      const { tables, functions } = await readObjects(session, limit, signal);
      return { tables_total: exact(tables, 'count'), functions_total: exact(functions, 'count') };
    },
  },
  {
    facet: SIZE,
    method: 'pg_database_size',
    ask: async (_, session, limit, signal) => {
      const { size, tuples, tables } = await readTotals(session, limit, signal);
      return { size: exact(size, 'bytes'), tuples_total: estimate(tuples, 'rows'), tables_total: exact(tables, 'count') };
    },
  },
];

/** What an inspection asks of this database besides its tables, the cheapest first; none of it waits for a lock of somebody else. */
export function surroundings(target: DatabaseTarget): readonly Question[] {
  const due = new Set(inspectedFacets(target));
  const sequences = target.sequences.map((one): Question => {
    const ask: Question['ask'] = async (_, session, limit, signal) => readSequence(one, session, limit, signal);
    return { facet: sequenceFacet(one.key), method: 'pg_sequence_last_value', ask };
  });
  return [...QUESTIONS.filter(({ facet }) => due.has(facet)), ...sequences];
}
