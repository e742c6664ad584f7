import assert from 'node:assert/strict';
import { decide } from '../../../probes/aws/iam-decide.ts';
import { keyPattern } from '../../../probes/aws/s3/pattern.ts';
import { readPolicy, type Statement } from '../../../probes/aws/iam-policy.ts';

/** What the pattern means, as an expression that backtracks: right for short texts, and nothing else. */
function asExpression(pattern: string): RegExp {
  const source = pattern.replaceAll(/\*\*\/|\*\*|\*|\?|[.+]/g, (part) => {
    const known: Readonly<Record<string, string>> = { '**/': '(?:.*/)?', '**': '.*', '*': '[^/]*', '?': '[^/]' };
    return known[part] ?? `\\${part}`;
  });
  return new RegExp(`^${source}$`, 'u');
}

/** Every text of these letters up to a length. */
function texts(letters: string, length: number): string[] {
  if (length === 0) return [''];
  const shorter = texts(letters, length - 1);
  return [
    ...shorter,
    ...shorter.filter((text) => text.length === length - 1).flatMap((text) => Array.from(letters, (letter) => text + letter)),
  ];
}

function allow(Action: string, Resource: string): Statement[] {
  return readPolicy(JSON.stringify({ Statement: [{ Effect: 'Allow', Action, Resource }] }));
}

describe('a pattern that anybody may have written', () => {
  it('means of every short key what it says', () => {
    const keys = texts('a/b', 6);
    const patterns = texts('a*/?', 5).filter((pattern) => !pattern.includes('***'));
    for (const pattern of patterns) {
      const { matches } = keyPattern(pattern);
      const expression = asExpression(pattern);
      const wrong = keys.filter((key) => matches(key) !== expression.test(key));
      assert.deepEqual(wrong, [], pattern);
    }
  });

  // A backtracking expression would not end: there is no bound of time to be held here but the suite's own.
  it('of keys holds nobody, whatever the key', () => {
    const pattern = `${'*a'.repeat(200)}*.dump`;
    assert.equal(keyPattern(pattern).matches('a'.repeat(1024)), false);
    assert.equal(keyPattern(pattern).matches(`${'a'.repeat(1000)}.dump`), true);
  });

  it('of a policy holds nobody, whatever is asked', () => {
    const statements = allow(`s3:${'*e'.repeat(300)}*x`, `arn:${'*a'.repeat(300)}*x`);
    assert.equal(decide({ statements }, 's3:DeleteBucket', `arn:aws:s3:::${'a'.repeat(60)}`), 'no');
    const wide = allow('*', `arn:${'*a'.repeat(300)}*x`);
    assert.equal(decide({ statements: wide }, 's3:DeleteBucket', `arn:aws:s3:::${'a'.repeat(1000)}`), 'no');
  });
});
