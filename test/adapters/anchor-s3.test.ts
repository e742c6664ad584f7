import assert from 'node:assert/strict';
import { createS3Anchor, type S3AnchorOptions } from '../../src/adapters/anchor-s3.ts';
import { Secret } from '../../src/values/secret.ts';
import { startReceiver, type Receiver } from '../support/receiver.ts';

const SECRET = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';
const AT = Date.UTC(2026, 10, 28);
const never = new AbortController().signal;

describe('the anchor in S3', function () {
  this.timeout(120_000);
  let receiver: Receiver;
  const open = (parts: Partial<S3AnchorOptions> = {}) =>
    createS3Anchor({
      bucket: 'anchors',
      region: 'eu-west-1',
      endpoint: receiver.url,
      pathStyle: true,
      key: { id: 'AKIAIOSFODNN7EXAMPLE', secret: new Secret(SECRET) },
      timeout: 2000,
      ...parts,
    });
  const answer = async (status: number, body = ''): Promise<void> => {
    receiver = await startReceiver({ status, body });
  };
  afterEach(() => receiver.close());

  it('puts one object, signed and checked, and asks for nothing else', async () => {
    await answer(200);
    assert.equal(await open().put('vault/heads/1.txt', 'a head\n', AT, never), null);
    assert.equal(receiver.requests.length, 1);
    const { method, path, headers } = receiver.requests[0] ?? assert.fail();
    assert.equal(method, 'PUT');
    assert.match(path, /^\/anchors\/vault\/heads\/1\.txt/);
    assert.match(headers['authorization'] ?? '', /^AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE\/\d{8}\/eu-west-1\/s3\//);
    assert.equal(headers['x-amz-object-lock-mode'], undefined);
    assert.ok(
      headers['x-amz-checksum-crc32'] ?? headers['content-md5'] ?? headers['x-amz-trailer'],
      'a bucket with object lock asks for a checksum',
    );
  });

  it('locks for as long as it was told to, and says whose the bucket must be', async () => {
    await answer(200);
    await open({ lock: { mode: 'compliance', forMs: 86_400_000 }, account: '111122223333' }).put('k', 'b', AT, never);
    const { headers } = receiver.requests[0] ?? assert.fail();
    assert.equal(headers['x-amz-object-lock-mode'], 'COMPLIANCE');
    assert.equal(Date.parse(headers['x-amz-object-lock-retain-until-date'] ?? ''), AT + 86_400_000);
    assert.equal(headers['x-amz-expected-bucket-owner'], '111122223333');
  });

  it('says why it was refused, tries once, and repeats no secret', async () => {
    const said = `<Error><Code>AccessDenied</Code><Message>not with ${SECRET}\u001b[2J</Message></Error>`;
    await answer(403, said);
    const why = await open().put('k', 'b', AT, never);
    assert.match(why ?? '', /^AccessDenied: not with …/);
    assert.ok(!why?.includes(SECRET) && !why?.includes('\u001b'));
    assert.equal(receiver.requests.length, 1);
  });

  it('ends where nobody answers, where what answers is no S3, and where the secret cannot be read', async () => {
    await answer(200);
    const { url } = receiver;
    await receiver.close();
    assert.match((await open({ endpoint: url }).put('k', 'b', AT, never)) ?? '', /ECONNREFUSED/);
    await answer(500, '<html>');
    assert.ok(await open().put('k', 'b', AT, never));
    const lost = { id: 'AKIAIOSFODNN7EXAMPLE', secret: () => Promise.reject(new Error('no such file')) };
    assert.equal(await open({ key: lost }).put('k', 'b', AT, never), 'no such file');
    assert.ok(await open().put('k', 'b', AT, AbortSignal.abort()));
  });

  describe('asked whether what is put there could be deleted', () => {
    const refused = '<Error><Code>AccessDenied</Code><Message>no</Message></Error>';

    it('tries it on a version that cannot be there, of a name of its own, and finds nothing where that is refused', async () => {
      await answer(403, refused);
      assert.deepEqual(await open({ account: '111122223333' }).audit('vault/', never), []);
      await open().audit('vault/', never);
      const [first, second] = receiver.requests;
      const shape = /^\/anchors\/vault\/rollcall-audit-[0-9a-f-]{36}\?(?:x-id=DeleteObject&)?versionId=null/;
      for (const one of [first, second]) {
        assert.equal(one?.method, 'DELETE');
        assert.match(one.path, shape);
      }
      assert.notEqual(first?.path, second?.path);
      assert.equal(first?.headers['x-amz-expected-bucket-owner'], '111122223333');
    });

    it('finds it too strong where that is let through, less gravely where a lock holds all the same', async () => {
      await answer(204);
      const [found] = await open().audit('vault/', never);
      assert.ok(found?.kind === 'strong');
      assert.deepEqual([found.right, found.severity, found.on], ['delete', 'critical', 's3://anchors/vault/*']);
      const how = async (mode: 'compliance' | 'governance') => {
        const [one] = await open({ lock: { mode, forMs: 86_400_000 } }).audit('vault/', never);
        return one?.kind === 'strong' ? one.severity : one?.kind;
      };
      assert.deepEqual([await how('compliance'), await how('governance')], ['warning', 'critical']);
    });

    it('cannot prove it where anything else is said, and repeats no secret', async () => {
      for (const [status, body] of [
        [404, '<Error><Code>NoSuchBucket</Code><Message>x</Message></Error>'],
        [403, `<Error><Code>InvalidAccessKeyId</Code><Message>${SECRET}</Message></Error>`],
        [501, ''],
      ] as const) {
        await answer(status, body);
        const [found] = await open().audit('vault/', never);
        assert.ok(found?.kind === 'unaudited', String(status));
        assert.match(found.say, /^could not prove that it deletes nothing: /);
        assert.ok(!found.say.includes(SECRET));
        await receiver.close();
      }
      await answer(204);
      const lost = { id: 'AKIAIOSFODNN7EXAMPLE', secret: () => Promise.reject(new Error('no such file')) };
      const [found] = await open({ key: lost }).audit('vault/', never);
      assert.ok(found?.kind === 'unaudited' && found.say.endsWith('no such file'));
      assert.equal(receiver.requests.length, 0);
    });
  });
});
