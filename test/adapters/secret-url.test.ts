import assert from 'node:assert/strict';
import { parseSecretUrl } from '../../src/adapters/secret-url.ts';
import { redact } from '../../src/values/secret.ts';

describe('a URL that may be a secret', () => {
  it('gives out an address that fetch takes, with user and password as a header', () => {
    const url = parseSecretUrl('https://user:p%40ss@hooks.example:8443/services/T0001/abc?x=1#frag');
    assert.equal(url?.href, 'https://hooks.example:8443/services/T0001/abc?x=1');
    assert.equal(url?.authorization, `Basic ${Buffer.from('user:p@ss').toString('base64')}`);
  });

  it('masks tokens in path, query and user part in whatever form they are quoted', () => {
    const url = parseSecretUrl('https://watch:p%40ssword@hooks.example/hook/T0k3n/a%2Fsecret%2Fpart?key=abcdef&n=1');
    const quoted = [
      'no route to hooks.example: /hook/T0k3n/a%2Fsecret%2Fpart?key=abcdef&n=1',
      'T0k3n, a/secret/part, a%2Fsecret%2Fpart, abcdef, p@ssword, p%40ssword',
      `Authorization: ${url?.authorization}`,
    ].join('\n');
    const masked = redact(quoted, url?.secrets ?? []);
    assert.doesNotMatch(masked, /T0k3n|secret%2F|a\/secret|abcdef|ssword|d2F0Y2g/);
    assert.match(masked, /^no route to hooks\.example: /);
  });

  it('leaves plain words of a path readable', () => {
    const url = parseSecretUrl('http://127.0.0.1:9000/page');
    assert.equal(redact('POST /page: page not found', url?.secrets ?? []), 'POST /page: page not found');
  });

  it('is none where it is not http or https', () => {
    for (const text of ['', 'hooks.example/page', 'ftp://a/b', 'javascript:alert(1)']) assert.equal(parseSecretUrl(text), undefined);
  });
});
