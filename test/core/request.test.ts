import assert from 'node:assert/strict';
import type { ManifestChange } from '../../src/core/manifest-step.ts';
import { ACTIONS, changesManifest, decisionBytes, exceeds, expectsLoss, namesResource, yieldsToken } from '../../src/core/request.ts';
import { makeDocument } from '../support/request-document.ts';

describe('the actions that may be asked for', () => {
  it('are a closed list, and each is of its kind', () => {
    const kinds = ACTIONS.map((action) => [
      action,
      ...[changesManifest, namesResource, expectsLoss, yieldsToken].map((is) => (is(action) ? 1 : 0)),
    ]);
    assert.deepEqual(kinds, [
      ['retire', 1, 1, 1, 1],
      ['repin', 1, 1, 0, 0],
      ['weaken', 1, 1, 0, 0],
      ['window', 1, 0, 0, 0],
      ['change-policy', 1, 0, 0, 0],
      ['expect-loss', 0, 1, 1, 1],
      ['execute', 0, 0, 0, 1],
    ]);
  });
});

describe('the bytes of a decision', () => {
  it('are one line of canonical JSON, whatever the order of the keys', () => {
    const document = makeDocument();
    const reversed = Object.fromEntries(Object.entries(document).toReversed()) as unknown as typeof document;
    const bytes = decisionBytes('approve', document);
    assert.equal(decisionBytes('approve', reversed), bytes);
    assert.ok(bytes.startsWith('{"decision":"approve","request":{"about":"orders-db","action":"execute","audience":'));
    assert.ok(bytes.endsWith('},"schema":"rollcall/decision/v1"}\n'));
    assert.equal(bytes.indexOf('\n'), bytes.length - 1);
  });

  it('are others for a denial, and for any other word of the request', () => {
    const document = makeDocument();
    const all = new Set([
      decisionBytes('approve', document),
      decisionBytes('deny', document),
      ...Object.keys(document).map((key) => decisionBytes('approve', { ...document, [key]: 'another' })),
    ]);
    assert.equal(all.size, 2 + Object.keys(document).length);
  });
});

describe('a next manifest', () => {
  const change = (diff: Partial<ManifestChange['diff']> = {}, weakened: readonly string[] = []): ManifestChange => ({
    diff: { added: [], removed: [], repinned: [], weakened: [], strengthened: [], neutral: [], ...diff },
    weakened,
    strengthened: [],
  });
  const lower = (id: string) => ({ id, what: 'floor from 5 to 1' });

  it('that does what the action says, or more that strengthens, is what it says', () => {
    assert.equal(exceeds('retire', 'a', change({ removed: ['a'], added: ['b'], strengthened: [lower('c')] })), undefined);
    assert.equal(exceeds('repin', 'a', change({ repinned: ['a'] })), undefined);
    assert.equal(exceeds('weaken', 'a', change({ weakened: [lower('a'), lower('a')] })), undefined);
    assert.equal(exceeds('window', 'm', change({}, ['maintenance windows'])), undefined);
    assert.equal(exceeds('change-policy', 'm', change({}, ['policy.k from 2 to 1', 'other signers'])), undefined);
  });

  it('that does not do it is refused', () => {
    assert.equal(exceeds('retire', 'a', change()), 'its plan does not retire a');
    assert.equal(exceeds('repin', 'a', change()), 'its plan does not repin a');
    assert.equal(exceeds('weaken', 'a', change()), 'its plan does not weaken a');
  });

  it('that does anything more is refused, with what it would do', () => {
    const all = change({ removed: ['a', 'b'], repinned: ['a', 'b'], weakened: [lower('a'), lower('b')] }, [
      'policy.k from 2 to 1',
      'maintenance windows',
    ]);
    const head = (what: string) => `its plan does more than ${what}: `;
    assert.equal(
      exceeds('retire', 'a', all),
      `${head('retire a')}b leaves the roll; a is pinned anew; b is pinned anew; a: floor from 5 to 1; b: floor from 5 to 1`,
    );
    assert.equal(
      exceeds('repin', 'a', all),
      `${head('repin a')}a leaves the roll; b leaves the roll; b is pinned anew; a: floor from 5 to 1; b: floor from 5 to 1`,
    );
    assert.equal(exceeds('weaken', 'a', change({ weakened: [lower('a'), lower('b')] })), `${head('weaken a')}b: floor from 5 to 1`);
    assert.equal(exceeds('retire', 'a', change({ removed: ['a'] }, ['other signers'])), `${head('retire a')}other signers`);
    assert.equal(exceeds('window', 'm', change({}, ['maintenance windows', 'expiry'])), `${head('window m')}expiry`);
    assert.equal(
      exceeds('change-policy', 'm', change({}, ['expiry', 'maintenance windows'])),
      `${head('change-policy m')}maintenance windows`,
    );
    assert.equal(exceeds('window', 'a', change({ removed: ['a'] })), `${head('window a')}a leaves the roll`);
  });
});
