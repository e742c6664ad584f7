import assert from 'node:assert/strict';
import { postgres } from '../../../probes/postgres/index.ts';
import type { Check, Compiled } from '../../../src/probe.ts';

const kind = postgres.kinds.get('postgres.database');
assert.ok(kind);

function compile(entry: object): Compiled<unknown> {
  const compiled = kind?.compile(kind.entry.parse({ name: 'orders', ...entry }));
  assert.ok(compiled?.ok, JSON.stringify(compiled));
  return compiled.value;
}

function complaints(expect: object): string[] {
  const read = kind?.entry.safeParse({ name: 'orders', expect });
  if (read && !read.success) return read.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  const compiled = kind?.compile(read?.data);
  return compiled?.ok === false ? compiled.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) : [];
}

describe('a postgres.database of the manifest', () => {
  for (const [why, expect, wanted] of [
    ['a table without its schema', { tables: { orders: {} } }, /^expect\.tables\.orders: must be schema\.table/],
    ['a table named twice', { tables: { 'a.b': {}, '"a"."b"': {} } }, /^expect\.tables\."a"\."b": names a table a second time$/],
    ['a sequence without a schema', { sequences: ['t_id_seq'] }, /^expect\.sequences\.0: must be schema\.sequence/],
    ['a sequence named twice', { sequences: ['public.s', '"public".s'] }, /^expect\.sequences\.1: names a sequence a second time$/],
    ['objects of which nothing is said', { objects: { tables: {} } }, /^expect\.objects\.tables: must say min, max_shrink or both$/],
    ['a slot named twice', { slots: ['a', 'a'] }, /^expect\.slots: must name each slot once$/],
    ['a list of nobody', { owners: [] }, /^expect\.owners: /],
    ['a name longer than the server keeps', { standbys: ['é'.repeat(32)] }, /^expect\.standbys\.0: must be at most 63 bytes long$/],
    ['a wait for a lock that every migration has', { tables: { 'a.b': { lock_wait: '10ms' } } }, /lock_wait: must be at least 1s$/],
    ['archiving without a time', { archiving: {} }, /^expect\.archiving\.within: /],
    ['an unknown key', { triggers: {} }, /Unrecognized key: "triggers"/],
  ] satisfies [string, object, RegExp][])
    it(`is refused with ${why}`, () => {
      const [first, ...rest] = complaints(expect);
      assert.match(first ?? 'no complaint', wanted);
      assert.deepEqual(rest, []);
    });

  it('tells of all that is wrong at once', () => {
    assert.equal(complaints({ tables: { orders: {}, t: {} }, objects: { tables: {}, functions: {} } }).length, 4);
  });

  const EVERYTHING = {
    expect: {
      tables: {
        'public.t': {
          min_rows: 1,
          max_shrink: '1%',
          max_churn: '1%',
          grow_only: true,
          columns: ['a', 'b'],
          sentinel: { key: 1, digest: `sha256:${'0'.repeat(64)}` },
          fresh: { column: 'made', within: '1h' },
        },
      },
      max_shrink: '1%',
      objects: { tables: { min: 1, max_shrink: '1%' }, functions: { min: 1, max_shrink: '1%' } },
      sequences: ['public.t_id_seq'],
      archiving: { within: '1h' },
      slots: ['s', 'z'],
      standbys: ['walreceiver'],
      owners: ['postgres'],
    },
  };

  it('has a path of its own for every check, so that a later manifest can be compared with it', () => {
    const keys = compile(EVERYTHING).checks.map((check: Check) => `${check.path} ${check.rule.is}`);
    assert.deepEqual(keys, [...new Set(keys)]);
  });

  it('holds locks and activity to no more than a warning, and activity to none where nothing is inspected', () => {
    const { checks } = compile({ expect: { tables: { 'public.t': { severity: 'critical' } } } });
    const locks = checks.find(({ path }) => path === 'tables.public.t.lock_wait');
    assert.deepEqual([locks?.severity, locks?.rule], ['warning', { is: 'at_most', bound: 30_000 }]);
    assert.deepEqual(
      compile({}).checks.map(({ path }) => path),
      ['connections'],
    );
  });

  it('needs CONNECT, and SELECT only where rows are counted, dated or digested', () => {
    const needs = (entry: object) => {
      const { target, checks } = compile(entry);
      return postgres.needs([{ id: 'db', kind: 'postgres.database', target, checks }]).map(({ right, on }) => `${right} on ${on}`);
    };
    const maintenance = 'CONNECT on the maintenance database';
    const inside = 'CONNECT on DATABASE "orders"';
    assert.deepEqual(needs({}), [maintenance]);
    assert.deepEqual(needs({ tripwire: true }), [maintenance, inside]);
    for (const expect of [{ owners: ['postgres'] }, { tables: { 'public.t': { columns: ['id'], max_churn: '5%' } } }])
      assert.deepEqual(needs({ expect }), [maintenance, inside]);
    assert.deepEqual(needs(EVERYTHING), [
      maintenance,
      inside,
      'USAGE on SCHEMA "public" in DATABASE "orders"',
      'SELECT (any column) on "public"."t" in DATABASE "orders"',
      'SELECT ("made") on "public"."t" in DATABASE "orders"',
      'SELECT on "public"."t" in DATABASE "orders"',
      'SELECT on SEQUENCE "public"."t_id_seq" in DATABASE "orders"',
    ]);
  });
});
