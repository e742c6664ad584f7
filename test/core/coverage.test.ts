import assert from 'node:assert/strict';
import { coverageOf, isUnmanaged, placeFound } from '../../src/core/coverage.ts';
import type { Resource } from '../../src/core/expectation.ts';
import type { Found } from '../../src/core/found.ts';
import { makeResource } from '../support/roll.ts';

const found = (label: string, more: Partial<Found> = {}): Found => ({
  kind: 'found',
  of: 'postgres.database',
  label,
  name: label,
  entry: { name: label },
  pin: {},
  ...more,
});
const resource = (id: string, name: string, more: Partial<Resource> = {}): Resource =>
  makeResource({ id, kind: 'postgres.database', connection: 'pg', asked: { name, expect: {} }, ...more });
const none = () => undefined;

describe('coverage', () => {
  it('counts what is on the roll of what is there, without what is left out on purpose', () => {
    const placed = placeFound(
      [{ connection: 'pg', found: ['orders', 'users', 'scratch_1', 'new'].map((name) => found(name)) }],
      [resource('a', 'orders'), resource('b', 'users'), resource('c', 'gone')],
      [{ connection: 'pg', name: 'scratch_*', reason: 'made anew' }],
      none,
    );
    assert.deepEqual(coverageOf(placed), [{ connection: 'pg', kind: 'postgres.database', found: 3, managed: 2, leftOut: 1 }]);
    assert.deepEqual(
      placed.filter(isUnmanaged).map(({ found: { label } }) => label),
      ['new'],
    );
  });

  it('takes another connection for the same place only where the roll pins it', () => {
    const pin = { system_identifier: '1', oid: '2' };
    const seen = [{ connection: 'replica', found: [found('orders', { pin })] }];
    const idOf = (one: Resource) => placeFound(seen, [one], [], none)[0]?.id;
    assert.equal(idOf(resource('a', 'orders', { identity: pin })), 'a');
    assert.equal(idOf(resource('a', 'orders', { identity: { ...pin, oid: '3' } })), undefined);
    assert.equal(idOf(resource('a', 'orders', { identity: {} })), undefined);
  });

  it('compares every key of the entry, and asks the kind where it has a word of its own', () => {
    const one = found('x', { entry: { name: 'x', region: 'eu' } });
    const placedBy = (asked: Record<string, unknown>) =>
      placeFound([{ connection: 'pg', found: [one] }], [resource('a', '', { asked })], [], none)[0]?.id;
    assert.equal(placedBy({ region: 'eu', name: 'x', other: 1 }), 'a');
    assert.equal(placedBy({ region: 'us', name: 'x' }), undefined);
    const own = placeFound([{ connection: 'pg', found: [one] }], [resource('a', 'y')], [], () => () => true);
    assert.equal(own[0]?.id, 'a');
  });

  it('finds a resource by the alias that it means, and takes each for one thing', () => {
    const aliased = (label: string, aliases: readonly string[]) => found(label, { aliases });
    const aliasOf = ({ target }: Resource) => String(target);
    const placed = placeFound(
      [{ connection: 'pg', found: [aliased('x', ['eu x', ' x']), aliased('y', ['us y']), found('z')] }],
      [resource('a', '', { target: ' x' }), resource('b', '', { target: 'us y', connection: 'other' })],
      [],
      () => ({ aliasOf }),
    );
    assert.deepEqual(
      placed.map(({ id }) => id),
      ['a', undefined, undefined],
    );
  });

  it('leaves out by kind and by connection, and nothing that is on the roll', () => {
    const rule = { connection: 'pg', kind: 'postgres.database', name: '*', reason: 'all' };
    const placed = (connection: string, kind: string, resources: readonly Resource[] = []) =>
      placeFound([{ connection, found: [found('x', { of: kind })] }], resources, [rule], none)[0];
    assert.equal(placed('pg', 'postgres.database')?.leftOut, 'all');
    assert.equal(placed('other', 'postgres.database')?.leftOut, undefined);
    assert.equal(placed('pg', 'postgres.role')?.leftOut, undefined);
    assert.equal(placed('pg', 'postgres.database', [resource('a', 'x')])?.id, 'a');
  });
});
