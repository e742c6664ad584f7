import assert from 'node:assert/strict';
import { awsKinds } from '../../../probes/aws/kinds/index.ts';
import { testAwsKind } from '../../contract/aws-kind.ts';
import { worlds } from '../../support/aws/worlds.ts';

describe('the worlds in which AWS kinds are tested', () => {
  it('are there for every kind', () => {
    assert.deepEqual([...worlds.keys()].sort(), [...awsKinds.keys()].sort());
  });
});

for (const [kind, { stub }] of worlds) testAwsKind(kind, 'stub', stub, { ran: () => {}, cannot: () => {} });
