import type { TableTarget } from './target.ts';

/** What must be readable of one table, and why. */
export interface TableRead {
  /** `all` columns, `any` one of them, or the one named. */
  readonly of: 'all' | 'any' | { readonly column: string };
  readonly why: string;
}

/** Everything that is read of a table beyond what the catalogue tells whoever may connect. */
export function tableReads({ count, fresh, oldest, sentinel }: TableTarget): TableRead[] {
  return [
    ...(count === 'exists' ? [] : [{ of: 'any', why: 'to count rows' } as const]),
    ...(fresh ? [{ of: { column: fresh.column }, why: 'to see the newest value' }] : []),
    ...(oldest ? [{ of: { column: oldest.column }, why: 'to see the oldest value' }] : []),
    ...(sentinel ? [{ of: 'all', why: 'to have the server digest one row' } as const] : []),
  ];
}

/** The fewest of them that grant all: who may read a whole table may read each column, and a named column is any column. */
export function leastReads(table: TableTarget): TableRead[] {
  const reads = tableReads(table);
  const whole = reads.filter(({ of }) => of === 'all');
  if (whole.length > 0) return whole;
  const named = new Map(reads.flatMap((read) => (typeof read.of === 'object' ? [[read.of.column, read] as const] : [])));
  return named.size > 0 ? [...named.values()] : reads;
}
