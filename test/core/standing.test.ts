import assert from 'node:assert/strict';
import { sayTampering, UNSIGNED, type Standing } from '../../src/core/standing.ts';

const tampering = { kind: 'rollback', why: 'it is version 6, and 7 is in force' } as const;
const say = (more: Partial<Standing>) => sayTampering({ state: 'signed', cloned: [], ...more }, 7);

describe('what is said of a manifest that people did not sign', () => {
  it('names what is wrong and which version is watched on', () => {
    assert.equal(
      say({ tampering }),
      'the manifest on the disk is not what people signed (rollback: it is version 6, and 7 is in force): watching on with version 7',
    );
    assert.match(
      say({ tampering: { ...tampering, change: 'orders-db leaves the roll' } }) ?? '',
      /; it would change: orders-db leaves the roll$/,
    );
  });

  it('says that it is watched all the same where there is no earlier one', () => {
    assert.equal(
      say({ state: 'unapproved', tampering: { kind: 'unsigned', why: 'nobody signed it' } }),
      'the manifest is not signed by enough people (unsigned: nobody signed it), and there is no earlier one to go on with: it is watched as it is',
    );
  });

  it('is nothing where nothing is wrong, or nobody has to sign', () => {
    assert.equal(say({}), undefined);
    assert.equal(sayTampering(UNSIGNED, 1), undefined);
    assert.deepEqual([UNSIGNED.state, UNSIGNED.cloned], ['unsigned', []]);
  });
});
