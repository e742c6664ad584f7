import assert from 'node:assert/strict';
import * as z from 'zod';
import { duration, fieldRoles, name, path, secretRef, share, size, webUrl, webUrlOrSecret } from '../../src/values/fields.ts';

const wordsOf = (schema: z.ZodType, raw: unknown) => schema.safeParse(raw).error?.issues.map(({ message }) => message);

describe('the fields of configuration files', () => {
  it('turn durations, sizes and shares into milliseconds, bytes and fractions', () => {
    assert.equal(duration().parse('2m'), 120_000);
    assert.equal(size().parse('1MiB'), 1_048_576);
    assert.equal(share().parse('5%'), 0.05);
  });

  it('say the right form where a unit is missing, and the bound where it is broken', () => {
    assert.deepEqual(wordsOf(duration(), 5), ['must be a duration such as 500ms, 5s, 2m, 26h or 14d']);
    assert.deepEqual(wordsOf(duration({ min: 1000, max: 60_000 }), '1ms'), ['must be at least 1s']);
    assert.deepEqual(wordsOf(duration({ min: 1000, max: 60_000 }), '2m'), ['must be at most 1m']);
    assert.deepEqual(wordsOf(share(), '500%'), ['must be a share from 0% to 100%, such as 5%']);
    assert.deepEqual(wordsOf(size(), '1MB'), ['must be a size such as 512KiB, 1MiB or 2GiB']);
  });

  it('take a reference to a secret and never repeat what stands in its place', () => {
    assert.deepEqual(secretRef().parse({ env: 'TOKEN' }), { env: 'TOKEN' });
    for (const raw of ['hunter2', 42, ['hunter2'], { value: 'hunter2' }, { env: 'hunter-2' }, { credential: '../hunter2' }, {}]) {
      const words = wordsOf(secretRef(), raw)?.join();
      assert.ok(words);
      assert.doesNotMatch(words, /hunter/);
    }
  });

  it('refuse a URL with a password in it, in clear or beside references', () => {
    for (const schema of [webUrl(), webUrlOrSecret()]) {
      assert.equal(schema.parse('https://hooks.example.org/x'), 'https://hooks.example.org/x');
      assert.deepEqual(wordsOf(schema, 'https://u:hunter2@hooks.example.org'), ['has a user or password in it; take it out of the URL']);
      assert.deepEqual(wordsOf(schema, 'file:///etc/passwd'), ['must be a URL that begins with http:// or https://']);
    }
    assert.deepEqual(webUrlOrSecret().parse({ credential: 'url' }), { credential: 'url' });
  });

  it('keep names fit for keys and file names', () => {
    for (const good of ['a', 'vault-eu', '9_x.y']) assert.equal(name().parse(good), good);
    for (const bad of ['', '-a', 'a b', 'a/b', '@watchdog', 'a'.repeat(81), 'ä', 'a\n']) assert.ok(wordsOf(name(), bad), bad);
  });

  it('keep the role of a path or a secret through descriptions', () => {
    assert.equal(fieldRoles.get(path().describe('x'))?.role, 'path');
    assert.equal(fieldRoles.get(secretRef().describe('x'))?.role, 'secret');
  });

  it('are keys that an object must have unless they are optional', () => {
    const schema = z.strictObject({ a: secretRef(), b: webUrlOrSecret().optional(), c: duration().default(5) });
    assert.deepEqual(z.toJSONSchema(schema, { io: 'input' })['required'], ['a']);
    assert.equal(schema.safeParse({}).success, false);
  });
});
