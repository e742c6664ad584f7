import * as z from 'zod';
import { defineProbe, type Compiled, type Kind, type Parsed, type Probe } from '../../src/probe.ts';
import { duration, path, secretRef, share, size } from '../../src/values/fields.ts';

/**
 * Probes with the keys that CONTRACT §2-3 names and nothing behind them: for the tests of what is read before any probe is opened. The
 * testdata's complaints are pinned word for word against these, so that a probe may grow keys without touching them.
 */
const DIGEST = /^sha256:[0-9a-f]{64}$/;

function kind(entry: z.ZodObject, check: (entry: Record<string, unknown>) => string | undefined = () => undefined): Kind {
  return {
    entry,
    confirmAfterMs: 0,
    compile(raw): Parsed<Compiled<unknown>> {
      const own = raw as Record<string, unknown>;
      const wrong = check(own);
      if (wrong !== undefined) return { ok: false, issues: [{ path: ['expect'], message: wrong }] };
      const { identity = {}, tripwire = false, ...target } = own;
      return {
        ok: true,
        value: { target, identity: identity as Record<string, string>, tripwire: tripwire as boolean, checks: [] },
      };
    },
  };
}

function fake(name: string, connection: z.ZodObject, kinds: Record<string, Kind>, more: Partial<Probe> = {}): Probe {
  return defineProbe({
    name,
    connection,
    kinds: new Map(Object.entries(kinds)),
    batchKey: () => '',
    inspectionsPerMinute: () => undefined,
    patience: () => 1000,
    needs: () => [],
    open: () => {
      throw new Error('nothing is behind a fake probe');
    },
    ...more,
  });
}

const table = z.strictObject({
  min_rows: z.int().min(0).optional().describe('rows it has at least'),
  max_shrink: share().optional().describe('by how much it may shrink'),
  max_churn: share().optional().describe('share of its rows that may be deleted between two looks'),
  grow_only: z.boolean().optional().describe('whether it never shrinks'),
  fresh: z
    .strictObject({ column: z.string().min(1), within: duration({ min: 1 }) })
    .optional()
    .describe('age of its newest row'),
  sentinel: z.strictObject({ key: z.union([z.string(), z.number()]), digest: z.string().regex(DIGEST) }).optional(),
});

const digits = z.union([z.string().regex(/^\d{1,20}$/), z.int().min(1)], { error: 'must be digits in quotes' }).transform(String);

const database = z.strictObject({
  name: z.string().min(1).max(63).describe('name of the database'),
  identity: z.strictObject({ system_identifier: digits.optional(), oid: z.int().min(1).optional() }).optional(),
  tripwire: z.boolean().optional().describe('whether a session is held whose end is noticed at once'),
  expect: z
    .strictObject({ tables: z.record(z.string(), table).optional(), max_shrink: share().optional().describe('of its size') })
    .optional(),
});

const volume = z.strictObject({
  path: z.string().startsWith('/', { error: 'must be an absolute path' }),
  expect: z
    .strictObject({
      mounted: z.boolean().optional(),
      min_used: size().optional(),
      contains: z.array(z.string().min(1)).optional(),
    })
    .optional(),
});

const backups = z.strictObject({
  path: z.string().startsWith('/', { error: 'must be an absolute path' }),
  expect: z
    .strictObject({
      newest_within: duration({ min: 1 }).optional(),
      min_count: z.int().min(1).optional(),
      min_size: size().optional(),
      max_shrink: share().optional(),
    })
    .optional(),
});

const bothWays = ({ expect }: Record<string, unknown>): string | undefined => {
  const { tables = {} } = (expect ?? {}) as z.output<typeof database>['expect'] & object;
  const clash = Object.entries(tables).find(([, { grow_only: only, max_shrink: shrink }]) => only === true && shrink !== undefined);
  return clash && `${clash[0]} says both grow_only and max_shrink; keep one`;
};

export const fakeProbes: ReadonlyMap<string, Probe> = new Map([
  [
    'postgres',
    fake(
      'postgres',
      z.strictObject({
        url: secretRef().describe('the connection string, as a reference to a secret'),
        tls: z
          .strictObject({ mode: z.enum(['verify-full', 'verify-ca', 'off']).optional(), ca: path().optional() })
          .optional()
          .describe('how the server is verified'),
        inspections_per_minute: z.int().min(1).max(6000).default(60).describe('how many databases are looked into per minute'),
      }),
      { 'postgres.database': kind(database, bothWays) },
      { strengths: ['superuser', 'owner'], agent: z.strictObject({ role: z.string().min(1).describe('the role it logs in as') }) },
    ),
  ],
  ['file', fake('file', z.strictObject({}), { 'file.volume': kind(volume), 'file.backups': kind(backups) })],
]);
