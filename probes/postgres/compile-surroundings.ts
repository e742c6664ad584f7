import type { Check } from '../../src/probe.ts';
import { formatDuration } from '../../src/values/duration.ts';
import type { Expectations } from './schema.ts';
import { NOBODY } from './surroundings.ts';
import { objectChecks } from '../../src/probe-kit/object-counts.ts';
import { ARCHIVING, OWNERS, SIZE, SLOTS, STANDBYS, TRUNCATES } from './target.ts';

const inspected = { depth: 'inspect', noun: '' } as const;

/** The checks of what a database holds as a whole, and of what would announce its loss. */
export function surroundingChecks(name: string, expect: Expectations): Check[] {
  return [
    ...(expect.max_shrink === undefined ? [] : [sizeCheck(name, expect.max_shrink)]),
    ...objectChecks(name, expect.objects ?? {}),
    ...(expect.max_truncates === undefined ? [] : [truncatesCheck(name, expect.max_truncates)]),
    ...(expect.archiving ? archivingChecks(expect.archiving.within) : []),
    ...(expect.slots ?? []).map(slotCheck),
    ...(expect.standbys ?? []).map(standbyCheck),
    ...(expect.owners ? [ownersCheck(name)] : []),
  ];
}

function sizeCheck(name: string, share: number): Check {
  const rule = { is: 'shrinks_at_most', share, corroboration: ['tuples_total', 'tables_total'] } as const;
  return { ...inspected, facet: SIZE, path: 'max_shrink', measure: 'size', rule, breach: 'diminished', subject: `database ${name}` };
}

function truncatesCheck(name: string, bound: number): Check {
  const rule = { is: 'rises_at_most', bound } as const;
  const counted = { facet: TRUNCATES, path: 'max_truncates', measure: 'truncates', noun: 'TRUNCATE statements' } as const;
  return { ...inspected, ...counted, rule, breach: 'diminished', subject: `database ${name}` };
}

function archivingChecks(within: number): Check[] {
  const base = { ...inspected, facet: ARCHIVING, breach: 'precursor', subject: 'the server' } as const;
  return [
    {
      ...base,
      path: 'archiving',
      measure: 'archiving.on',
      rule: { is: 'equals', value: 1 },
      breach: 'exposed',
      sentence: 'the server archives no WAL: archive_mode is off',
    },
    {
      ...base,
      path: 'archiving.failing',
      measure: 'archiving.failing',
      rule: { is: 'equals', value: 0 },
      sentence: 'archiving WAL fails: the last attempt did',
    },
    {
      ...base,
      path: 'archiving.within',
      measure: 'archiving.age',
      unit: 'ms',
      rule: { is: 'at_most', bound: within },
      sentence: `no WAL was archived in the last ${formatDuration(within)}`,
    },
  ];
}

function slotCheck(slot: string): Check {
  const measure = `slots.${slot}`;
  const rule = { is: 'equals', value: 'there' } as const;
  const sentence = `replication slot ${slot} is gone, or has lost the WAL it promised`;
  return { ...inspected, facet: SLOTS, path: measure, measure, rule, breach: 'precursor', subject: 'the server', sentence };
}

function standbyCheck(standby: string): Check {
  const measure = `standbys.${standby}`;
  const rule = { is: 'equals', value: 1 } as const;
  const sentence = `no standby ${standby} is connected`;
  return { ...inspected, facet: STANDBYS, path: measure, measure, rule, breach: 'precursor', subject: 'the server', sentence };
}

function ownersCheck(name: string): Check {
  const rule = { is: 'equals', value: NOBODY } as const;
  const noun = 'as superuser or owner beyond those named';
  return {
    ...inspected,
    facet: OWNERS,
    path: 'owners',
    measure: 'owners.strangers',
    rule,
    breach: 'precursor',
    subject: `database ${name}`,
    noun,
  };
}
